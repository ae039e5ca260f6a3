/** One measured line: ours beside the bare server's, and what the design asks. */
export interface Row {
  readonly what: string
  readonly unit: string
  readonly ours: number
  readonly bare?: number
  /** The most that `ours` (or, with a bare figure, the ratio) may be. */
  readonly target?: { readonly of: 'ours' | 'ratio' | 'added'; readonly atMost: number }
}

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1))

/** Whether the row reaches its target; undefined without one. */
export function isMet({ ours, bare = Number.NaN, target }: Row): boolean | undefined {
  if (!target) return undefined
  const value = { ours, ratio: ours / bare, added: ours - bare }[target.of]
  return value <= target.atMost
}

function targetText({ unit, target }: Row): string {
  if (!target) return ''
  if (target.of === 'ratio') return `≤ ${target.atMost} ×`
  return target.of === 'added' ? `≤ ${target.atMost} ${unit} more` : `≤ ${target.atMost} ${unit}`
}

/** The rows as a Markdown table; `beside` names what stands in the second column. */
export function markdownTable(rows: readonly Row[], beside = 'bare `ws` over TLS'): string {
  const lines = rows.map((row) => {
    const { what, unit, ours, bare } = row
    const met = isMet(row)
    const cells = [
      what,
      `${shown(ours)} ${unit}`,
      bare === undefined ? '' : `${shown(bare)} ${unit}`,
      bare === undefined || bare === 0 ? '' : shown(ours / bare),
      targetText(row),
      met === undefined ? '' : met ? 'yes' : 'no',
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [`| what | ours | ${beside} | ratio | target | met |`, '|---|---|---|---|---|---|', ...lines].join('\n')
}

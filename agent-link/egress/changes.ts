import type { EgressGate } from './gate.ts'

/** One text before and after masking; undefined after: it does not leave. */
export interface Change {
  readonly path: string
  readonly before: string
  readonly after: string | undefined
}

/** More changes are counted and not shown. */
const shownMax = 40
const shownChars = 160

/** The texts in which two forms of one document differ. Numbers are values and no matter of masking. */
export function changesBetween(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = []
  walk('', before, after, changes)
  return changes
}

function walk(path: string, before: unknown, after: unknown, changes: Change[]): void {
  if (typeof before === 'string') {
    if (before !== after) changes.push({ path, before, after: typeof after === 'string' ? after : undefined })
    return
  }
  if (typeof before !== 'object' || before === null) return
  const old = Object.entries(before)
  const now = typeof after === 'object' && after !== null ? Object.entries(after) : []
  // Names of members may be masked too: then the members are the same in number and order.
  const isAligned = old.length === now.length
  for (const [index, [key, value]] of old.entries()) {
    const beside = isAligned ? now[index] : now.find(([name]) => name === key)
    const inner = Array.isArray(before) ? `${path}[]` : path === '' ? key : `${path}.${key}`
    if (beside !== undefined && beside[0] !== key) changes.push({ path: `${path}.*`, before: key, after: beside[0] })
    if (beside === undefined && typeof value !== 'object' && typeof value !== 'string')
      changes.push({ path: inner, before: String(value), after: undefined })
    else walk(inner, value, beside?.[1], changes)
  }
}

/** What changed, as lines for a person: each different change once, then which rules touched how much. Empty when nothing did. */
export function touchedLine(gate: EgressGate, lists: readonly (readonly Change[])[]): string {
  const rules = Object.entries(gate.masker.takeTouched())
  const counted = new Map<string, number>()
  for (const { path, before, after } of lists.flat()) {
    const line = `  ${path}: ${quote(before)} → ${after === undefined ? 'nothing' : quote(after)}`
    counted.set(line, (counted.get(line) ?? 0) + 1)
  }
  if (counted.size === 0) return ''
  const lines = [...counted].slice(0, shownMax).map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line))
  const more = counted.size > shownMax ? [`  and ${counted.size - shownMax} more`] : []
  const by = rules.length === 0 ? [] : [`  rules: ${rules.map(([rule, count]) => `${rule} ${count}`).join(', ')}`]
  return ['Masked here, before → after:', ...lines, ...more, ...by, ''].join('\n')
}

const quote = (text: string): string => JSON.stringify(text.length > shownChars ? `${text.slice(0, shownChars)}…` : text)

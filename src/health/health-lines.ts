/** One `key: value` of a health.d text, with the line it begins at, counted from 1. */
export interface HealthLine {
  readonly line: number
  readonly key: string
  readonly value: string
}

/** What is wrong with a text, and where. */
export interface HealthProblem {
  /** Counted from 1. */
  readonly line: number
  /** One sentence for a person. */
  readonly problem: string
}

export const healthTextLimits = { chars: 64 * 1024, problems: 20 } as const

/**
 * Splits health.d text into its keys and values (agent-api §14): comments and empty lines are left out, a backslash at the end of a line
 * continues it, white space within a value counts once. Keys come in lower case.
 */
export function splitHealthLines(text: string): { readonly lines: readonly HealthLine[]; readonly problems: readonly HealthProblem[] } {
  const lines: HealthLine[] = []
  const problems: HealthProblem[] = []
  let open: { line: number; text: string } | undefined
  const close = () => {
    if (open === undefined) return
    const { line, text: whole } = open
    open = undefined
    const colon = whole.indexOf(':')
    const [key, value] = [whole.slice(0, colon), whole.slice(colon + 1)].map((side) => side.trim().replaceAll(/\s+/g, ' '))
    if (colon < 0) problems.push({ line, problem: 'A line is "key: value"; this one has no colon.' })
    else if (key === '' || key === undefined) problems.push({ line, problem: 'There is no word before the colon.' })
    else if (value !== '' && value !== undefined) lines.push({ line, key: key.toLowerCase(), value })
  }
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const trimmed = raw.trim()
    if (open === undefined && (trimmed === '' || trimmed.startsWith('#'))) continue
    const continues = trimmed.endsWith('\\')
    const content = continues ? trimmed.slice(0, -1).trimEnd() : trimmed
    open = open === undefined ? { line: index + 1, text: content } : { ...open, text: `${open.text} ${content}` }
    if (!continues) close()
  }
  close()
  return { lines, problems }
}

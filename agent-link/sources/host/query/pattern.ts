/** Decides whether a text matches a list of simple patterns (agent-api §2.4). */
export type Matcher = (text: string) => boolean

/**
 * Items separated by `,` or `|`; `*` matches any run of characters, `!` in front negates, the first match decides, no match is false.
 * An empty list answers undefined: nothing was asked.
 */
export function parsePattern(list: string | undefined): Matcher | undefined {
  const items = (list ?? '')
    .split(/[,|]/)
    .filter((item) => item !== '' && item !== '!')
    .map((item) => {
      const isNegative = item.startsWith('!')
      return { isNegative, parts: (isNegative ? item.slice(1) : item).split('*') }
    })
  if (items.length === 0) return undefined
  return (text) => {
    const decided = items.find(({ parts }) => matches(parts, text))
    return decided !== undefined && !decided.isNegative
  }
}

/** Whether the parts occur in order, the first at the start and the last at the end; linear, so no pattern can stall the agent. */
function matches(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return at <= end
}

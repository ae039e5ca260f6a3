/**
 * The agents' simple patterns (agent-api §2.4): items in order, `*` matches any run of characters, a leading `!` turns the match
 * around, the first item that matches decides. Nothing listed matches everything. Linear in the text, whatever the pattern.
 */
export function simplePattern(items: readonly string[]): (...texts: readonly string[]) => boolean {
  if (items.length === 0) return () => true
  const rules = items.map((item) => {
    const isNegative = item.startsWith('!')
    return { isNegative, parts: (isNegative ? item.slice(1) : item).split('*') }
  })
  return (...texts) => {
    const rule = rules.find(({ parts }) => texts.some((text) => matches(parts, text)))
    return rule !== undefined && !rule.isNegative
  }
}

/** Whether an item is a name and nothing else. */
export function isExactItem(item: string): boolean {
  return !item.includes('*') && !item.startsWith('!')
}

/** A list as agents write it: items between bars or commas; empty ones say nothing. */
export function patternItems(text: string): readonly string[] {
  return text.split(/[|,]/).filter((item) => item !== '')
}

/** Parts between asterisks, each found as early as it can be: that is enough, since what follows may skip anything. */
function matches(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts
  if (rest.length === 0) return text === first
  if (!text.startsWith(first)) return false
  const last = rest[rest.length - 1] ?? ''
  let at = first.length
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

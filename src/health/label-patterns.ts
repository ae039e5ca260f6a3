/** Label patterns one after the other; `*` alone stands for all and adds nothing. Without any it is `*`. */
export function joinLabels(...patterns: readonly string[]): string {
  const said = patterns.map(spaced).filter((pattern) => pattern !== '' && pattern !== '*')
  return said.length === 0 ? '*' : said.join(' ')
}

/** The patterns of an older selector, such as `linux freebsd` of `os`, as patterns of the label agents keep the same in (agent-api §14). */
export function labelOf(key: string, patterns: string): string {
  const said = spaced(patterns)
  return said === '' || said === '*' ? '*' : `${key}=${said}`
}

/** Whether an older selector matches nothing at all: agents take the rule as switched off then. */
export function matchesNothing(patterns: string): boolean {
  return ['!*', '!* *'].includes(spaced(patterns))
}

/** One space between words, none around the equals sign, so that the same pattern is the same text. */
function spaced(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').replaceAll(/ ?= ?/g, '=')
}

/** The arguments of a call: bare words, and `key:value` with lists as `key:one,two` (agent-api §12.2). */
export interface FunctionArguments {
  has(word: string): boolean
  /** The values of a key, split at commas; empty when it was not given. */
  list(key: string): readonly string[]
  /** The whole value of a key, commas and all. */
  text(key: string): string | undefined
  /** The value of a key as a whole number; undefined when it is none. */
  integer(key: string): number | undefined
}

/** More words than this are left out. */
const wordLimit = 64

/** Reads what stands behind a function's name. Of a key given twice the first counts; words without a colon are flags. */
export function parseArguments(text: string): FunctionArguments {
  const words = text
    .split(/\s+/u)
    .filter((word) => word !== '')
    .slice(0, wordLimit)
  const values = new Map<string, string>()
  const flags = new Set<string>()
  for (const word of words) {
    const cut = word.indexOf(':')
    if (cut <= 0) flags.add(word)
    else if (!values.has(word.slice(0, cut))) values.set(word.slice(0, cut), word.slice(cut + 1))
  }
  return {
    has: (word) => flags.has(word) || values.get(word) === 'true',
    list: (key) => (values.get(key) ?? '').split(',').filter((item) => item !== ''),
    text: (key) => values.get(key) || undefined,
    integer(key) {
      const value = values.get(key) ?? ''
      return /^-?\d{1,16}$/.test(value) ? Number(value) : undefined
    },
  }
}

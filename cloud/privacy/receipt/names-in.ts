/** Whether a text names somebody. */
export type NamesIn = (text: string) => boolean

/** A name inside a longer word is another name: `ada@example.com` is not in `zada@example.com`. */
const edgeBefore = '(?<![\\w.+-])'
const edgeAfter = '(?![\\w-]|\\.\\w)'

/** Finds any of these ids, addresses and hashes in a text, as whole words. Addresses are compared in lower case, as they are kept. */
export function createNamesIn(names: readonly string[]): NamesIn {
  const wanted = [...new Set(names)].filter((name) => name !== '')
  if (wanted.length === 0) return () => false
  const words = new RegExp(
    `${edgeBefore}(?:${wanted.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})${edgeAfter}`,
    'i',
  )
  // Most texts name nobody: looking for a plain part first is many times faster.
  const lower = wanted.map((name) => name.toLowerCase())
  return (text) => {
    const folded = text.toLowerCase()
    return lower.some((name) => folded.includes(name)) && words.test(text)
  }
}

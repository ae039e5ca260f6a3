import { simplePattern } from '../domain/simple-pattern.ts'

/**
 * A pattern over labels as rules write it (agent-api §11.5): `key=pattern` items between spaces; a word without a key belongs to the
 * key before it. All keys must match, of one key the first item that matches decides. `*` and nothing match everything; a label that
 * is not there matches nothing.
 */
export function compileLabels(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const byKey = new Map<string, string[]>()
  let key: string | undefined
  for (const word of text.split(/\s+/).filter((item) => item !== '')) {
    const cut = word.indexOf('=')
    const isNegative = word.startsWith('!')
    if (cut > 0) key = word.slice(isNegative ? 1 : 0, cut)
    if (key === undefined) continue
    const items = byKey.get(key) ?? []
    items.push(cut > 0 ? `${isNegative ? '!' : ''}${word.slice(cut + 1)}` : word)
    byKey.set(key, items)
  }
  const tests = [...byKey].map(([name, items]) => ({ name, matches: simplePattern(items) }))
  return (labels) =>
    tests.every(({ name, matches }) => {
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined
      return value !== undefined && matches(value)
    })
}

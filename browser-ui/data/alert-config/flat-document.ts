import { isObject } from '../json.ts'

/** A document member by member: its path (`rules.0.config.value.units`) and its value as JSON. */
export function flatten(value: unknown, path = ''): ReadonlyMap<string, string> {
  const flat = new Map<string, string>()
  const walk = (at: unknown, name: string) => {
    const inside = isObject(at) ? Object.entries(at) : Array.isArray(at) && at.some(isObject) ? [...at.entries()] : undefined
    if (inside === undefined) flat.set(name, JSON.stringify(at))
    else for (const [key, member] of inside) walk(member, name === '' ? String(key) : `${name}.${key}`)
  }
  walk(value, path)
  return flat
}

/** What a path is called in words: `rule 1 · value · units`. */
export function pathWords(path: string): string {
  return path
    .replace(/^rules\.(\d+)/, (_, index: string) => `rule ${Number(index) + 1}`)
    .replaceAll(/\.config\b/g, '')
    .split('.')
    .map((part) => part.replaceAll('_', ' '))
    .join(' · ')
}

/** One member that differs; a text is missing where the member is. */
export interface MemberChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What has to change to come from one document to another, in the order of the newer one. */
export function changesBetween(before: unknown, after: unknown): readonly MemberChange[] {
  const [old, next] = [flatten(before), flatten(after)]
  const paths = [...next.keys(), ...[...old.keys()].filter((path) => !next.has(path))]
  return paths.filter((path) => old.get(path) !== next.get(path)).map((path) => ({ path, before: old.get(path), after: next.get(path) }))
}

import { sha256 } from '../../support/sha256.ts'

/** What may leave a host: for each message the paths of its fields, as `data.hostLabels`. */
export type ManifestFields = Readonly<Record<string, readonly string[]>>

/** Members of messages that are looked into; every other one is a field as a whole, maps and lists of plain things too. */
const groups = new Set(['data', 'contexts', 'contextUpdates', 'alarms', 'config'])

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The paths of the fields a message holds. What is undefined is not there. */
export function fieldPaths(fields: object): readonly string[] {
  const paths = new Set<string>()
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('$') || value === undefined) continue
    const members = groups.has(name) ? (Array.isArray(value) ? value : [value]).filter(isPlain) : []
    if (!groups.has(name) || (members.length === 0 && !Array.isArray(value))) paths.add(name)
    for (const member of members) {
      for (const [inner, each] of Object.entries(member)) if (!inner.startsWith('$') && each !== undefined) paths.add(`${name}.${inner}`)
    }
  }
  return [...paths]
}

/**
 * A copy of a message without the fields that `isAllowed` refuses, each of which `onDropped` hears once a message. The same object when
 * nothing is refused.
 */
export function onlyAllowed<Fields extends object>(
  fields: Fields,
  isAllowed: (path: string) => boolean,
  onDropped: (path: string) => void = () => {},
): Fields {
  const refused = fieldPaths(fields).filter((path) => !isAllowed(path))
  if (refused.length === 0) return fields
  const without = new Set(refused)
  for (const path of refused) onDropped(path)
  const strip = (name: string, member: unknown): unknown =>
    isPlain(member) ? Object.fromEntries(Object.entries(member).filter(([inner]) => !without.has(`${name}.${inner}`))) : member
  const kept = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    if (without.has(name)) return []
    if (!groups.has(name)) return [[name, value]]
    return [[name, Array.isArray(value) ? value.map((member) => strip(name, member)) : strip(name, value)]]
  })
  return Object.fromEntries(kept) as Fields
}

/** The fields in the one order their hash is made of. */
function canonicalFields(fields: ManifestFields): ManifestFields {
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((message) => [message, [...new Set(fields[message] ?? [])].sort()]),
  )
}

/** SHA-256 of the canonical JSON of a manifest, hexadecimal: two lists that allow the same have the same. */
export function manifestHash(fields: ManifestFields): string {
  return sha256(JSON.stringify(canonicalFields(fields)))
}

/** What `now` holds and `before` does not, as `message field`. */
export function addedFields(before: ManifestFields, now: ManifestFields): readonly string[] {
  return Object.entries(now).flatMap(([message, paths]) => {
    const known = new Set(Object.hasOwn(before, message) ? before[message] : [])
    return paths.filter((path) => !known.has(path)).map((path) => `${message} ${path}`)
  })
}

/** What the agent's key signs, so that nobody else says what a host may send: the claim, what is confirmed and what waits. */
export function manifestStatement(claimId: string, hash: string, pending: readonly string[]): string {
  return JSON.stringify(['throughline egress', claimId, hash, [...pending].sort()])
}

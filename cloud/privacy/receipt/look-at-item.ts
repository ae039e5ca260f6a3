import { dataMap } from '../../store/data-map/data-map.ts'
import type { FieldFacts } from '../../store/data-map/field.ts'
import type { KindFacts } from '../../store/data-map/kind-facts.ts'
import type { ItemKind } from '../../store/kinds.ts'
import type { PendingChange } from '../../store/port.ts'
import { blobText } from './blob-text.ts'
import { heldGroups, type HeldGroup, type HeldValue } from './held-values.ts'
import type { NamesIn } from './names-in.ts'
import type { HeldField, Place } from '../../../src/domain/receipt.ts'

/** What is said of a kind; a test says it otherwise. */
export type MapOf = (kind: ItemKind) => KindFacts

/** A stored row that belongs into a receipt, with the fields that do. */
export interface FoundItem {
  readonly item: PendingChange
  readonly facts: KindFacts
  readonly where: Place
  readonly spaceId: string | null
  readonly name: string | null
  readonly sinceMs: number | null
  readonly fields: readonly HeldField[]
}

/**
 * How much of an item whoever asks is shown: all of it; what stands in the same entry of a list as their name; their name alone, in a
 * space they are not in, whose texts are not theirs to read; or which fields there are, without a value.
 */
export type Extent = 'whole' | 'beside-name' | 'name-alone' | 'counted'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const nameFields = ['name', 'title', 'hostname', 'email', 'label']
const sinceFields = ['createdAtMs', 'sinceMs', 'linkedAtMs', 'madeAtMs', 'atMs', 'startedAtMs', 'firstAtMs']

export const mapOf: MapOf = (kind) => dataMap[kind]

/** The space whose partition an item lies in, its audit included; undefined for everything else. */
export function spaceOfItem({ partition, sort }: { readonly partition: string; readonly sort: string }): string | undefined {
  if (partition.startsWith('space/') || partition.startsWith('audit/')) return uuid.exec(partition)?.[0]
  return partition.startsWith('person') ? undefined : uuid.exec(sort)?.[0]
}

/** What a stored row says in its own place: the table, the audit, or beside the keys. */
export const placeOf = (facts: Pick<KindFacts, 'class'>, isApart: boolean): Place =>
  isApart ? 'keys' : facts.class === 'audit' ? 'audit' : 'table'

/** Whether the row names somebody anywhere: in its key, its data or its compressed part. */
export async function isNamed(item: PendingChange, names: NamesIn): Promise<boolean> {
  if (names(`${item.partition} ${item.sort}`)) return true
  if (item.data !== null && names(JSON.stringify(item.data))) return true
  return item.blob !== undefined && names((await blobText(item.blob)) ?? Buffer.from(item.blob).toString('latin1'))
}

/** The fields of a row, as its owner is told of them. `isCut` shortens what is long. */
export async function lookAt(
  item: PendingChange,
  { extent, names, isApart, isCut, map = mapOf }: { extent: Extent; names: NamesIn; isApart: boolean; isCut: boolean; map?: MapOf },
): Promise<FoundItem> {
  const facts = map(item.kind)
  const groups = [...heldGroups(item.data, facts.data.shape)]
  const isAll = extent === 'whole' || extent === 'counted'
  const kept = groups.flatMap((group) => (isAll ? group.values : besideName(group, names, extent)))
  const fields = kept.map((value) => {
    if (extent === 'counted') return withoutValue(value, 'It belongs to a member, who sees it in their own list.')
    if (!isAll && isTextOfOthers(value, names)) return withoutValue(value, 'A text of this space that names you.')
    return fieldOf(value, facts, names, isCut)
  })
  if (item.blob !== undefined) {
    const text = await blobText(item.blob)
    if (extent === 'whole') fields.push(blobField(facts, text, item.blob, isCut))
    else if (names(text ?? Buffer.from(item.blob).toString('latin1')))
      fields.push(withoutValue({ path: 'compressed', facts: facts.blob }, 'A text of this space that names you.'))
  }
  const top = groups.find(({ path }) => path === '')?.values ?? []
  const texts = nameFields.flatMap((name) => top.filter(({ path, value }) => path === name && typeof value === 'string'))
  const times = sinceFields.flatMap((name) => groups.flatMap(({ values }) => values).filter(({ path }) => path.split('.').at(-1) === name))
  const since = times.find(({ path }) => !path.includes('[') && !path.includes('{')) ?? times[0]
  const isNameless = extent === 'name-alone' || extent === 'counted'
  return {
    item,
    facts,
    where: placeOf(facts, isApart),
    spaceId: spaceOfItem(item) ?? null,
    name: isNameless || texts[0] === undefined || isSecret(texts[0].facts) ? null : String(texts[0].value).slice(0, 120),
    sinceMs: typeof since?.value === 'number' ? since.value : null,
    fields,
  }
}

/** Of a list, what stands in the entry that names the person, without the names of others; of the item itself, the name alone. */
function besideName({ path, values }: HeldGroup, names: NamesIn, extent: Extent): readonly HeldValue[] {
  const hits = values.filter(({ value }) => names(String(value)))
  if (hits.length === 0 || path === '' || extent === 'name-alone') return hits
  return values.filter((value) => value.facts?.names !== 'person' || hits.includes(value))
}

/** A text that somebody wrote and that mentions the person is not theirs to read here: it may hold what only its space may see. */
const isTextOfOthers = ({ value }: HeldValue, names: NamesIn): boolean =>
  typeof value === 'string' && names(value) && /\s/.test(value.trim())

const withoutValue = ({ path, facts }: Pick<HeldValue, 'path' | 'facts'>, note: string): HeldField => ({
  field: path,
  value: null,
  note,
  purpose: facts?.purpose ?? 'show what was written',
  count: 1,
})

/** What must not be read by anybody, and what opens something: named, never shown. */
const isSecret = (facts: FieldFacts | undefined): boolean =>
  facts !== undefined && (facts.seal === 'hash' || facts.sealedBy === 'service' || facts.seal === 'installation')

/** A seal of before the store sealed by itself: only ciphertext lies there. */
const sealed = /^s\d\.[\w-]+\.[\w-]{38,}/
/** SHA-256 as we write it: of a token, a link or an account elsewhere. */
const hashed = /^[0-9a-f]{64}$/

function fieldOf({ path, value, facts }: HeldValue, kind: KindFacts, names: NamesIn, isCut: boolean): HeldField {
  const text = String(value)
  const purpose = facts?.purpose ?? `hold ${kind.holds ?? 'this'}`
  const row = { field: path, purpose, count: 1 }
  if (facts?.seal === 'hash' || hashed.test(text)) return { ...row, value: null, note: 'Only a hash of it is kept.' }
  if (isSecret(facts) || sealed.test(text)) return { ...row, value: null, note: 'A sealed secret; it is not shown.' }
  const note = names(text) && facts?.names === 'person' ? 'This is you.' : null
  if (!isCut || text.length <= shownMax) return { ...row, value: text, note }
  return { ...row, value: `${text.slice(0, shownMax)}…`, note: 'Shortened here; the export has all of it.' }
}

/** How much of a text a receipt shows. */
export const shownMax = 300

function blobField(kind: KindFacts, text: string | undefined, blob: Uint8Array, isCut: boolean): HeldField {
  const row = { field: 'compressed', purpose: kind.blob?.purpose ?? `hold ${kind.holds ?? 'this'}`, count: 1 }
  if (kind.blob?.seal === 'hash') return { ...row, value: null, note: 'Only a hash of it is kept.' }
  if (text === undefined) return { ...row, value: null, note: `${blob.byteLength} bytes in a form for machines.` }
  if (!isCut || text.length <= shownMax) return { ...row, value: text, note: null }
  return { ...row, value: `${text.slice(0, shownMax)}…`, note: 'Shortened here; the export has all of it.' }
}

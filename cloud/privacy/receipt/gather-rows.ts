import type { FoundItem } from './look-at-item.ts'
import type { HeldField, PlaceTotal, ReceiptRow } from '../../../src/domain/receipt.ts'

/** How many rows of a kind in one place are told one by one; the others are told together. */
const rowsApart = 50
/** How many different values of a field are counted apart where rows are told together. */
const valuesApart = 40

interface Together {
  readonly first: FoundItem
  readonly fields: Map<string, HeldField>
  count: number
  sinceMs: number | null
  expiresAtMs: number | null
}

/** Rows of a receipt, gathered as they are found, in bounded memory. */
export interface Gathering {
  add(found: FoundItem): void
  rows(): readonly ReceiptRow[]
}

export interface GatherOptions {
  readonly nowMs: number
  readonly isTogether?: boolean
  readonly isApart?: boolean
}

/**
 * Gathers rows: one by one up to a number of each kind and space, then together. `isTogether` tells all of them together, by counts
 * of fields without their values; `isApart` tells each of them alone.
 */
export function gatherRows({ nowMs, isTogether = false, isApart = false }: GatherOptions): Gathering {
  const apart = new Map<string, FoundItem[]>()
  const together = new Map<string, Together>()
  const isGoing = ({ item }: FoundItem) => item.isDeleted || (item.expiresAtMs !== undefined && item.expiresAtMs <= nowMs)
  const groupOf = (found: FoundItem) => [found.where, found.item.kind, found.spaceId ?? '', isGoing(found)].join(' ')

  const addTogether = (group: string, found: FoundItem) => {
    const { sinceMs, item } = found
    const sum = together.get(group) ?? { first: found, fields: new Map(), count: 0, sinceMs, expiresAtMs: item.expiresAtMs ?? null }
    together.set(group, sum)
    sum.count += 1
    if (sinceMs !== null) sum.sinceMs = Math.min(sum.sinceMs ?? sinceMs, sinceMs)
    if (item.expiresAtMs !== undefined) sum.expiresAtMs = Math.max(sum.expiresAtMs ?? 0, item.expiresAtMs)
    for (const field of found.fields) {
      const isCounted = !isTogether && found.where === 'audit' && field.field.endsWith('action')
      const name = isCounted && sum.fields.size < valuesApart ? `${field.field} ${field.value}` : field.field
      const before = sum.fields.get(name)
      const note = isCounted ? field.note : 'In several rows; the export has each of them.'
      const value = isCounted && name !== field.field ? field.value : null
      sum.fields.set(name, { ...field, value, note: isTogether ? null : note, count: (before?.count ?? 0) + field.count })
    }
  }

  return {
    add(found) {
      const group = groupOf(found)
      const rows = apart.get(group) ?? []
      // An audit has thousands of entries a person; what they did is told by how often.
      if (isTogether || (!isApart && (found.where === 'audit' || rows.length >= rowsApart))) return addTogether(group, found)
      apart.set(group, [...rows, found])
    },
    rows: () => [
      ...[...apart.values()].flat().map((found) => ({
        ...headOf(found, isGoing(found)),
        name: found.name,
        item: `${found.item.partition} ${found.item.sort}`,
        count: 1,
        sinceMs: found.sinceMs,
        expiresAtMs: found.item.expiresAtMs ?? null,
        fields: found.fields,
      })),
      ...[...together.values()].map(({ first, fields, count, sinceMs, expiresAtMs }) => ({
        ...headOf(first, isGoing(first)),
        name: null,
        item: null,
        count,
        sinceMs,
        expiresAtMs,
        fields: [...fields.values()],
      })),
    ],
  }
}

const headOf = ({ where, facts, item, spaceId }: FoundItem, isGoing: boolean) => ({
  where,
  class: facts.class,
  kind: item.kind,
  what: facts.holds,
  spaceId,
  isGoing,
  expires: isGoing ? 'Gone for readers; it lies here until the next purge.' : sentence(facts.retention),
})

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`

/** Counts by place and class; they are the sums of the rows. */
export function totalsOf(rows: readonly ReceiptRow[]): readonly PlaceTotal[] {
  const sums = new Map<string, PlaceTotal>()
  for (const row of rows) {
    const key = `${row.where} ${row.class}`
    const before = sums.get(key)
    const fields = row.fields.reduce((sum, { count }) => sum + count, before?.fields ?? 0)
    const rowsSum = row.count === null ? (before?.rows ?? null) : (before?.rows ?? 0) + row.count
    sums.set(key, { where: row.where, class: row.class, rows: rowsSum, fields })
  }
  return [...sums.values()]
}

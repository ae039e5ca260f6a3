import { valuesOf } from '../../store/data-map/data-map.ts'
import type { MetadataStore, PendingChange } from '../../store/port.ts'
import type { MirrorCell, MirrorRow } from '../ports.ts'
import { cellBounds } from '../check-row.ts'
import type { LeafColumn } from './columns.ts'
import { keyCells } from './key-columns.ts'
import { createPackedCells } from './packed-cells.ts'
import type { Pseudonym } from './pseudonyms.ts'
import { mirroredKinds } from './tables.ts'

/** A change at its place in the order of all changes. */
export interface PlacedChange {
  readonly change: PendingChange
  readonly order: number
  readonly atMs: number
}

/** Makes the row of a change; undefined for kinds that are not mirrored. Throws STORE_UNAVAILABLE. */
export type RowMaker = (placed: PlacedChange) => Promise<MirrorRow | undefined>

/** The key of an item's row: a pseudonym of where it lies. */
export const rowKey = (pseudonym: Pseudonym, { partition, sort }: { partition: string; sort: string }): string =>
  pseudonym('item', `${partition}\n${sort}`)

/** Rows of pseudonyms, counts and names of states: no address, hostname, label or id leaves in clear (security D6). */
export function createRowMaker({ pseudonym, store }: { pseudonym: Pseudonym; store: Pick<MetadataStore, 'read'> }): RowMaker {
  const packedCells = createPackedCells(store)

  return async ({ change, order, atMs }) => {
    const mirrored = mirroredKinds.get(change.kind)
    if (mirrored === undefined) return undefined
    const row = {
      table: mirrored.table.name,
      key: rowKey(pseudonym, change),
      revision: order,
      changedAtMs: atMs,
      isDeleted: change.isDeleted,
    }
    if (change.isDeleted) return { ...row, cells: {} }
    const values = new Map<string, (string | number | boolean)[]>()
    for (const { leaf, value } of valuesOf(change.kind, change.data)) {
      if (value === null) continue
      const known = values.get(leaf.path)
      if (known === undefined) values.set(leaf.path, [value])
      else known.push(value)
    }
    const cells: Record<string, MirrorCell> = {}
    for (const column of mirrored.leaves) {
      const cell = cellOf(column, values.get(column.path) ?? [], pseudonym)
      if (cell !== null || cells[column.name] === undefined) cells[column.name] = cell
    }
    return {
      ...row,
      cells: { ...cells, ...keyCells(change, pseudonym), item_revision: change.revision, ...(await packedCells(change)) },
    }
  }
}

function cellOf({ form, pseudonymOf }: LeafColumn, values: readonly (string | number | boolean)[], pseudonym: Pseudonym): MirrorCell {
  if (form === 'count') return values.length
  const shown = (value: string | number | boolean) => {
    const text = String(value)
    return pseudonymOf === undefined ? text.slice(0, cellBounds.textLength) : pseudonym(pseudonymOf, text)
  }
  if (form === 'texts') return [...new Set(values.map(shown))].sort()
  const [value] = values
  if (value === undefined) return null
  if (form === 'flag') return value === true
  if (form === 'text') return shown(value)
  const number = Math.round(Number(value))
  return Number.isSafeInteger(number) ? number : null
}

import { createHash } from 'node:crypto'
import { dataMap, kindNames, mirroredLeaves, type ItemKind } from '../../store/data-map/data-map.ts'
import type { MirrorTable } from '../ports.ts'
import { columnsOfLeaf, type LeafColumn } from './columns.ts'
import { keyColumnsOf } from './key-columns.ts'
import { packedColumns } from './packed-cells.ts'

/** A table and what it is made of. */
export interface MirroredKind {
  readonly kind: ItemKind
  readonly table: MirrorTable
  readonly leaves: readonly LeafColumn[]
}

const plurals: Readonly<Partial<Record<ItemKind, string>>> = {
  person: 'people',
  'node-alerts': 'alert_states',
  'node-contexts': 'node_contexts',
  'reach-settings': 'reach_settings',
}
const tableName = (kind: ItemKind): string => plurals[kind] ?? `${kind.replaceAll('-', '_')}s`

function mirroredKind(kind: ItemKind): MirroredKind {
  const columns = new Map<string, MirrorTable['columns'][number]>()
  const add = (column: MirrorTable['columns'][number]) => {
    if (!columns.has(column.name)) columns.set(column.name, { name: column.name, type: column.type })
  }
  add({ name: 'item_revision', type: 'whole' })
  for (const name of keyColumnsOf(kind)) add({ name, type: 'text' })
  const leaves: LeafColumn[] = []
  for (const leaf of mirroredLeaves(kind)) {
    for (const column of columnsOfLeaf(leaf)) {
      const taken = columns.get(column.name)
      // Two leaves of one list count it once; two of one name would have to be told apart by the map.
      if (taken !== undefined && (taken.type !== column.type || column.form === 'count')) continue
      leaves.push(column)
      add(column)
    }
  }
  for (const column of packedColumns[kind] ?? []) add(column)
  return { kind, table: { name: tableName(kind), columns: [...columns.values()] }, leaves }
}

/** A table for each kind that is mirrored, made from the data map: what the map does not give to the mirror has no column. */
export const mirroredKinds: ReadonlyMap<ItemKind, MirroredKind> = new Map(
  kindNames.filter((kind) => dataMap[kind].mirrored).map((kind) => [kind, mirroredKind(kind)]),
)

/** The columns in which a person, a space or a node is named. */
export function columnsNaming({ kind, leaves }: MirroredKind, names: 'person' | 'space' | 'node'): readonly string[] {
  const ofKey = keyColumnsOf(kind).filter((name) => name === names)
  return [...new Set([...ofKey, ...leaves.filter((leaf) => leaf.names === names).map(({ name }) => name)])]
}

export const mirrorTables: readonly MirrorTable[] = [...mirroredKinds.values()].map(({ table }) => table)

/** Changes when a table or a column does: then everything is brought in once more, so that a new column is full. */
export const schemaVersion: string = createHash('sha256').update(JSON.stringify(mirrorTables)).digest('hex').slice(0, 16)

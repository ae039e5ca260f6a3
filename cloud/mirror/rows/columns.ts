import type { Leaf } from '../../store/data-map/data-map.ts'
import type { ColumnType } from '../ports.ts'

/** How the values of one leaf become a cell. */
export type CellForm = 'text' | 'whole' | 'flag' | 'time' | 'texts' | 'count'

/** A column that follows from a leaf of the data map. */
export interface LeafColumn {
  readonly name: string
  readonly type: ColumnType
  readonly form: CellForm
  readonly path: string
  /** Undefined: the value as it is; otherwise the kind whose pseudonym stands for it. */
  readonly pseudonymOf: string | undefined
  /** Whose ids stand there. */
  readonly names: Leaf['facts']['names']
}

/** Every table begins with these; a field of such a name stands beside them as the item's own. */
const taken: ReadonlySet<string> = new Set(['key', 'revision', 'changed_at'])

/** The columns that a leaf brings: none for numbers in a list, whose count is what is told of the list. */
export function columnsOfLeaf({ path, label, form, facts }: Leaf): LeafColumn[] {
  const { mirror, names } = facts
  if (mirror === 'none') return []
  const isMany = /[[{]/.test(path)
  const count: LeafColumn = {
    name: `${snake(listOf(label))}_count`,
    type: 'whole',
    form: 'count',
    path,
    pseudonymOf: undefined,
    names: undefined,
  }
  if (mirror === 'count') return [isMany ? count : { ...count, name: `has_${snake(label)}`, type: 'whole' }]
  const pseudonymOf = mirror === 'pseudonym' ? (names ?? idKind(label)) : undefined
  const column = (name: string, type: ColumnType & CellForm): LeafColumn => ({
    name: snake(name),
    type,
    form: type,
    path,
    pseudonymOf,
    names,
  })
  if (pseudonymOf !== undefined) return isMany ? [column(withoutId(label), 'texts'), count] : [column(withoutId(label), 'text')]
  if (isMany) return form === 'text' || form === 'plain' ? [column(label, 'texts'), count] : [count]
  if (form === 'flag') return [column(label, 'flag')]
  if (form === 'number')
    return /(?:^at|At|[sS]ince|[eE]xpires)Ms$/.test(label) ? [column(label.replace(/Ms$/, ''), 'time')] : [column(label, 'whole')]
  return [column(label, label.endsWith('Bytes') ? 'whole' : 'text')]
}

/** The innermost list or map a leaf is in. */
const listOf = (label: string) => label.slice(0, Math.max(label.lastIndexOf('['), label.lastIndexOf('{')))

/** `roomIds` → `rooms`, `members[].personId` → `members[].person`. */
const withoutId = (label: string) => label.replace(/(?<=\w)Id(s?)(\[\])?$/, '$1')

/** What kind of thing an id that names nobody is: `roomIds[]` → `room`, `machineGuid` → `machine-guid`. */
function idKind(label: string): string {
  const last = label.split('.').at(-1) ?? label
  return snake(last.replace(/[[\]{}]|key\}/g, '').replace(/Ids?$/, '')).replaceAll('_', '-')
}

function snake(label: string): string {
  const name = label
    .replaceAll(/[[\]{}]/g, ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join('_')
  return taken.has(name) ? `item_${name}` : name
}

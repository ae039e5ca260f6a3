import type { ItemKind } from '../../store/kinds.ts'
import type { ItemKey } from '../../store/port.ts'
import type { Pseudonym } from './pseudonyms.ts'

/** What the key of an item names, by the column it stands in. Whole keys never leave: they hold ids. */
const partitions: readonly (readonly [RegExp, string])[] = [
  [/^space\/(.+)$/, 'space'],
  [/^person#(.+)$/, 'person'],
  [/^claim\/(.+)$/, 'claim'],
]
const sorts: readonly (readonly [RegExp, ...string[]])[] = [
  [/^(?:contexts|alerts)\/([^/]+)\/([^/]+)$/, 'node', 'claim'],
  [/^node\/([^/]+)$/, 'node'],
  [/^room\/([^/]+)$/, 'room'],
  [/^board\/([^/]+)$/, 'board'],
  [/^silence\/([^/]+)$/, 'silence'],
]

/** The columns that the key of a kind fills. */
export const keyColumnsOf = (kind: ItemKind): readonly string[] => known[kind] ?? ['space']
const known: Readonly<Partial<Record<ItemKind, readonly string[]>>> = {
  person: ['person'],
  claim: ['claim'],
  node: ['space', 'node'],
  room: ['space', 'room'],
  board: ['space', 'board'],
  silence: ['space', 'silence'],
  'node-contexts': ['space', 'node', 'claim'],
  'node-alerts': ['space', 'node', 'claim'],
}

/** The ids in an item's key, as pseudonyms by column. */
export function keyCells({ partition, sort, kind }: ItemKey & { readonly kind: ItemKind }, pseudonym: Pseudonym): Record<string, string> {
  const cells: Record<string, string> = {}
  for (const [pattern, name] of partitions) {
    const id = pattern.exec(partition)?.[1]
    if (id !== undefined) cells[name] = pseudonym(name, id)
  }
  for (const [pattern, ...names] of sorts) {
    const found = pattern.exec(sort)
    for (const [at, name] of names.entries()) {
      const id = found?.[at + 1]
      if (id !== undefined) cells[name] = pseudonym(name, id)
    }
  }
  const wanted = keyColumnsOf(kind)
  return Object.fromEntries(Object.entries(cells).filter(([name]) => wanted.includes(name)))
}

import { setTimeout as sleep } from 'node:timers/promises'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { ItemKind } from '../store/kinds.ts'
import type { ItemKey, ItemWriteOf, MetadataStore, StoredItem } from '../store/port.ts'

/** The content of an item of one kind, without its key. */
export type ItemContentOf<K extends ItemKind> = Omit<ItemWriteOf<K>, 'partition' | 'sort'>

/** The content of an item of whichever kind. */
export type ItemContent = { [K in ItemKind]: ItemContentOf<K> }[ItemKind]

/** Decides what an item should become; undefined leaves it as it is. May run again when someone else was faster. */
export type Decide = (current: StoredItem | undefined) => ItemContent | undefined | Promise<ItemContent | undefined>

/** Changes one item by read, decide and conditional write; writes nothing when the content stays the same. */
export type ChangeItem = (key: ItemKey, decide: Decide) => Promise<{ readonly isWritten: boolean }>

const triesMax = 12

/**
 * Read-modify-write with a revision condition. Changes of one item made by this process take turns, so that the condition only
 * meets other processes. Throws CONFLICT after a dozen lost races.
 */
export function createChangeItem(store: MetadataStore): ChangeItem {
  const lanes = new Map<string, Promise<unknown>>()

  const change = async (key: ItemKey, decide: Decide) => {
    for (let tries = 1; tries <= triesMax; tries++) {
      const current = await store.read(key)
      const content = await decide(current)
      if (content === undefined || (current !== undefined && isSame(current, content))) return { isWritten: false }
      const revision = await store.write({ ...content, partition: key.partition, sort: key.sort }, current?.revision ?? 'absent')
      if (revision !== undefined) return { isWritten: true }
      await sleep(Math.random() * 10 * tries)
    }
    throw new ThroughlineError('CONFLICT', 'An item changed too often to be changed; try again.')
  }

  return (key, decide) => {
    const lane = `${key.partition}\n${key.sort}`
    const turn = () => change(key, decide)
    const mine = (lanes.get(lane) ?? Promise.resolve()).then(turn, turn)
    lanes.set(lane, mine)
    const leave = () => {
      if (lanes.get(lane) === mine) lanes.delete(lane)
    }
    mine.then(leave, leave)
    return mine
  }
}

function isSame(current: StoredItem, content: ItemContent): boolean {
  return (
    current.kind === content.kind &&
    current.expiresAtMs === content.expiresAtMs &&
    JSON.stringify(current.data) === JSON.stringify(content.data) &&
    Buffer.compare(current.blob ?? empty, content.blob ?? empty) === 0
  )
}

const empty = new Uint8Array()

/** All items of a partition under a prefix, page by page. */
export async function listAll(store: MetadataStore, partition: string, prefix: string): Promise<StoredItem[]> {
  const items: StoredItem[] = []
  let after: string | undefined
  do {
    const page = await store.list(partition, { prefix, ...(after === undefined ? {} : { after }) })
    items.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return items
}

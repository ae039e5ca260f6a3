import { createHash } from 'node:crypto'
import type { Clock } from '../../src/support/clock.ts'
import type { MetadataStore } from '../store/port.ts'
import { deadLetterKey, deadLetterPrefix, mirrorPartition } from './mirror-keys.ts'
import type { RefusedRow } from './ports.ts'

/** A row that the sink refused: which one, by its pseudonym, and why; its content is not kept (security D6). */
export interface DeadLetter {
  readonly letterId: string
  readonly table: string
  readonly key: string
  readonly revision: number
  readonly reason: string
  readonly atMs: number
}

/** The rows that wait for the operator; one of a row, the newest. */
export interface DeadLetters {
  /** Reads what is kept; from then on `list` answers from memory. */
  open(): Promise<void>
  list(): readonly DeadLetter[]
  find(letterId: string): DeadLetter | undefined
  add(refused: readonly RefusedRow[]): Promise<void>
  /** Rows of these keys are in the sink now: their letters go. */
  clear(rows: Iterable<{ readonly table: string; readonly key: string }>): Promise<void>
  remove(letterId: string): Promise<boolean>
}

const letterIdOf = (table: string, key: string) => createHash('sha256').update(`${table}\n${key}`).digest('base64url').slice(0, 22)

export function createDeadLetters(store: Pick<MetadataStore, 'read' | 'write' | 'remove' | 'list'>, clock: Clock): DeadLetters {
  const letters = new Map<string, DeadLetter>()

  const remove = async (letterId: string): Promise<boolean> => {
    const key = deadLetterKey(letterId)
    const item = await store.read(key)
    if (item !== undefined) await store.remove(key, item.revision)
    return letters.delete(letterId) || item !== undefined
  }

  return {
    async open() {
      letters.clear()
      for (let after: string | undefined; ;) {
        const page = await store.list(mirrorPartition, { prefix: deadLetterPrefix, ...(after === undefined ? {} : { after }) })
        for (const { sort, data } of page.items) {
          const letterId = sort.slice(deadLetterPrefix.length)
          letters.set(letterId, { letterId, ...(data as Omit<DeadLetter, 'letterId'> & {}) })
        }
        if (page.next === undefined) return
        after = page.next
      }
    },
    list: () => [...letters.values()].sort((a, b) => a.atMs - b.atMs),
    find: (letterId) => letters.get(letterId),
    async add(refused) {
      for (const { table, key, revision, reason } of refused) {
        const letterId = letterIdOf(table, key)
        const place = deadLetterKey(letterId)
        const data = { table, key, revision, reason, atMs: clock.nowMs() }
        const current = await store.read(place)
        await store.write({ ...place, kind: 'dead-letter', data }, current?.revision ?? 'absent')
        letters.set(letterId, { letterId, ...data })
      }
    },
    async clear(rows) {
      if (letters.size === 0) return
      for (const { table, key } of rows) {
        const letterId = letterIdOf(table, key)
        if (letters.has(letterId)) await remove(letterId)
      }
    },
    remove,
  }
}

import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { MetadataStore, PendingChange } from '../store/port.ts'
import { placeOf, type ItemRestorer } from '../store/restorer.ts'

/** Lies in a store while it is restored: whoever would serve from it is kept away, and the same restore may go on. */
export const restoreMarkKey = { partition: 'restore', sort: 'mark' } as const

/** What is being restored, and by which run of the command. */
export interface RestoreMark {
  readonly backup: string
  readonly untilMs: number | null
  readonly runId: string
}

export async function readRestoreMark(restorer: Pick<ItemRestorer, 'load'>): Promise<RestoreMark | undefined> {
  const item = (await restorer.load([restoreMarkKey])).get(placeOf(restoreMarkKey))
  return item === undefined ? undefined : (item.data as unknown as RestoreMark)
}

/** The mark as an item. */
export function restoreMarkItem(mark: RestoreMark): PendingChange {
  return { ...restoreMarkKey, kind: 'restore-mark', revision: 1, isDeleted: false, data: { ...mark } }
}

/** Throws BACKUP_UNUSABLE in words when a restore into this store has not finished: half of what was kept must never serve. */
export async function refuseHalfRestored(store: Pick<MetadataStore, 'read'>): Promise<void> {
  const item = await store.read(restoreMarkKey)
  if (item === undefined) return
  const { backup } = item.data as unknown as RestoreMark
  throw new ThroughlineError(
    'BACKUP_UNUSABLE',
    `The backup ${backup} was not restored to its end here. Run the same "throughline restore" again; it begins anew and ends as one that was not stopped.`,
  )
}

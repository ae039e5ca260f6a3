import type { SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { asItemWrite } from '../../store/item-rules.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { restorable, restorableKinds, deletedAtOf, type RestorableKind } from './restorable.ts'
import type { Retention } from './retention.ts'

/** Something that was deleted and can be restored. */
export interface DeletedThing {
  readonly kind: RestorableKind
  readonly id: string
  readonly name: string
  readonly deletedAtMs: number
  readonly restorableUntilMs: number
}

/** What was deleted in a space, and its way back. */
export interface DeletedContent {
  /** What can still be restored, newest deletion first. */
  list(spaceId: SpaceId): Promise<readonly DeletedThing[]>
  /**
   * Brings a thing back as it was; answers what it is. Throws NOT_FOUND when there is nothing of that to restore, CONFLICT when what it
   * belonged to is gone or something took its place, LIMIT_REACHED when there is no room for it.
   */
  restore(spaceId: SpaceId, kind: RestorableKind, id: string): Promise<DeletedThing>
}

const dayMs = 86_400_000
const most: Readonly<Partial<Record<RestorableKind, number>>> = {
  channel: metadataLimits.channelsPerSpace,
  silence: metadataLimits.silencesPerSpace,
}

export function createDeletedContent(deps: {
  /** The store that shows what was deleted. */
  readonly store: MetadataStore
  readonly retention: Retention
  /** How many of a kind a space may have here; undefined: as many as are kept. */
  readonly quotas?: Readonly<Partial<Record<RestorableKind, number | null>>>
  readonly clock: Clock
}): DeletedContent {
  const { store, retention, quotas = {}, clock } = deps

  const all = (spaceId: SpaceId, kind: RestorableKind) => listAll(store, spacePartition(spaceId), restorable[kind].prefix)
  const thingOf = (item: StoredItem, kind: RestorableKind, days: number): DeletedThing | undefined => {
    const deletedAtMs = deletedAtOf(item)
    if (deletedAtMs === undefined || item.kind !== kind) return undefined
    const { name } = item.data as { readonly name?: string }
    const restorableUntilMs = deletedAtMs + days * dayMs
    if (restorableUntilMs <= clock.nowMs()) return undefined
    return { kind, id: item.sort.slice(restorable[kind].prefix.length), name: name ?? '', deletedAtMs, restorableUntilMs }
  }

  const refuseWhatDoesNotFit = async (spaceId: SpaceId, kind: RestorableKind, item: StoredItem): Promise<void> => {
    const { roomId } = item.data as { readonly roomId?: string }
    if (kind === 'board' && roomId !== undefined) {
      const room = await store.read(keys.room(spaceId, roomId as Parameters<typeof keys.room>[1]))
      if (room === undefined || deletedAtOf(room) !== undefined)
        throw new ThroughlineError('CONFLICT', 'The room of this board is deleted; restore the room first.')
    }
    const limit = Math.min(quotas[kind] ?? Infinity, most[kind] ?? Infinity)
    if (limit === Infinity) return
    const living = (await all(spaceId, kind)).filter((each) => deletedAtOf(each) === undefined).length
    if (living >= limit) throw new ThroughlineError('LIMIT_REACHED', `A space has at most ${limit} of these; delete one first.`)
  }

  return {
    async list(spaceId) {
      const days = await retention.of(spaceId)
      const things: DeletedThing[] = []
      for (const kind of restorableKinds) {
        for (const item of await all(spaceId, kind)) {
          const thing = thingOf(item, kind, days[restorable[kind].class])
          if (thing !== undefined) things.push(thing)
        }
      }
      return things.sort((a, b) => b.deletedAtMs - a.deletedAtMs || (a.id < b.id ? -1 : 1))
    },

    async restore(spaceId, kind, id) {
      const days = (await retention.of(spaceId))[restorable[kind].class]
      for (;;) {
        const item = await store.read({ partition: spacePartition(spaceId), sort: `${restorable[kind].prefix}${id}` })
        const thing = item && thingOf(item, kind, days)
        if (item === undefined || thing === undefined) throw new ThroughlineError('NOT_FOUND', 'There is nothing of that to restore.')
        await refuseWhatDoesNotFit(spaceId, kind, item)
        const { deletedAtMs: _at, deletedBy: _by, ...data } = item.data as Readonly<Record<string, never>>
        const { partition, sort, blob } = item
        const back = asItemWrite({ partition, sort, kind, data, ...(blob === undefined ? {} : { blob }) })
        if ((await store.write(back, item.revision)) !== undefined) return thing
      }
    },
  }
}

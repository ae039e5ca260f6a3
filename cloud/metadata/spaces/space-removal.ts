import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Member } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import type { Unfinished } from '../unfinished.ts'
import type { Roster } from './roster.ts'
import { halfMadePrefix, type Spaces } from './spaces.ts'

/** What deleting a space asks of those who hold links, rights and people. */
export interface SpaceRemovalPorts {
  /** Takes a node out, its links and what viewers see of it included. */
  removeNode(spaceId: SpaceId, nodeId: NodeId): Promise<unknown>
  /** Nobody has a right in the space any more: what is remembered of them is forgotten. */
  onClosed(spaceId: SpaceId, members: readonly Member[]): void
  /** Ends what lets agents or programs into the space and lies elsewhere than in its partition. */
  endTokens(spaceId: SpaceId): Promise<void>
  /** Somebody was only invited: what the invitation left of them goes. */
  settle(spaceId: SpaceId, member: Member): Promise<void>
  /** Before anything happens: the erasure of the space begins, and can be followed with a token. */
  beginErasure(spaceId: SpaceId): Promise<{ readonly erasureId: string; readonly token: string }>
  /** Nobody reaches it any more: from here on no write brings it back. May be repeated. */
  noteErased(spaceId: SpaceId): Promise<void>
  /** All it held is gone. May be repeated. */
  rowsGone(spaceId: SpaceId): Promise<void>
  /** The space is long gone: what was kept so that its end could still be told goes as well. */
  forgotten(spaceId: SpaceId): Promise<void>
}

/** A space that was deleted: who was in it, and how the rest of its erasure is followed. */
export interface RemovedSpace {
  readonly members: readonly Member[]
  readonly erasure: { readonly erasureId: string; readonly token: string }
}

/** Deleting a space with everything in it. */
export interface SpaceRemoval {
  /**
   * When it resolves, nobody reaches the space any more, and all it held is gone, unless that takes longer than five seconds: then
   * the rest goes on behind. A crash is finished by the next start. Answers who was in it; undefined alike for absent and deleted
   * ones.
   */
  remove(spaceId: SpaceId): Promise<RemovedSpace | undefined>
  /** Finishes what a crash left, and takes away what landed behind a deletion. */
  sweep(): Promise<void>
}

export interface SpaceRemovalDeps {
  readonly store: MetadataStore
  readonly spaces: Pick<Spaces, 'get' | 'leave'>
  readonly roster: Pick<Roster, 'close' | 'tidy'>
  readonly unfinished: Unfinished
  readonly ports: SpaceRemovalPorts
  readonly clock: Clock
  readonly log: Log
}

const prefix = 'space/'
/** Items read at once; each may be as large as an item can be. */
const pageItems = 100

export function createSpaceRemoval({ store, spaces, roster, unfinished, ports, clock, log }: SpaceRemovalDeps): SpaceRemoval {
  const drop = async (item: StoredItem): Promise<void> => {
    let current: StoredItem | undefined = item
    while (current !== undefined && !(await store.remove(current, current.revision))) current = await store.read(current)
  }

  /** Every item of the space but those that say that it is closed. */
  const pages = async (spaceId: SpaceId, wanted: string, each: (item: StoredItem) => Promise<unknown>): Promise<void> => {
    let after: string | undefined
    do {
      const page = await store.list(spacePartition(spaceId), {
        prefix: wanted,
        limit: pageItems,
        ...(after === undefined ? {} : { after }),
      })
      for (const item of page.items) await each(item)
      after = page.next
    } while (after !== undefined)
  }

  /** From here on nobody reaches it. */
  const shut = async (spaceId: SpaceId): Promise<readonly Member[]> => {
    await spaces.leave(spaceId)
    const members = await roster.close(spaceId)
    ports.onClosed(spaceId, members)
    await ports.noteErased(spaceId)
    const space = await store.read(keys.space(spaceId))
    if (space !== undefined) await drop(space)
    return members
  }

  const empty = async (spaceId: SpaceId, members: readonly Member[]): Promise<void> => {
    await ports.endTokens(spaceId)
    await pages(spaceId, 'node/', ({ sort }) => ports.removeNode(spaceId, sort.slice('node/'.length) as NodeId))
    await pages(spaceId, '', async (item) => (item.sort === keys.roster(spaceId).sort ? undefined : drop(item)))
    for (const member of members) {
      await roster.tidy(spaceId, member.personId)
      if (member.invitation !== undefined) await ports.settle(spaceId, member)
    }
    // Last: it says whose memberships have to be taken away.
    const closed = await store.read(keys.roster(spaceId))
    if (closed !== undefined) await drop(closed)
  }

  const finish = async (spaceId: SpaceId, members: readonly Member[]): Promise<void> => {
    await empty(spaceId, members)
    await ports.rowsGone(spaceId)
  }

  /** Resolves with the work, or when somebody has waited long enough for it. */
  const patiently = async (work: Promise<void>): Promise<void> => {
    let isWaited = true
    const watched = work.catch((thrown: unknown) => {
      if (isWaited) throw thrown
      log.warn('space_deletion_broke_off')
    })
    await new Promise<void>((resolve, reject) => {
      const stop = clock.after(metadataLimits.deletionWaitedMs, () => {
        isWaited = false
        resolve()
      })
      watched.then(resolve, reject).finally(stop)
    })
  }

  return {
    async remove(spaceId) {
      if ((await spaces.get(spaceId)) === undefined) return undefined
      const erasure = await ports.beginErasure(spaceId)
      // It stays for a while after the end: what was on its way when the space went is swept up with it.
      await unfinished.note(`${prefix}${spaceId}`, { atMs: clock.nowMs() })
      const members = await shut(spaceId)
      await patiently(finish(spaceId, members))
      log.info('space_deleted', { spaceId, people: members.length })
      return { members, erasure }
    },
    async sweep() {
      for (const work of await unfinished.list(halfMadePrefix)) {
        const { atMs, personId } = work.data as { atMs: number; personId: PersonId }
        // Somebody may be making it at this very moment.
        if (clock.nowMs() - atMs < metadataLimits.halfMadeSpaceMs) continue
        const spaceId = work.sort.slice(halfMadePrefix.length) as SpaceId
        if ((await store.read(keys.roster(spaceId))) === undefined) {
          await empty(spaceId, [])
          await roster.tidy(spaceId, personId)
        }
        await unfinished.strike(work)
      }
      for (const work of await unfinished.list(prefix)) {
        const spaceId = work.sort.slice(prefix.length) as SpaceId
        await finish(spaceId, await shut(spaceId))
        const { atMs } = work.data as { atMs: number }
        if (clock.nowMs() - atMs < metadataLimits.deletedSpaceWatchedMs) continue
        await ports.forgotten(spaceId)
        await unfinished.strike(work)
      }
    },
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../store/port.ts'
import { notifyKeys } from './message-id.ts'
import { packTray, unpackTray } from './pack-tray.ts'
import { emptyTray, type Tray } from './tray.ts'

/** The trays of targets, each one item. */
export interface Trays {
  read(spaceId: SpaceId, targetId: string): Promise<Tray | undefined>
  /** Every target of a space that has one. */
  list(spaceId: SpaceId): Promise<readonly { readonly targetId: string; readonly tray: Tray }[]>
  /**
   * Changes a tray by one conditional write; `decide` answers whether it changed anything, and may run again when somebody else was
   * faster. Throws CONFLICT after a dozen lost races.
   */
  change(spaceId: SpaceId, targetId: string, decide: (tray: Tray) => boolean): Promise<void>
  /** Takes a tray away, whatever is in it. */
  remove(spaceId: SpaceId, targetId: string): Promise<void>
}

const triesMax = 12
/** Trays of very many told alerts are large; those that change are few. */
const latestMax = 32

export interface TraysDeps {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly log: Log
}

export function createTrays({ store, clock, log }: TraysDeps): Trays {
  /** What cannot be read any more must not keep everything else of the space from being told. */
  const trayOf = (item: StoredItem | undefined): Tray => {
    try {
      return unpackTray(item?.blob)
    } catch {
      log.error('tray_damaged', { target: item?.sort.slice(notifyKeys.trayPrefix.length) ?? '' })
      return emptyTray()
    }
  }
  const lanes = new Map<string, Promise<unknown>>()

  /** Changes by this process take turns, so that the condition only meets other processes. */
  const inTurn = <T>(spaceId: SpaceId, targetId: string, turn: () => Promise<T>): Promise<T> => {
    const lane = `${spaceId}\n${targetId}`
    const mine = (lanes.get(lane) ?? Promise.resolve()).then(turn, turn)
    lanes.set(lane, mine)
    const leave = () => {
      if (lanes.get(lane) === mine) lanes.delete(lane)
    }
    mine.then(leave, leave)
    return mine
  }

  /**
   * What was written last by this process: the next change needs no look at the store, whose condition says when somebody else was
   * there. Only a change that would come to nothing is looked at again.
   */
  const latest = new Map<string, { readonly revision: number; readonly tray: Tray }>()
  const keepLatest = (name: string, revision: number, tray: Tray) => {
    latest.delete(name)
    const [oldest] = latest.size >= latestMax ? latest.keys() : []
    if (oldest !== undefined) latest.delete(oldest)
    latest.set(name, { revision, tray })
  }

  const change = async (spaceId: SpaceId, targetId: string, decide: (tray: Tray) => boolean) => {
    const key = notifyKeys.tray(spaceId, targetId)
    const name = `${spaceId} ${targetId}`
    for (let tries = 1; tries <= triesMax; tries++) {
      const known = latest.get(name)
      // Whatever becomes of this try, what is remembered is changed by it.
      latest.delete(name)
      const item = known === undefined ? await store.read(key) : undefined
      const { tray, revision } = known ?? { tray: trayOf(item), revision: item?.revision }
      if (!decide(tray)) {
        if (known === undefined) return
        continue
      }
      const content = packTray(tray, clock.nowMs())
      const written = await store.write({ ...key, kind: 'message', ...content }, revision ?? 'absent')
      if (written !== undefined) {
        keepLatest(name, written, tray)
        return
      }
      if (known === undefined) await sleep(Math.random() * 10 * tries)
    }
    throw new ThroughlineError('CONFLICT', 'The messages of a channel changed too often to be changed; try again.')
  }

  return {
    async read(spaceId, targetId) {
      const item = await store.read(notifyKeys.tray(spaceId, targetId))
      return item && trayOf(item)
    },
    async list(spaceId) {
      const found: { targetId: string; tray: Tray }[] = []
      let after: string | undefined
      do {
        const page = await store.list(notifyKeys.partition(spaceId), {
          prefix: notifyKeys.trayPrefix,
          limit: 100,
          ...(after === undefined ? {} : { after }),
        })
        for (const item of page.items) found.push({ targetId: item.sort.slice(notifyKeys.trayPrefix.length), tray: trayOf(item) })
        after = page.next
      } while (after !== undefined)
      return found
    },
    change: (spaceId, targetId, decide) => inTurn(spaceId, targetId, () => change(spaceId, targetId, decide)),
    remove: (spaceId, targetId) =>
      inTurn(spaceId, targetId, async () => {
        latest.delete(`${spaceId} ${targetId}`)
        for (;;) {
          const item = await store.read(notifyKeys.tray(spaceId, targetId))
          if (item === undefined || (await store.remove(item, item.revision))) return
        }
      }),
  }
}

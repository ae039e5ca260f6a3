import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, PendingChange } from '../../store/port.ts'
import type { ChangeLog } from './change-log.ts'

/** How the drain does. */
export interface DrainState {
  /** Why nothing is noted at the moment: the disk is full, or it or the store refuses; null when all is well. */
  readonly trouble: 'disk-full' | 'disk' | 'store' | null
  readonly sinceMs: number | null
}

/** Brings what changed in the store into the log of changes, and only then clears its marker: at least once (security D6). */
export interface Drain {
  /** Notes everything that is pending now; answers how many changes, or throws what the store or the disk said. */
  run(): Promise<number>
  /** Runs from now on, again and again. */
  start(): void
  state(): DrainState
  close(): Promise<void>
}

export interface DrainDeps {
  readonly store: Pick<MetadataStore, 'pending' | 'settle'>
  readonly changeLog: Pick<ChangeLog, 'append'>
  readonly clock: Clock
  readonly log: Log
  /** Hears what was noted, after it is in the log for good. */
  readonly onNoted?: (changes: readonly PendingChange[]) => void
  /** How often it looks: a look costs a remote table several reads. */
  readonly everyMs?: number
}

const changesAtOnce = 500
const settledAtOnce = 50
/** One run ends for items that change all the time. */
const pagesMax = 2_000
const pauseMaxMs = 30_000

/** A drain; it stands still until it is started or run. */
export function createDrain({ store, changeLog, clock, log, onNoted, everyMs = 1_000 }: DrainDeps): Drain {
  let state: DrainState = { trouble: null, sinceMs: null }
  let running: Promise<number> | undefined
  let stopTimer: (() => void) | undefined
  const closing = new AbortController()
  let failures = 0

  const fail = (trouble: NonNullable<DrainState['trouble']>) => {
    if (state.trouble !== trouble) log.error('outbox_stopped', { reason: trouble })
    state = { trouble, sinceMs: state.sinceMs ?? clock.nowMs() }
  }

  const drain = async (): Promise<number> => {
    let noted = 0
    for (let pages = 0; pages < pagesMax && !closing.signal.aborted; pages++) {
      const changes = await store.pending(changesAtOnce).catch((cause: unknown) => {
        fail('store')
        throw cause
      })
      if (changes.length === 0) break
      await changeLog.append(changes).catch((cause: unknown) => {
        const { code } = cause as NodeJS.ErrnoException
        fail(code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'disk')
        throw cause
      })
      onNoted?.(changes)
      // In the log for good: only now may the store forget it.
      for (let at = 0; at < changes.length; at += settledAtOnce) {
        const settled = await Promise.allSettled(
          changes.slice(at, at + settledAtOnce).map((change) => store.settle(change, change.revision)),
        )
        const refused = settled.find((each) => each.status === 'rejected')
        if (refused !== undefined) {
          fail('store')
          throw refused.reason
        }
      }
      noted += changes.length
    }
    if (state.trouble !== null) log.info('outbox_goes_on')
    state = { trouble: null, sinceMs: null }
    return noted
  }

  const run = (): Promise<number> => {
    running ??= drain().finally(() => (running = undefined))
    return running
  }

  const plan = () => {
    if (closing.signal.aborted) return
    const pauseMs = failures === 0 ? everyMs : Math.min(pauseMaxMs, everyMs * 2 ** failures)
    stopTimer = clock.after(pauseMs, () => {
      void run()
        .then(
          () => (failures = 0),
          () => failures++,
        )
        .finally(plan)
    })
  }

  return {
    run,
    start: plan,
    state: () => state,
    async close() {
      closing.abort()
      stopTimer?.()
      await running?.catch(() => undefined)
    },
  }
}

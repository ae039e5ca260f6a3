import { setTimeout as pause } from 'node:timers/promises'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { createCursorKeeper } from './cursor.ts'
import { createDeadLetters, type DeadLetter } from './dead-letters.ts'
import { isMirrored } from './is-mirrored.ts'
import type { ChangeLog } from './outbox/change-log.ts'
import { createDrain } from './outbox/drain.ts'
import { comparePositions, logStart } from './outbox/segments.ts'
import type { MirrorSink } from './ports.ts'
import type { Pseudonym } from './rows/pseudonyms.ts'
import { createRowMaker } from './rows/row-maker.ts'
import { columnsNaming, mirroredKinds, mirrorTables, schemaVersion } from './rows/tables.ts'
import { mirrorViews } from './rows/views.ts'
import { createShipper } from './shipper.ts'

/** What the mirror tells of itself; counts and times only. */
export interface MirrorState {
  readonly sink: 'duckdb' | 'bigquery' | 'off'
  readonly isReachable: boolean
  readonly waiting: number
  readonly oldestWaitingSinceMs: number | null
  readonly lastLoadedAtMs: number | null
  readonly deadLetters: number
  /** Why changes are not even noted at the moment; null when they are. */
  readonly trouble: 'disk-full' | 'disk' | 'store' | null
}

export interface Mirror {
  status(): MirrorState
  /** Rows that name somebody or some space, by table, as the sink has them now. Throws MIRROR_UNAVAILABLE. */
  rowsAbout(subject: KeySubject): Promise<readonly { readonly table: string; readonly rows: number }[]>
  /** Resolves when everything that was written before the call is in the sink; at once where there is none. Throws MIRROR_UNAVAILABLE. */
  caughtUp(withinMs: number): Promise<void>
  deadLetters(): readonly DeadLetter[]
  /** Throws NOT_FOUND, MIRROR_UNAVAILABLE. */
  retry(letterId: string): Promise<'loaded' | 'refused'>
  drop(letterId: string): Promise<DeadLetter>
  /** Notes and ships from now on by itself. */
  start(): void
  /** Notes what is pending; what is not shipped yet waits in the log for the next start. */
  close(): Promise<void>
}

export interface MirrorDeps {
  /** The items as they lie at rest. */
  readonly store: MetadataStore
  readonly changeLog: ChangeLog
  /** Undefined: changes are noted for backups, and nothing is mirrored. */
  readonly sink: MirrorSink | undefined
  readonly pseudonym: Pseudonym
  readonly clock: Clock
  readonly log: Log
  /** How often changes are noted, and shipped. */
  readonly noteEveryMs?: number
  readonly shipEveryMs?: number
  /** How long after a write the store may not yet say that it is pending. */
  readonly storeLagMs?: number
}

const shipAt = 5_000
const pauseMaxMs = 900_000
const pruneEveryMs = 3_600_000
/** One try takes at most this long where nobody said how long it may take. */
const longestShipMs = 600_000
/** An orderly stop does not wait for a slow sink: what it was loading is loaded again after the next start. */
const closeMs = 2_000

/** The log of changes, and the mirror that follows it. */
export function createMirror(deps: MirrorDeps): Mirror {
  const { store, changeLog, sink, pseudonym, clock, log, noteEveryMs = 1_000, shipEveryMs = 60_000, storeLagMs = 0 } = deps
  let waiting = 0
  let oldestSinceMs: number | null = null
  /** Before, what an earlier process noted is not in `waiting` yet. */
  let isCounted = false
  let failures = 0
  let stopShipping = () => {}
  let isClosed = false
  let running: Promise<void> | undefined

  const drain = createDrain({
    store,
    changeLog,
    clock,
    log,
    everyMs: noteEveryMs,
    onNoted(changes) {
      const mirrored = changes.filter(({ kind }) => isMirrored(kind)).length
      if (mirrored === 0) return
      waiting += mirrored
      oldestSinceMs ??= clock.nowMs()
      if (waiting >= shipAt && failures === 0) void shipNow().catch(() => undefined)
    },
  })
  const deadLetters = createDeadLetters(store, clock)
  const shipper =
    sink &&
    createShipper({
      store,
      changeLog,
      sink,
      cursors: createCursorKeeper(store, sink.name, changeLog.id),
      deadLetters,
      makeRow: createRowMaker({ pseudonym, store }),
      pseudonym,
      tables: mirrorTables,
      views: mirrorViews,
      schemaVersion,
      clock,
      log,
    })

  /** What still waits is counted from the log: other programs and starts before this one noted some of it. */
  const count = async () => {
    let counted = 0
    let oldest: number | null = null
    for (let position = shipper?.position() ?? logStart; ;) {
      const page = await changeLog.readFrom(position)
      for (const { change, atMs } of page.entries) {
        if (!isMirrored(change.kind)) continue
        counted++
        oldest ??= atMs
      }
      position = page.next
      if (page.isEnd) break
    }
    waiting = counted
    oldestSinceMs = oldest
    isCounted = true
  }

  const shipNow = (): Promise<void> => {
    running ??= (async () => {
      try {
        await shipper?.ship()
        failures = 0
        if (shipper !== undefined) await count()
      } catch (cause) {
        failures++
        if (failures === 1) log.warn('mirror_stopped', { reason: cause instanceof ThroughlineError ? cause.code : 'unknown' })
        if (waiting === 0) await count().catch(() => undefined)
        throw cause
      } finally {
        running = undefined
      }
    })()
    return running
  }

  const plan = (delayMs: number) => {
    if (isClosed || shipper === undefined) return
    stopShipping = clock.after(delayMs, () => {
      void shipNow()
        .catch(() => undefined)
        .finally(() => plan(failures === 0 ? shipEveryMs : Math.min(pauseMaxMs, shipEveryMs * 2 ** Math.min(failures - 1, 10))))
    })
  }

  const unavailable = () => new ThroughlineError('MIRROR_UNAVAILABLE', 'The mirror has not caught up in time.')
  let stopPruning = () => {}

  return {
    status: () => ({
      sink: sink?.name ?? 'off',
      isReachable: shipper?.isReachable() ?? true,
      waiting: shipper === undefined ? 0 : waiting,
      oldestWaitingSinceMs: shipper === undefined ? null : oldestSinceMs,
      lastLoadedAtMs: isCounted ? (shipper?.lastLoadedAtMs() ?? null) : null,
      deadLetters: deadLetters.list().length,
      trouble: drain.state().trouble,
    }),

    async rowsAbout({ kind, id }) {
      if (sink === undefined) return []
      // Tables are there only once the sink was migrated.
      if (shipper?.position() === undefined) await shipNow()
      const found: { table: string; rows: number }[] = []
      for (const mirrored of mirroredKinds.values()) {
        const table = mirrored.table.name
        const counts =
          kind === 'installation'
            ? [await sink.size(table)]
            : await Promise.all(columnsNaming(mirrored, kind).map((column) => sink.count(table, column, [pseudonym(kind, id)])))
        const rows = Math.max(0, ...counts)
        if (rows > 0) found.push({ table, rows })
      }
      return found
    },

    async caughtUp(withinMs) {
      if (shipper === undefined) return
      const until = clock.monotonicMs() + withinMs
      if (storeLagMs > 0) await pause(Math.min(storeLagMs, withinMs))
      await drain.run()
      const target = await changeLog.end()
      for (;;) {
        // A sink that says nothing at all must not hold up who waits for it any longer than they wish.
        const leftMs = Math.max(1, until - clock.monotonicMs())
        const inTime = new AbortController()
        const late = pause(withinMs === 0 ? longestShipMs : leftMs, undefined, { ref: false, signal: inTime.signal }).then(
          () => Promise.reject(unavailable()),
          () => undefined,
        )
        await Promise.race([shipNow(), late])
          .catch((cause: unknown) => {
            if (clock.monotonicMs() >= until) throw cause
          })
          .finally(() => inTime.abort())
        const position = shipper.position()
        if (position !== undefined && comparePositions(position, target) >= 0) return
        if (clock.monotonicMs() >= until) throw unavailable()
        await pause(Math.min(250, Math.max(1, until - clock.monotonicMs())))
      }
    },

    deadLetters: () => deadLetters.list(),
    async retry(letterId) {
      if (shipper === undefined) throw new ThroughlineError('MIRROR_UNAVAILABLE', 'There is no mirror; set THROUGHLINE_MIRROR.')
      const answer = await shipper.retry(letterId)
      if (answer === 'unknown') throw new ThroughlineError('NOT_FOUND', 'There is no such row.')
      return answer
    },
    async drop(letterId) {
      const letter = deadLetters.find(letterId)
      if (letter === undefined || !(await deadLetters.remove(letterId))) throw new ThroughlineError('NOT_FOUND', 'There is no such row.')
      return letter
    },

    start() {
      drain.start()
      plan(Math.min(5_000, shipEveryMs))
      const prune = () => void changeLog.prune().catch(() => log.warn('outbox_prune_failed'))
      prune()
      stopPruning = clock.every(pruneEveryMs, prune)
    },
    async close() {
      isClosed = true
      stopPruning()
      stopShipping()
      await drain.close()
      const over = (async () => {
        // First, so that a load which waits for a sink that is away gives up.
        const closed = sink?.close()
        await running?.catch(() => undefined)
        await closed
      })()
      await Promise.race([over, pause(closeMs, undefined, { ref: false })])
      await changeLog.close()
    },
  }
}

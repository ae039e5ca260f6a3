import type Database from 'libsql'
import type { Log } from '../../../src/support/log.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { storeUnavailable } from '../item-rules.ts'
import { isBusy } from './schema.ts'

interface Operation {
  readonly run: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (cause: unknown) => void
}

export interface GroupCommit {
  /** Runs `operation` inside the next transaction; resolves with its answer after the commit reached the disk. */
  add<T>(operation: () => T): Promise<T>
  /** Commits what waits; no operation may be added afterwards. */
  drain(): Promise<void>
}

/** Operations of this long are written with one fsync. */
const windowMs = 2
/** One transaction blocks the event loop for its length, so it is bounded. */
const operationsPerCommit = 500
const queueMax = 20_000
/** With the busy timeout of the connection about ten seconds in total (security requirements F3). */
const busyTriesMax = 36

/**
 * Writes grouped into transactions. An operation that throws a refusal of ours fails alone, before it changed a row; any other
 * failure fails its whole group, none of which is kept.
 */
export function createGroupCommit({ database, log }: { database: Database.Database; log: Log }): GroupCommit {
  const queue: Operation[] = []
  const drained: (() => void)[] = []
  let isScheduled = false
  let busyTries = 0

  // A real timer even under a hand clock: this is a scheduling window, and it keeps the process alive until the write is down.
  const schedule = (delayMs: number) => {
    isScheduled = true
    setTimeout(flush, delayMs)
  }

  const runAll = (group: readonly Operation[]) =>
    group.map((operation) => {
      try {
        return { value: operation.run() }
      } catch (cause) {
        if (!(cause instanceof ThroughlineError)) throw cause
        return { cause }
      }
    })

  function flush(): void {
    isScheduled = false
    const group = queue.splice(0, operationsPerCommit)
    try {
      database.exec('BEGIN IMMEDIATE')
      const outcomes = runAll(group)
      database.exec('COMMIT')
      busyTries = 0
      outcomes.forEach((outcome, at) => ('cause' in outcome ? group[at]?.reject(outcome.cause) : group[at]?.resolve(outcome.value)))
    } catch (cause) {
      rollBack()
      if (isBusy(cause) && ++busyTries < busyTriesMax) {
        queue.unshift(...group)
        return schedule(25)
      }
      busyTries = 0
      log.error('store_commit_failed', {
        code: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown',
        writes: group.length,
      })
      for (const operation of group) operation.reject(storeUnavailable('The metadata file cannot be written now.', cause))
    }
    if (queue.length > 0) schedule(windowMs)
    else for (const resolve of drained.splice(0)) resolve()
  }

  function rollBack(): void {
    try {
      if (database.inTransaction) database.exec('ROLLBACK')
    } catch (cause) {
      log.error('store_rollback_failed', { reason: cause instanceof Error ? cause.name : 'unknown' })
    }
  }

  return {
    add<T>(run: () => T): Promise<T> {
      if (queue.length >= queueMax) return Promise.reject(storeUnavailable('The metadata store has too many writes waiting.'))
      return new Promise<T>((resolve, reject) => {
        queue.push({ run, resolve: resolve as (value: unknown) => void, reject })
        if (!isScheduled) schedule(windowMs)
      })
    },
    drain: () => (isScheduled ? new Promise((resolve) => drained.push(resolve)) : Promise.resolve()),
  }
}

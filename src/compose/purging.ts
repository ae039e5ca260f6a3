import type { Purge } from '../../cloud/metadata/deleted/purge.ts'
import type { Auditor } from '../domain/audit.ts'
import type { SpaceId } from '../domain/ids.ts'
import { errorCode } from '../support/error-code.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

/** What can no longer be restored is gone within the day (security §1), and a word that was given counts within the hour. */
const everyMs = 3_600_000
const afterStartMs = 300_000

/** Purges deleted content from time to time, and says in the audit what it took and what it asked. Answers what stops it. */
export function startPurging(deps: {
  readonly purge: Purge
  readonly spaceIds: () => Promise<readonly SpaceId[]>
  readonly auditor: Auditor
  readonly clock: Clock
  readonly log: Log
}): () => Promise<void> {
  const { purge, spaceIds, auditor, clock, log } = deps
  let running: Promise<void> | undefined
  const look = async () => {
    for (const outcome of await purge.run(await spaceIds())) {
      const { spaceId } = outcome
      const subject = { kind: 'space', id: spaceId } as const
      const who = { spaceId, personId: undefined, via: 'none', subject } as const
      if (outcome.what === 'purged') {
        await auditor.record({ ...who, action: 'content-purged', details: { kind: outcome.kind, items: outcome.items } })
      } else {
        log.warn('purge_asks', { spaceId, kind: outcome.order.kind, items: outcome.order.due })
        await auditor.record({
          ...who,
          action: 'purge-asked',
          details: { kind: outcome.order.kind, items: outcome.order.due, count: outcome.order.of },
        })
      }
    }
  }
  const run = () => {
    running ??= look()
      .catch((cause: unknown) => log.warn('content_purge_failed', { code: errorCode(cause) }))
      .finally(() => (running = undefined))
  }
  const stops = [clock.after(afterStartMs, run), clock.every(everyMs, run)]
  return async () => {
    for (const stop of stops) stop()
    await running
  }
}

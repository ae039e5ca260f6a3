import type { AuditEvent } from '../../src/domain/audit.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { auditLimits } from './limits.ts'

/** Events that nobody waits for. */
export interface Soon {
  add(event: AuditEvent): void
  /** Tries a last time; what cannot be written is told in the log. */
  close(): Promise<void>
}

/**
 * A short buffer: events that come within half a second are written together. While the store does not answer they wait; more than
 * it holds are counted, told in the log, and written as one `events-lost` once the store answers. A process that is killed loses
 * what came within the last half second.
 */
export function createSoon(deps: {
  readonly clock: Clock
  readonly log: Log
  /** Answers the events that could not be written. */
  readonly write: (events: readonly AuditEvent[]) => Promise<readonly AuditEvent[]>
}): Soon {
  const { clock, log, write } = deps
  let waiting: AuditEvent[] = []
  let lost = 0
  let running: Promise<void> | undefined
  let stop: (() => void) | undefined

  const flushOnce = async () => {
    const batch = lost === 0 ? waiting : [lostEvent(lost), ...waiting]
    waiting = []
    lost = 0
    if (batch.length === 0) return
    waiting = [...(await write(batch)), ...waiting]
    dropOver()
  }

  const dropOver = () => {
    const over = waiting.length - auditLimits.soonEvents
    if (over <= 0) return
    waiting.splice(0, over)
    lost += over
    log.error('audit_events_lost', { count: over })
  }

  const flush = (): Promise<void> => {
    running ??= flushOnce().finally(() => (running = undefined))
    return running
  }

  const later = () => {
    stop ??= clock.after(auditLimits.soonMs, () => {
      stop = undefined
      void flush().then(() => {
        if (waiting.length > 0) later()
      })
    })
  }

  return {
    add(event) {
      waiting.push(event)
      dropOver()
      later()
    },
    async close() {
      stop?.()
      await running
      await flush()
      if (waiting.length > 0) log.error('audit_events_lost', { count: waiting.length })
    },
  }
}

function lostEvent(count: number): AuditEvent {
  return { action: 'events-lost', spaceId: undefined, personId: undefined, via: 'none', subject: undefined, details: { count } }
}

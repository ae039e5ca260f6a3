import type { AuditEvent } from '../../src/domain/audit.ts'
import type { Clock } from '../../src/support/clock.ts'
import { auditLimits } from './limits.ts'

/** What comes again and again: refusals, and functions that only look. */
export interface Repeats {
  /** Whether the event is to be written now; a repeat is only counted. */
  isFirst(event: AuditEvent): boolean
  /** Hands over what was counted so far. */
  flush(): void
}

const refusals: ReadonlySet<AuditEvent['action']> = new Set(['access-denied', 'sign-in-refused'] as const)

/** A page asks the same function every few seconds; what may have changed something is always told by itself. */
function isCounted({ action, details }: AuditEvent): boolean {
  return refusals.has(action) || (action === 'function-run' && details?.['isChange'] !== true)
}

/**
 * The same of the same caller at the same place within a minute is one entry, and at the end of the minute another one with
 * `repeats`, so that a stranger cannot fill the store. A process that is killed loses the count of that minute, never the first one.
 */
export function createRepeats(clock: Clock, tell: (event: AuditEvent) => void): Repeats {
  const windows = new Map<string, { event: AuditEvent; repeats: number; stop: () => void }>()

  const end = (key: string) => {
    const window = windows.get(key)
    windows.delete(key)
    window?.stop()
    if (window !== undefined && window.repeats > 0) tell({ ...window.event, details: { ...window.event.details, repeats: window.repeats } })
  }

  return {
    isFirst(event) {
      if (!isCounted(event)) return true
      const { action, spaceId = null, personId = null, nodeId = null, via, subject = null, details = {} } = event
      const own = JSON.stringify([action, spaceId, personId, nodeId, via, subject, details])
      const isFull = !windows.has(own) && windows.size >= auditLimits.repeatKeys
      const key = isFull ? JSON.stringify([action, spaceId]) : own
      const known = windows.get(key)
      if (known !== undefined) {
        known.repeats++
        return false
      }
      const kept: AuditEvent = isFull ? { action, spaceId: event.spaceId, personId: undefined, via: 'none', subject: undefined } : event
      windows.set(key, { event: kept, repeats: 0, stop: clock.after(auditLimits.repeatMs, () => end(key)) })
      return true
    },
    flush() {
      for (const key of windows.keys()) end(key)
    },
  }
}

import { z } from 'zod'
import type { HealthStatus } from '../../../../src/health/status-machine.ts'
import { transitionId } from '../../transition-id.ts'

/** What an alert of this host can be in: `removed` when its rule or its chart is gone. */
export type LoggedStatus = HealthStatus | 'removed'

/** One change in the log of this host. Values stay in memory; what is read from the disk has none. */
export interface LogEntry {
  /** Grows with every change on this host. */
  readonly uniqueId: number
  readonly alarmId: number
  /** Counts the changes of this alert. */
  readonly eventId: number
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly family: string
  readonly hash: string
  readonly whenS: number
  readonly status: LoggedStatus
  readonly oldStatus: LoggedStatus
  /** Seconds in the status before, and since it was last clear. */
  readonly durationS: number
  readonly nonClearS: number
  readonly delayS: number
  readonly heldUntilS: number
  readonly summary: string
  readonly info: string
  readonly value: number | undefined
  readonly oldValue: number | undefined
  /** The change before of the same alert, and the one after; 0: none. */
  readonly updatesId: number
  readonly updatedById: number
}

/** Changes kept in memory, as agents keep them, and those that outlive a restart. */
const logLimits = { inMemory: 1_000, onDisk: 200 } as const

const status = z.enum(['uninitialized', 'undefined', 'clear', 'warning', 'critical', 'removed'])
const whole = z.int().min(0)
/** An entry as it is kept: there is no value in it. */
export const keptEntrySchema = z.object({
  uniqueId: whole,
  alarmId: whole,
  eventId: whole,
  chart: z.string(),
  name: z.string(),
  context: z.string(),
  family: z.string(),
  hash: z.string(),
  whenS: whole,
  status,
  oldStatus: status,
  durationS: whole,
  nonClearS: whole,
  delayS: whole,
  heldUntilS: whole,
  summary: z.string(),
  info: z.string(),
  updatesId: whole,
  updatedById: whole,
})
export type KeptEntry = z.infer<typeof keptEntrySchema>

/** The changes of the alerts of this host, newest last. Ids go on after a restart. */
export function createAlertLog(kept: readonly KeptEntry[] = []) {
  let entries: LogEntry[] = kept.map((entry) => ({ ...entry, value: undefined, oldValue: undefined }))
  let lastId = entries.at(-1)?.uniqueId ?? 0

  return {
    entries: (): readonly LogEntry[] => entries,
    lastId: () => lastId,
    add(entry: Omit<LogEntry, 'uniqueId' | 'updatesId' | 'updatedById'>): LogEntry {
      lastId += 1
      const index = entries.findLastIndex(({ chart, name }) => chart === entry.chart && name === entry.name)
      const before = entries[index]
      if (before !== undefined) entries[index] = { ...before, updatedById: lastId }
      const added = { ...entry, uniqueId: lastId, updatesId: before?.uniqueId ?? 0, updatedById: 0 }
      entries = [...entries, added].slice(-logLimits.inMemory)
      return added
    },
    /** What outlives a restart: the newest, without values. */
    kept: (): readonly KeptEntry[] => entries.slice(-logLimits.onDisk).map(({ value: _value, oldValue: _oldValue, ...entry }) => entry),
  }
}

/** The id of a change, as it is told over the link. */
export function entryTransitionId(machineGuid: string, { chart, name, whenS, status: now }: LogEntry): string {
  return transitionId(machineGuid, { chart, name, whenS, status: now === 'uninitialized' ? 'unknown' : now })
}

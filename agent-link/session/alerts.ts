import { createHash, randomUUID } from 'node:crypto'
import type { AlertStatus } from '../../src/domain/model.ts'
import type { SourceAlert } from '../sources/source.ts'
import type { Transition } from './messages.ts'

/** Alerts in one chunk of a snapshot (aclk §6.7, generation C). */
export const alertsPerChunk = 1_000

export type AlertsMessage =
  | {
      readonly kind: 'snapshot'
      readonly transitions: readonly Transition[]
      readonly number: number
      readonly of: number
      readonly snapshotUuid: string
    }
  | { readonly kind: 'transition'; readonly transition: Transition }

/** The version of a set of alerts: the sum of the versions of those not removed (aclk §6.7). */
export function alertsVersion(alerts: readonly SourceAlert[]): bigint {
  let sum = 0n
  for (const alert of alerts) if (alert.status !== 'removed') sum += BigInt(alert.whenS)
  return BigInt.asUintN(64, sum)
}

/** The id of a transition: the same for the same transition, also after a restart. */
export function transitionId(machineGuid: string, { chart, name, whenS, status }: SourceAlert): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([machineGuid, chart, name, whenS, status]))
    .digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/** Speaks generation C about the alerts of a source (aclk §6.7); with a source without alerts it is silent. */
export function createAlertsAnnouncer(deps: {
  readonly machineGuid: string
  readonly current: () => readonly SourceAlert[]
  readonly nowS: () => number
}) {
  const known = new Map<string, { alert: SourceAlert; oldStatus: AlertStatus; eventId: bigint }>()
  let isStreaming = false

  const keyOf = ({ chart, name }: SourceAlert) => JSON.stringify([chart, name])
  const asTransition = ({ alert, oldStatus, eventId }: { alert: SourceAlert; oldStatus: AlertStatus; eventId: bigint }): Transition => {
    return { alert, oldStatus, eventId, transitionId: transitionId(deps.machineGuid, alert) }
  }

  /** Brings `known` up to date; answers what is new. Removed alerts are told once and forgotten. */
  function advance(): Transition[] {
    const news: Transition[] = []
    const present = new Set<string>()
    for (const alert of deps.current()) {
      const key = keyOf(alert)
      present.add(key)
      const before = known.get(key)
      if (before?.alert.status === alert.status && before.alert.whenS === alert.whenS) continue
      const entry = { alert, oldStatus: before?.alert.status ?? ('unknown' as const), eventId: (before?.eventId ?? 0n) + 1n }
      known.set(key, entry)
      news.push(asTransition(entry))
    }
    for (const [key, before] of known) {
      if (present.has(key)) continue
      known.delete(key)
      const alert = { ...before.alert, status: 'removed' as const, whenS: deps.nowS() }
      news.push(asTransition({ alert, oldStatus: before.alert.status, eventId: before.eventId + 1n }))
    }
    return news
  }

  function compare(version: bigint): readonly AlertsMessage[] {
    const pending = isStreaming ? advance() : []
    if (!isStreaming) advance()
    const entries = [...known.values()]
    if (alertsVersion(entries.map(({ alert }) => alert)) === version || entries.length === 0) {
      return pending.map((transition) => ({ kind: 'transition', transition }))
    }
    const snapshotUuid = randomUUID()
    const of = Math.ceil(entries.length / alertsPerChunk)
    return Array.from({ length: of }, (_, index) => ({
      kind: 'snapshot' as const,
      transitions: entries.slice(index * alertsPerChunk, (index + 1) * alertsPerChunk).map(asTransition),
      number: index + 1,
      of,
      snapshotUuid,
    }))
  }

  return {
    /** StartAlarmStreaming: version 1 skips the comparison. */
    start(version: bigint): readonly AlertsMessage[] {
      const messages = version === 1n ? [] : compare(version)
      if (!isStreaming) advance()
      isStreaming = true
      return messages
    },
    /** SendAlarmCheckpoint, and SendAlarmSnapshot with version 0: no reply when equal. */
    compare,
    /** Transitions since the last look; counted as told while not streaming. */
    changes(): readonly AlertsMessage[] {
      const news = advance()
      return isStreaming ? news.map((transition) => ({ kind: 'transition', transition })) : []
    },
  }
}

import { randomUUID } from 'node:crypto'
import { transitionId } from '../sources/transition-id.ts'
import type { SourceAlert, SourceTransition } from '../sources/source.ts'
import type { Transition } from './messages.ts'
import type { ToldAlert, ToldAlerts } from './told-alerts.ts'

/** Alerts in one chunk of a snapshot (aclk §6.7, generation C). */
const alertsPerChunk = 1_000

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

export interface AlertsAnnouncerDeps {
  readonly machineGuid: string
  readonly current: () => readonly SourceAlert[]
  readonly log: () => readonly SourceTransition[]
  readonly nowS: () => number
  /** What the cloud was told in an earlier run. */
  readonly told?: ToldAlerts | undefined
  /** Hears that the cloud has acknowledged something. */
  readonly onTold?: ((told: () => ToldAlerts) => void) | undefined
}

/** What was said and not acknowledged yet. */
interface InFlight {
  readonly message: AlertsMessage
  readonly sequence: number
  isAcknowledged: boolean
}

const keyOf = ({ chart, name }: SourceAlert) => JSON.stringify([chart, name])

/**
 * Speaks generation C about the alerts of a source (aclk §6.7); with a source without alerts it is silent. Every transition of the
 * source's log is told once and in order: what was not acknowledged when a link or this program ended is told again under its id.
 */
export function createAlertsAnnouncer({ machineGuid, current, log, nowS, told: earlier, onTold }: AlertsAnnouncerDeps) {
  /** As acknowledged. */
  const told = new Map<string, ToldAlert>((earlier?.alerts ?? []).map((each) => [keyOf(each.alert), each]))
  let toldSequence = earlier?.sequence
  /** As said. */
  let known = new Map(told)
  let sequence = toldSequence
  // Streaming outlives the connection (aclk §6.7), and a restart of ours is no more than a lost connection.
  let isStreaming = earlier?.isStreaming ?? false
  const flight: InFlight[] = []

  const asTransition = ({ alert, oldStatus, eventId }: ToldAlert): Transition => {
    return { alert, oldStatus, eventId, transitionId: transitionId(machineGuid, alert) }
  }
  const remember = (map: Map<string, ToldAlert>, entry: ToldAlert) => {
    if (entry.alert.status === 'removed') map.delete(keyOf(entry.alert))
    else map.set(keyOf(entry.alert), entry)
  }

  /** The entries of the log that have not been said. One that began anew is read from its start: times tell what is old. */
  function unread(): readonly SourceTransition[] {
    const entries = log()
    const last = entries.at(-1)?.sequence
    // What came before the first look is history, not news.
    if (sequence === undefined) {
      sequence = last ?? 0
      return []
    }
    const from = last !== undefined && last < sequence ? 0 : sequence
    sequence = last ?? sequence
    const sinceS = from === 0 ? Math.max(0, ...[...known.values()].map(({ alert }) => alert.whenS)) : 0
    return entries.filter((entry) => entry.sequence > from && entry.alert.whenS >= sinceS)
  }

  /** Brings `known` up to date; answers what is new. Removed alerts are told once and forgotten. */
  function advance(): Transition[] {
    const news: Transition[] = []
    const say = (entry: ToldAlert) => {
      remember(known, entry)
      news.push(asTransition(entry))
    }
    for (const { alert, oldStatus, eventId } of unread()) {
      const before = known.get(keyOf(alert))
      if (before && (alert.whenS < before.alert.whenS || (alert.whenS === before.alert.whenS && alert.status === before.alert.status)))
        continue
      if (before === undefined && alert.status === 'removed') continue
      say({ alert, oldStatus, eventId: BigInt(eventId) })
    }
    // The log may have been shorter than what happened: the state as it is has the last word.
    const present = new Set<string>()
    for (const alert of current()) {
      const key = keyOf(alert)
      present.add(key)
      const before = known.get(key)
      if (before?.alert.status === alert.status && before.alert.whenS === alert.whenS) known.set(key, { ...before, alert })
      else say({ alert, oldStatus: before?.alert.status ?? 'unknown', eventId: (before?.eventId ?? 0n) + 1n })
    }
    for (const [key, { alert, eventId }] of known) {
      if (present.has(key)) continue
      say({ alert: { ...alert, status: 'removed', whenS: nowS() }, oldStatus: alert.status, eventId: eventId + 1n })
    }
    if (!isStreaming) settle()
    return news
  }

  /** Takes all that is known as told. */
  function settle(): void {
    told.clear()
    for (const [key, entry] of known) told.set(key, entry)
    toldSequence = sequence
    flight.length = 0
  }

  const versionOf = (map: ReadonlyMap<string, ToldAlert>) => alertsVersion([...map.values()].map(({ alert }) => alert))

  /** Puts messages on their way. */
  function saying(messages: readonly AlertsMessage[]): readonly AlertsMessage[] {
    for (const message of messages) flight.push({ message, sequence: sequence ?? 0, isAcknowledged: false })
    return messages
  }

  const asMessages = (news: readonly Transition[]): AlertsMessage[] => news.map((transition) => ({ kind: 'transition', transition }))

  function compare(version: bigint): readonly AlertsMessage[] {
    const before = versionOf(known)
    const news = advance()
    const pending = isStreaming ? asMessages(news) : []
    // What is said now brings a cloud that agreed before to where we are.
    const isAgreed = version === versionOf(known) || (isStreaming && news.length > 0 && version === before)
    if (isAgreed || known.size === 0) return saying(pending)
    const entries = [...known.values()].map(asTransition)
    const snapshotUuid = randomUUID()
    const of = Math.ceil(entries.length / alertsPerChunk)
    const chunks = Array.from({ length: of }, (_, index) => ({
      kind: 'snapshot' as const,
      transitions: entries.slice(index * alertsPerChunk, (index + 1) * alertsPerChunk),
      number: index + 1,
      of,
      snapshotUuid,
    }))
    return saying([...pending, ...chunks])
  }

  const state = (): ToldAlerts => ({ isStreaming, sequence: toldSequence ?? 0, alerts: [...told.values()] })

  return {
    /** StartAlarmStreaming: version 1 skips the comparison. */
    start(version: bigint): readonly AlertsMessage[] {
      const messages = version === 1n ? saying(isStreaming ? asMessages(advance()) : []) : compare(version)
      if (!isStreaming) advance()
      isStreaming = true
      onTold?.(state)
      return messages
    },
    /** SendAlarmCheckpoint, and SendAlarmSnapshot with version 0: no reply when equal. */
    compare,
    /** Transitions since the last look; counted as told while not streaming. */
    changes(): readonly AlertsMessage[] {
      const news = advance()
      return isStreaming ? saying(asMessages(news)) : []
    },
    /** The cloud has acknowledged a message. What follows an unacknowledged one waits for it. */
    acknowledge(message: AlertsMessage): void {
      const found = flight.find((each) => each.message === message)
      if (found === undefined) return
      found.isAcknowledged = true
      while (flight[0]?.isAcknowledged) {
        const done = flight.shift()
        if (done === undefined) break
        const transitions = done.message.kind === 'transition' ? [done.message.transition] : done.message.transitions
        for (const transition of transitions) remember(told, transition)
        // A look at the log is told as a whole.
        if (flight[0]?.sequence !== done.sequence) toldSequence = done.sequence
      }
      onTold?.(state)
    },
    /** The link ended: what was not acknowledged will be said again. */
    rewind(): void {
      if (!isStreaming) return
      flight.length = 0
      known = new Map(told)
      sequence = toldSequence
    },
  }
}

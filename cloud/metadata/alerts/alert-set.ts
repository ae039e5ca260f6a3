import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { AlertConfigHash } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { AlertStatus, AlertTransition } from '../../../src/domain/model.ts'
import { metadataLimits } from '../limits.ts'
import { boundedInteger, cleanText } from '../text-rules.ts'

/** An alert's current state: a transition without values, which has none to begin with (architecture decision 11). */
export interface AlertState extends AlertTransition {
  /** Transitions of the same second that it followed, newest last; left out when there are none. */
  readonly earlierIds?: readonly string[]
}

/** Alerts of one node as one agent tells of them, by chart and name. */
export type AlertSet = ReadonlyMap<string, AlertState>

type StateTuple = [
  chart: string,
  name: string,
  context: string,
  status: AlertStatus,
  oldStatus: AlertStatus,
  whenS: number,
  configHash: string | null,
  transitionId: string | null,
  version: string,
  sequenceId: string,
  earlierIds?: readonly string[],
]

const unpackedBytesMax = 32 * 1024 * 1024

/** The identity of an alert on its node (aclk §6.7). */
export function alertKey({ chart, name }: { chart: string; name: string }): string {
  return JSON.stringify([chart, name])
}

/** What is kept of a transition, field by field (security requirements P3 and P4). */
export function keepTransition(transition: AlertTransition): AlertState {
  const text = (value: string) => cleanText(value, metadataLimits.alertTextBytes)
  return {
    chart: text(transition.chart),
    name: text(transition.name),
    context: text(transition.context),
    status: transition.status,
    oldStatus: transition.oldStatus,
    whenS: boundedInteger(transition.whenS, 0, Number.MAX_SAFE_INTEGER),
    configHash: canonicalUuid(transition.configHash) as AlertConfigHash | undefined,
    transitionId: canonicalUuid(transition.transitionId),
    version: BigInt.asUintN(64, transition.version),
    sequenceId: BigInt.asUintN(64, transition.sequenceId),
  }
}

/** Whether a transition is older than what is known: a redelivery, which must not bring back a state that has passed. */
export function isOlder(transition: AlertState, known: AlertState): boolean {
  if (transition.whenS !== known.whenS) return transition.whenS < known.whenS
  if (transition.sequenceId !== known.sequenceId) return transition.sequenceId < known.sequenceId
  // Within a second only the names of transitions tell which came first.
  return transition.transitionId !== undefined && known.earlierIds?.includes(transition.transitionId) === true
}

/** Alerts that change more often within one second are not told apart from their redelivery. */
const earlierMax = 16

/** The state with the names of what it followed within the same second. */
export function withEarlier(state: AlertState, known: AlertState | undefined): AlertState {
  if (known?.whenS !== state.whenS || known.transitionId === undefined) return state
  const earlier = known.transitionId === state.transitionId ? (known.earlierIds ?? []) : [...(known.earlierIds ?? []), known.transitionId]
  return earlier.length === 0 ? state : { ...state, earlierIds: earlier.slice(-earlierMax) }
}

/** Alerts after a change, and generation A's position in its log. */
export interface AppliedAlerts {
  readonly alerts: Map<string, AlertState>
  readonly lastSequenceId: bigint
}

/**
 * One transition applied; an older one than is known changes nothing. A lower sequence id that is later than everything stored
 * means that the agent's log began anew: the position follows it down, or nothing of the new log would ever be asked for.
 */
export function applyTransition(stored: Map<string, AlertState>, lastSequenceId: bigint, state: AlertState): AppliedAlerts {
  const known = stored.get(alertKey(state))
  if (known !== undefined && isOlder(state, known)) return { alerts: stored, lastSequenceId }
  const { sequenceId, whenS } = state
  const isLogNew = sequenceId > 0n && sequenceId < lastSequenceId && [...stored.values()].every((other) => other.whenS < whenS)
  const kept = isLogNew ? [...stored].map(([key, other]) => [key, { ...other, sequenceId: 0n }] as const) : stored
  const alerts = new Map(kept).set(alertKey(state), withEarlier(state, known))
  return { alerts, lastSequenceId: isLogNew ? sequenceId : lastSequence(lastSequenceId, alerts) }
}

/** The highest sequence id of these alerts, `before` at least. */
export function lastSequence(before: bigint, alerts: AlertSet): bigint {
  let last = before
  for (const { sequenceId } of alerts.values()) if (sequenceId > last) last = sequenceId
  return last
}

/**
 * SHA-256 over name, chart and `W` or `C` of the alerts that are WARNING or CRITICAL, by name and then chart in the order of their
 * bytes: what generation B sends as its checkpoint (aclk §6.7; the order among equal names is not verified, §12.3).
 */
export function raisedChecksum(alerts: AlertSet): Uint8Array {
  const raised = [...alerts.values()].filter(({ status }) => status === 'warning' || status === 'critical')
  const sorted = raised
    .map(({ name, chart, status }) => ({ name: Buffer.from(name), chart: Buffer.from(chart), letter: status === 'warning' ? 'W' : 'C' }))
    .sort((a, b) => Buffer.compare(a.name, b.name) || Buffer.compare(a.chart, b.chart))
  const hash = createHash('sha256')
  for (const { name, chart, letter } of sorted) hash.update(name).update(chart).update(letter)
  return hash.digest()
}

/** Generation C's version: the sum over the alerts that are not removed, unsigned 64 bits (aclk §6.7). */
export function alertsVersion(alerts: AlertSet): bigint {
  let sum = 0n
  for (const { status, version } of alerts.values()) if (status !== 'removed') sum += version
  return BigInt.asUintN(64, sum)
}

/** The set as bytes, in the order of its keys. */
export function packAlerts(alerts: AlertSet): Uint8Array {
  const tuples = [...alerts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, state]): StateTuple => [
      state.chart,
      state.name,
      state.context,
      state.status,
      state.oldStatus,
      state.whenS,
      state.configHash ?? null,
      state.transitionId ?? null,
      String(state.version),
      String(state.sequenceId),
      ...(state.earlierIds === undefined ? ([] as const) : ([state.earlierIds] as const)),
    ])
  return deflateRawSync(JSON.stringify(tuples), { level: 9 })
}

/** Reads what {@link packAlerts} wrote. */
export function unpackAlerts(blob: Uint8Array | undefined): Map<string, AlertState> {
  if (blob === undefined) return new Map()
  const tuples = JSON.parse(inflateRawSync(blob, { maxOutputLength: unpackedBytesMax }).toString()) as StateTuple[]
  return new Map(
    tuples.map(([chart, name, context, status, oldStatus, whenS, configHash, transitionId, version, sequenceId, earlierIds]) => [
      alertKey({ chart, name }),
      {
        chart,
        name,
        context,
        status,
        oldStatus,
        whenS,
        configHash: (configHash ?? undefined) as AlertConfigHash | undefined,
        transitionId: transitionId ?? undefined,
        version: BigInt(version),
        sequenceId: BigInt(sequenceId),
        ...(earlierIds === undefined ? {} : { earlierIds }),
      },
    ]),
  )
}

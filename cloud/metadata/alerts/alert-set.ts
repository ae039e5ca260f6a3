import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { AlertConfigHash } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { AlertStatus, AlertTransition } from '../../../src/domain/model.ts'
import { metadataLimits } from '../limits.ts'
import { boundedInteger, cleanText } from '../text-rules.ts'

/** An alert's current state: a transition without values, which has none to begin with (architecture decision 11). */
export type AlertState = AlertTransition

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
  return transition.sequenceId < known.sequenceId
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
    ])
  return deflateRawSync(JSON.stringify(tuples), { level: 9 })
}

/** Reads what {@link packAlerts} wrote. */
export function unpackAlerts(blob: Uint8Array | undefined): Map<string, AlertState> {
  if (blob === undefined) return new Map()
  const tuples = JSON.parse(inflateRawSync(blob, { maxOutputLength: unpackedBytesMax }).toString()) as StateTuple[]
  return new Map(
    tuples.map(([chart, name, context, status, oldStatus, whenS, configHash, transitionId, version, sequenceId]) => [
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
      },
    ]),
  )
}

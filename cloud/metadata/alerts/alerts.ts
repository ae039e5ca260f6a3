import type { AlertConfig, AlertStatus, AlertTransition } from '../../../src/domain/model.ts'
import type { AlertConfigHash, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import type { Ownership } from '../nodes/ownership.ts'
import { changesBetween, isRaised } from './alert-changes.ts'
import type { AlertConfigs } from './alert-configs.ts'
import { createDefinedAlerts, type DefinedAlerts } from './defined-alerts.ts'
import { isWaiting, noteChanges, waitingChanges, type NodeAlertsRecord } from './alert-outbox.ts'
import {
  alertKey,
  alertsVersion,
  applyTransition,
  keepTransition,
  lastSequence,
  packAlerts,
  raisedChecksum,
  unpackAlerts,
  withEarlier,
  type AlertSet,
  type AlertState,
  type AppliedAlerts,
} from './alert-set.ts'
import { createRaisedAlerts, newestStates, type RaisedAlerts } from './raised-alerts.ts'
import { unpackTold } from './told-alerts.ts'

/** Alerts of nodes without their values: state, time, and the hash of the configuration. */
export interface Alerts {
  /** What the stored alerts add up to (aclk §6.7): generation C's version, generation A's last sequence id. Undefined: nothing stored. */
  position(agent: ClaimedAgent, nodeId: NodeId): Promise<{ version: bigint; sequenceId: bigint } | undefined>
  /** SHA-256 over the stored alerts that are raised, the way generation B makes its checksum (aclk §6.7). */
  raisedChecksum(agent: ClaimedAgent, nodeId: NodeId): Promise<Uint8Array>
  /** Applies one transition; an older one than is known changes nothing. */
  transition(agent: ClaimedAgent, nodeId: NodeId, transition: AlertTransition): Promise<void>
  /** Replaces the stored alerts. */
  snapshot(agent: ClaimedAgent, nodeId: NodeId, transitions: readonly AlertTransition[]): Promise<void>
  missingConfigs(agent: ClaimedAgent, hashes: readonly AlertConfigHash[]): Promise<AlertConfigHash[]>
  config(agent: ClaimedAgent, config: AlertConfig): Promise<void>
  /** The alerts of a node through all its claims, the newest state of each, by chart and name; removed ones are not there. */
  list(spaceId: SpaceId, nodeId: NodeId): Promise<AlertState[]>
  /** What is warning or critical, of every node of the space that has any; at most a second old. */
  raised(spaceId: SpaceId): Promise<RaisedAlerts>
  /** Every alert of every node of the space with what is known of its definition; at most a second old. */
  defined(spaceId: SpaceId): Promise<DefinedAlerts>
  /** The stored configurations among these. */
  configs(spaceId: SpaceId, hashes: readonly AlertConfigHash[]): Promise<AlertConfig[]>
}

export interface AlertsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly ownership: Ownership
  readonly configs: AlertConfigs
  /** Hears of each node whose item has something to tell. */
  readonly onNoted: (spaceId: SpaceId, nodeId: NodeId) => void
  readonly clock: Clock
}

export function createAlerts({ store, changeItem, ownership, configs, onNoted, clock }: AlertsDeps): Alerts {
  /** What has to be told of a change. What was told before is read only where it can matter: for what is not raised, nor was here. */
  const changesOf = async (
    { spaceId }: ClaimedAgent,
    nodeId: NodeId,
    record: NodeAlertsRecord | undefined,
    stored: AlertSet,
    next: AlertSet,
  ): Promise<AlertState[]> => {
    const nowS = Math.floor(clock.nowMs() / 1_000)
    // What waits counts as told: it will be, before this.
    const waits = new Map(waitingChanges(record ?? {}).map((waiting) => [alertKey(waiting), waiting.status]))
    let isAsked = false
    const knows = (key: string, orElse: () => AlertStatus | undefined) => {
      const status = waits.get(key) ?? orElse()
      return status !== undefined && isRaised(status)
    }
    const changes = changesBetween(stored, next, (key) => knows(key, () => void (isAsked = true)), nowS)
    if (!isAsked) return changes
    const told = unpackTold(await store.read(keys.toldAlerts(spaceId, nodeId))).alerts
    return told.size === 0 ? changes : changesBetween(stored, next, (key) => knows(key, () => told.get(key)?.status), nowS)
  }

  const change = async (
    agent: ClaimedAgent,
    nodeId: NodeId,
    apply: (stored: Map<string, AlertState>, lastSequenceId: bigint) => AppliedAlerts,
  ): Promise<void> => {
    await ownership.check(agent, nodeId)
    let hasNews = false
    await changeItem(keys.alerts(agent.spaceId, nodeId, agent.claimId), async (item) => {
      const known = item?.data as NodeAlertsRecord | undefined
      const stored = unpackAlerts(item?.blob)
      const applied = apply(stored, known === undefined ? 0n : BigInt(known.sequenceId))
      const next = withoutOldRemoved(applied.alerts)
      if (next.size > metadataLimits.alerts) {
        throw new ThroughlineError('BODY_TOO_LARGE', `A node can have ${metadataLimits.alerts} alerts at most.`)
      }
      const record: NodeAlertsRecord = {
        alerts: next.size,
        version: String(alertsVersion(next)),
        sequenceId: String(applied.lastSequenceId),
        ...noteChanges(known ?? {}, await changesOf(agent, nodeId, known, stored, applied.alerts), clock.nowMs()),
      }
      hasNews = isWaiting(record)
      return { kind: 'node-alerts', data: record, blob: packAlerts(next) }
    })
    if (hasNews) onNoted(agent.spaceId, nodeId)
  }

  return {
    missingConfigs: (agent, hashes) => configs.missing(agent, hashes),
    config: (agent, config) => configs.put(agent, config),
    configs: (spaceId, hashes) => configs.get(spaceId, hashes),

    async position(agent, nodeId) {
      await ownership.check(agent, nodeId)
      const item = await store.read(keys.alerts(agent.spaceId, nodeId, agent.claimId))
      if (item === undefined) return undefined
      const record = item.data as NodeAlertsRecord
      // The agent is back, and something of before was never told: whatever kept it from that, here is the next try.
      if (isWaiting(record)) onNoted(agent.spaceId, nodeId)
      const { version, sequenceId } = record
      return { version: BigInt(version), sequenceId: BigInt(sequenceId) }
    },

    async raisedChecksum(agent, nodeId) {
      await ownership.check(agent, nodeId)
      const item = await store.read(keys.alerts(agent.spaceId, nodeId, agent.claimId))
      return raisedChecksum(unpackAlerts(item?.blob))
    },

    transition: (agent, nodeId, transition) =>
      change(agent, nodeId, (stored, lastSequenceId) => applyTransition(stored, lastSequenceId, keepTransition(transition))),

    snapshot: (agent, nodeId, transitions) =>
      change(agent, nodeId, (stored, lastSequenceId) => {
        const next = new Map(
          transitions.map(keepTransition).map((state) => {
            const key = alertKey(state)
            return [key, withEarlier(state, stored.get(key))]
          }),
        )
        // A removed alert stays known, or a redelivery from before its end would bring it back.
        for (const [key, state] of stored) if (state.status === 'removed' && !next.has(key)) next.set(key, state)
        return { alerts: next, lastSequenceId: lastSequence(lastSequenceId, next) }
      }),

    async list(spaceId, nodeId) {
      return newestStates(await listAll(store, spacePartition(spaceId), `alerts/${nodeId}/`))
    },

    raised: createRaisedAlerts({ store, clock }),
    defined: createDefinedAlerts({ store, configs, clock }),
  }
}

/** Charts come and go on busy hosts; only the last removed alerts can still meet a redelivery. */
const removedMax = 200

function withoutOldRemoved(alerts: Map<string, AlertState>): Map<string, AlertState> {
  const removed = [...alerts].filter(([, { status }]) => status === 'removed')
  if (removed.length <= removedMax) return alerts
  const next = new Map(alerts)
  for (const [key] of removed.sort(([, a], [, b]) => b.whenS - a.whenS).slice(removedMax)) next.delete(key)
  return next
}

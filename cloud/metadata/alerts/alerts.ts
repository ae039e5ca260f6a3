import type { AlertConfig, AlertTransition } from '../../../src/domain/model.ts'
import type { AlertConfigHash, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import type { Ownership } from '../nodes/ownership.ts'
import type { AlertConfigs } from './alert-configs.ts'
import {
  alertKey,
  alertsVersion,
  applyTransition,
  keepTransition,
  lastSequence,
  packAlerts,
  raisedChecksum,
  unpackAlerts,
  type AlertState,
  type AppliedAlerts,
} from './alert-set.ts'
import { createRaisedAlerts, newestStates, type RaisedAlerts } from './raised-alerts.ts'

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
  /** The stored configurations among these. */
  configs(spaceId: SpaceId, hashes: readonly AlertConfigHash[]): Promise<AlertConfig[]>
}

export interface AlertsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly ownership: Ownership
  readonly configs: AlertConfigs
  readonly clock: Clock
}

type NodeAlertsRecord = { alerts: number; version: string; sequenceId: string }

export function createAlerts({ store, changeItem, ownership, configs, clock }: AlertsDeps): Alerts {
  const change = async (
    agent: ClaimedAgent,
    nodeId: NodeId,
    apply: (stored: Map<string, AlertState>, lastSequenceId: bigint) => AppliedAlerts,
  ): Promise<void> => {
    await ownership.check(agent, nodeId)
    await changeItem(keys.alerts(agent.spaceId, nodeId, agent.claimId), (item) => {
      const before = item === undefined ? 0n : BigInt((item.data as NodeAlertsRecord).sequenceId)
      const applied = apply(unpackAlerts(item?.blob), before)
      const next = withoutOldRemoved(applied.alerts)
      if (next.size > metadataLimits.alerts) {
        throw new ThroughlineError('BODY_TOO_LARGE', `A node can have ${metadataLimits.alerts} alerts at most.`)
      }
      const record: NodeAlertsRecord = {
        alerts: next.size,
        version: String(alertsVersion(next)),
        sequenceId: String(applied.lastSequenceId),
      }
      return { kind: 'node-alerts', data: record, blob: packAlerts(next) }
    })
  }

  return {
    missingConfigs: (agent, hashes) => configs.missing(agent, hashes),
    config: (agent, config) => configs.put(agent, config),
    configs: (spaceId, hashes) => configs.get(spaceId, hashes),

    async position(agent, nodeId) {
      await ownership.check(agent, nodeId)
      const item = await store.read(keys.alerts(agent.spaceId, nodeId, agent.claimId))
      if (item === undefined) return undefined
      const { version, sequenceId } = item.data as NodeAlertsRecord
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
        const next = new Map(transitions.map(keepTransition).map((state) => [alertKey(state), state]))
        // A removed alert stays known, or a redelivery from before its end would bring it back.
        for (const [key, state] of stored) if (state.status === 'removed' && !next.has(key)) next.set(key, state)
        return { alerts: next, lastSequenceId: lastSequence(lastSequenceId, next) }
      }),

    async list(spaceId, nodeId) {
      return newestStates(await listAll(store, spacePartition(spaceId), `alerts/${nodeId}/`))
    },

    raised: createRaisedAlerts({ store, clock }),
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

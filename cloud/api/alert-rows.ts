import { z } from 'zod'
import type { AlertConfigHash, SpaceId } from '../../src/domain/ids.ts'
import type { AlertConfig, Node } from '../../src/domain/model.ts'
import type { Clock } from '../../src/support/clock.ts'
import { textField } from './alert-text.ts'
import type { ApiAlert, ApiAlerts, ApiPresence } from './ports.ts'
import { shownState } from './shown-state.ts'

/** What is told of an alert: its state, its times, and what its definition says. Never a value, and no text that an agent rendered. */
export const alertRow = z.looseObject({
  nodeId: z.uuid(),
  chart: z.string(),
  name: z.string(),
  context: z.string(),
  status: z.string(),
  oldStatus: z.string(),
  whenS: z.number(),
  configHash: z.uuid().nullable(),
  isStale: z.boolean(),
  unknownSinceMs: z.number().nullable(),
  class: z.string(),
  component: z.string(),
  type: z.string(),
  role: z.string(),
  summary: z.string(),
  units: z.string(),
})
export type AlertRow = z.infer<typeof alertRow>

/** A node and some alerts of it. */
export interface NodeAlerts {
  readonly node: Node
  readonly alerts: readonly ApiAlert[]
}

/** Makes rows of alerts, with what is known of their definitions and of how long they have been known. */
export interface AlertRows {
  rows(spaceId: SpaceId, some: readonly NodeAlerts[]): Promise<AlertRow[]>
  /** Since when nobody knows how the alerts of this node are; null while it is live. */
  unknownSinceMs(some: NodeAlerts): number | null
  /** The definitions of these alerts that are known, by hash. */
  configsOf(spaceId: SpaceId, alerts: readonly ApiAlert[]): Promise<ReadonlyMap<AlertConfigHash, AlertConfig>>
}

/** Definitions that one answer looks up. */
const configsMax = 4_000

export function createAlertRows(deps: {
  readonly alerts: Pick<ApiAlerts, 'configs'>
  readonly presence: Pick<ApiPresence, 'stateOf' | 'sinceMs'>
  readonly clock: Clock
}): AlertRows {
  const { presence, clock } = deps

  const configsOf = async (spaceId: SpaceId, alerts: readonly ApiAlert[]) => {
    const hashes = new Set(alerts.flatMap(({ configHash }) => (configHash === undefined ? [] : [configHash])))
    const found = await deps.alerts.configs(spaceId, [...hashes].slice(0, configsMax))
    return new Map(found.map((config) => [config.hash, config]))
  }

  const unknownSinceMs = ({ node, alerts }: NodeAlerts): number | null => {
    if (shownState(presence.stateOf(node.nodeId), node) === 'live') return null
    const sinceMs = presence.sinceMs(node.nodeId)
    if (sinceMs !== undefined) return sinceMs
    // Nobody told of it since the cloud started, and a cloud that was killed noted no end: the last sign of life is what is known.
    const signsMs = alerts.map(({ whenS }) => whenS * 1_000).filter((whenMs) => whenMs <= clock.nowMs())
    return signsMs.reduce((last, ms) => Math.max(last, ms), Math.max(node.lastSeenAtMs ?? 0, node.createdAtMs))
  }

  return {
    configsOf,
    unknownSinceMs,
    async rows(spaceId, some) {
      const configs = await configsOf(
        spaceId,
        some.flatMap(({ alerts }) => alerts),
      )
      return some.flatMap((each) => {
        const sinceMs = unknownSinceMs(each)
        return each.alerts.map(({ chart, name, context, status, oldStatus, whenS, configHash }) => {
          const config = configHash === undefined ? undefined : configs.get(configHash)
          return {
            nodeId: each.node.nodeId,
            chart,
            name,
            context,
            status,
            oldStatus,
            whenS,
            configHash: configHash ?? null,
            isStale: sinceMs !== null,
            unknownSinceMs: sinceMs,
            class: textField(config, 'classification'),
            component: textField(config, 'component'),
            type: textField(config, 'type'),
            role: textField(config, 'recipient'),
            summary: textField(config, 'summary'),
            units: textField(config, 'units'),
          }
        })
      })
    },
  }
}

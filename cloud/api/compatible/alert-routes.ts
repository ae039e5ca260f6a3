import { z } from 'zod'
import { canonicalUuid, type AlertConfigHash, type NodeId } from '../../../src/domain/ids.ts'
import type { AlertConfig, Node } from '../../../src/domain/model.ts'
import { isInRoom } from '../../../src/domain/room-nodes.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiAlert, ApiAlerts, ApiNodes, ApiPresence, ApiRooms } from '../ports.ts'
import { guardedRoute, type Route } from '../route.ts'
import { textField } from '../alert-text.ts'
import { createAlertRows } from '../alert-rows.ts'
import { createSight } from '../sight.ts'
import { askedRoom } from './asked-room.ts'
import { configAnswer } from './alert-config-answer.ts'

export interface AlertRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'get' | 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly alerts: Pick<ApiAlerts, 'raised' | 'configs'>
  readonly presence: Pick<ApiPresence, 'stateOf' | 'sinceMs'>
  readonly clock: Clock
}

/** A raised alert of a node. */
interface Raised {
  readonly node: Node
  readonly alert: ApiAlert
  /** Since when nobody knows how it is; null while its node is live. Epoch milliseconds. */
  readonly unknownSinceMs: number | null
}

/** More raised alerts than anybody reads. */
const listMax = 2_000
/** Definitions that one answer looks up. */
const configsMax = 500

const anything = z.looseObject({})
const configBody = z.object({ config: z.string().max(64), node_id: z.string().max(64).nullish() })
const style = 'compatible' as const
const audits = { none: 'It only reads.' } as const

/**
 * Alerts as metadata knows them: states and times, no values (cloud-api §10.1). What needs a value or a history is asked of agents, in
 * the relay.
 */
export function alertRoutes({ rooms, nodes, alerts, presence, clock }: AlertRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  const alertRows = createAlertRows({ alerts, presence, clock })
  const raisedOf = async (caller: Caller, some: readonly Node[]): Promise<readonly Raised[]> => {
    const raised = await alerts.raised(caller.spaceId)
    return some.flatMap((node) => {
      const own = raised.get(node.nodeId) ?? []
      const unknownSinceMs = alertRows.unknownSinceMs({ node, alerts: own })
      return own.map((alert) => ({ node, alert, unknownSinceMs }))
    })
  }
  const raisedInRoom = async (caller: Caller, roomId: string | undefined) => {
    const room = await askedRoom({ rooms, nodes }, caller, roomId)
    return { ...room, raised: await raisedOf(caller, room.nodes) }
  }
  const configsOf = async (caller: Caller, raised: readonly Raised[]): Promise<ReadonlyMap<AlertConfigHash, AlertConfig>> => {
    const hashes = new Set(raised.flatMap(({ alert }) => (alert.configHash === undefined ? [] : [alert.configHash])))
    const found = await alerts.configs(caller.spaceId, [...hashes].slice(0, configsMax))
    return new Map(found.map((config) => [config.hash, config]))
  }
  const isAway = (node: Node) => alertRows.unknownSinceMs({ node, alerts: [] }) !== null

  return [
    guardedRoute(
      'GET',
      '/api/v2/spaces/:spaceId/alarms',
      'alerts.view',
      undefined,
      async ({ caller }) => {
        const seen = await sight(caller)
        const raised = await raisedOf(caller, seen.nodes)
        const results = seen.rooms.map((room) => {
          const own = seen.nodes.filter((node) => isInRoom(room, node))
          const ids = new Set<NodeId>(own.map(({ nodeId }) => nodeId))
          const alarmCounter = countersOf(raised.filter(({ node }) => ids.has(node.nodeId)))
          const unreachableCount = own.filter(isAway).length
          const state = unreachableCount === 0 ? 'reachable' : unreachableCount === own.length ? 'unreachable' : 'partial'
          return { roomID: room.roomId, alarmCounter, unreachableCount, state }
        })
        return { status: 200, json: { results, updatedAt: new Date(clock.nowMs()).toISOString(), ...countersOf(raised) } }
      },
      { style, docs: { summary: 'How many alerts are raised, by room.', answer: anything } },
    ),
    guardedRoute(
      'GET',
      '/api/v2/spaces/:spaceId/alarms/metas',
      'alerts.view',
      undefined,
      async ({ caller }) => {
        const seen = await sight(caller)
        const raised = await raisedOf(caller, seen.nodes)
        const configs = [...(await configsOf(caller, raised)).values()]
        const unique = (texts: readonly string[]) => [...new Set(texts.filter((text) => text !== ''))].sort()
        const field = (name: string) => unique(configs.map((config) => textField(config, name)))
        const json = {
          names: unique(raised.map(({ alert }) => alert.name)),
          contexts: unique(raised.map(({ alert }) => alert.context)),
          charts: unique(raised.map(({ alert }) => alert.chart)),
          classes: field('classification'),
          components: field('component'),
          types: field('type'),
          roles: field('recipient'),
        }
        return { status: 200, json }
      },
      { style, docs: { summary: 'Names, classes and the like of the alerts that are raised, for filters.', answer: anything } },
    ),
    guardedRoute(
      'GET',
      '/api/v2/spaces/:spaceId/rooms/:roomId/alerts_stats',
      'alerts.view',
      undefined,
      async ({ caller, params }) => {
        const { nodes: all, raised } = await raisedInRoom(caller, params['roomId'])
        const withAlerts = new Set(raised.map(({ node }) => node.nodeId)).size
        return { status: 200, json: { ...countersOf(raised), total: raised.length, nodes: all.length, nodes_with_alerts: withAlerts } }
      },
      { style, docs: { summary: 'How many alerts of a room are raised.', answer: anything } },
    ),
    guardedRoute(
      'POST',
      '/api/v2/spaces/:spaceId/rooms/:roomId/alert_config',
      'alerts.view-config',
      configBody,
      async ({ caller, params, body }) => {
        await askedRoom({ rooms, nodes }, caller, params['roomId'])
        const hash = canonicalUuid(body.config) as AlertConfigHash | undefined
        const [config] = hash === undefined ? [] : await alerts.configs(caller.spaceId, [hash])
        if (config === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such alert definition.')
        return { status: 200, json: configAnswer(config) }
      },
      { style, audits, docs: { summary: 'How an alert is defined.', answer: anything } },
    ),
    guardedRoute(
      'GET',
      '/api/v1/spaces/:spaceId/rooms/:roomId/alarms/active',
      'alerts.view',
      undefined,
      async ({ caller, params }) => {
        const { raised } = await raisedInRoom(caller, params['roomId'])
        const shown = [...raised].sort((a, b) => b.alert.whenS - a.alert.whenS).slice(0, listMax)
        const configs = await configsOf(caller, shown)
        const results = shown.map(({ node, alert, unknownSinceMs }) => {
          const config = alert.configHash === undefined ? undefined : configs.get(alert.configHash)
          return {
            id: `${node.nodeId}/${alert.chart}.${alert.name}`,
            nodeID: node.nodeId,
            chartID: alert.chart,
            nodeName: node.hostname,
            nodeOS: node.info?.os ?? '',
            name: alert.name,
            info: textField(config, 'info'),
            status: alert.status,
            date: new Date(alert.whenS * 1_000).toISOString(),
            type: textField(config, 'type'),
            component: textField(config, 'component'),
            class: textField(config, 'classification'),
            units: textField(config, 'units'),
            family: textField(config, 'families'),
            recipient: textField(config, 'recipient'),
            unknownSince: unknownSinceMs === null ? null : new Date(unknownSinceMs).toISOString(),
          }
        })
        return { status: 200, json: { results, updatedAt: new Date(clock.nowMs()).toISOString() } }
      },
      { style, docs: { summary: 'The raised alerts of a room in the oldest form.', answer: z.object({ results: z.array(anything) }) } },
    ),
  ]
}

/** `unknown` of them are on nodes that are not live: nobody knows whether they are still raised. */
function countersOf(raised: readonly Raised[]): { readonly critical: number; readonly warning: number; readonly unknown: number } {
  const critical = raised.filter(({ alert }) => alert.status === 'critical').length
  const unknown = raised.filter(({ unknownSinceMs }) => unknownSinceMs !== null).length
  return { critical, warning: raised.length - critical, unknown }
}

import { z } from 'zod'
import { generationOf } from '../../../src/domain/agent-generation.ts'
import { canonicalUuid, type NodeId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Caller } from '../../identity/ports.ts'
import { alertRow, createAlertRows, type NodeAlerts } from '../alert-rows.ts'
import { textField } from '../alert-text.ts'
import type { ApiAlerts, ApiNodes, ApiPresence, ApiRooms, ApiSilencer } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { createSight, nodeSeen } from '../sight.ts'

export interface AlertRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list' | 'get'>
  readonly alerts: ApiAlerts
  readonly presence: Pick<ApiPresence, 'stateOf' | 'sinceMs' | 'routeOf'>
  readonly silencer: Pick<ApiSilencer, 'holding'>
  readonly clock: Clock
}

/** An alert, and whose it is. */
interface SeenAlert {
  readonly nodeId: NodeId
  readonly alert: NodeAlerts['alerts'][number]
}

/** More raised alerts than anybody reads; the answer says how many there are. */
const alertsMax = 2_000
/** More choices of one kind than a filter can show. */
const facetMax = 1_000

const oneQuery = z.strictObject({ nodeId: z.uuid(), chart: z.string().max(1_024), name: z.string().min(1).max(1_024) })

const configShape = z.object({ hash: z.uuid(), name: z.string(), fields: z.record(z.string(), z.union([z.string(), z.number()])) })

/** Alerts of the nodes a caller sees: all that is raised, one of them, and what can be chosen from. No value is in any answer. */
export function alertRoutes({ rooms, nodes, alerts, presence, silencer, clock }: AlertRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  const alertRows = createAlertRows({ alerts, presence, clock })
  const raisedSeen = async (caller: Caller): Promise<readonly NodeAlerts[]> => {
    const [raised, seen] = await Promise.all([alerts.raised(caller.spaceId), sight(caller)])
    return seen.nodes.flatMap((node) => {
      const own = raised.get(node.nodeId) ?? []
      return own.length === 0 ? [] : [{ node, alerts: own }]
    })
  }

  /** Whether each of these alerts is silenced now, for this caller. */
  const silencedOf = async (caller: Caller, some: readonly SeenAlert[]): Promise<readonly boolean[]> => {
    const held = await silencer.holding(
      caller.spaceId,
      caller.personId,
      some.map(({ nodeId, alert: { chart, name, context, status, configHash } }) => {
        return { nodeId, chart, name, context, status, configHash }
      }),
      false,
    )
    return some.map((_, at) => (held[at]?.length ?? 0) > 0)
  }

  return [
    guardedRoute(
      'GET',
      `${apiBase}/alerts`,
      'alerts.view',
      undefined,
      async ({ caller }) => {
        const raised = await raisedSeen(caller)
        const rows = await alertRows.rows(caller.spaceId, raised)
        const all = raised
          .flatMap(({ node, alerts: own }) => own.map((alert) => ({ nodeId: node.nodeId, alert })))
          .map((each, at) => Object.assign(each, { row: rows[at] }))
        const severity = (status: string) => (status === 'critical' ? 0 : 1)
        all.sort((a, b) => severity(a.alert.status) - severity(b.alert.status) || b.alert.whenS - a.alert.whenS)
        const shown = all.slice(0, alertsMax)
        const isSilenced = await silencedOf(caller, shown)
        const shownRows = shown.map(({ row }, at) => ({ ...row, isSilenced: isSilenced[at] ?? false }))
        return { status: 200, json: { alerts: shownRows, total: all.length } }
      },
      {
        docs: {
          summary: 'What is raised now on the nodes the caller sees, without values.',
          answer: z.object({ alerts: z.array(alertRow.extend({ isSilenced: z.boolean() })), total: z.int() }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/alerts/one`,
      'alerts.view',
      undefined,
      async ({ caller, query }: { caller: Caller; query: z.output<typeof oneQuery> }) => {
        const { chart, name } = query
        const node = await nodeSeen({ rooms, nodes }, caller, canonicalUuid(query.nodeId) as NodeId | undefined)
        const all = node === undefined ? [] : await alerts.list(caller.spaceId, node.nodeId)
        const alert = all.find((each) => each.chart === chart && each.name === name)
        if (node === undefined || alert === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such alert.')
        const [row] = await alertRows.rows(caller.spaceId, [{ node, alerts: [alert] }])
        const config =
          alert.configHash === undefined ? undefined : (await alertRows.configsOf(caller.spaceId, [alert])).get(alert.configHash)
        const route = presence.routeOf(node.nodeId, 'data')
        const [isSilenced = false] = await silencedOf(caller, [{ nodeId: node.nodeId, alert }])
        return {
          status: 200,
          json: {
            alert: { ...row, isSilenced, transitionId: alert.transitionId ?? null },
            config: config === undefined ? null : { hash: config.hash, name: config.name, fields: config.fields },
            canAskHistory: route === undefined ? null : generationOf(route.capabilities) === 'A' ? 'v1' : 'v2',
          },
        }
      },
      {
        query: oneQuery,
        docs: {
          summary: 'One alert of a node, however it is, with its definition, and how its agent can be asked for its past.',
          answer: z.object({
            alert: alertRow.extend({ isSilenced: z.boolean(), transitionId: z.uuid().nullable() }),
            config: configShape.nullable(),
            canAskHistory: z.enum(['v1', 'v2']).nullable(),
          }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/alert-facets`,
      'alerts.view',
      undefined,
      async ({ caller }) => {
        const raised = (await raisedSeen(caller)).flatMap((each) => each.alerts)
        const configs = [...(await alertRows.configsOf(caller.spaceId, raised)).values()]
        const choices = (texts: readonly string[]) => [...new Set(texts.filter((text) => text !== ''))].sort().slice(0, facetMax)
        const field = (name: string) => choices(configs.map((config) => textField(config, name)))
        return {
          status: 200,
          json: {
            classes: field('classification'),
            components: field('component'),
            types: field('type'),
            roles: field('recipient'),
            names: choices(raised.map(({ name }) => name)),
            contexts: choices(raised.map(({ context }) => context)),
          },
        }
      },
      {
        docs: {
          summary: 'Classes, components and the like of what is raised on the nodes the caller sees, for filters.',
          answer: z.record(z.enum(['classes', 'components', 'types', 'roles', 'names', 'contexts']), z.array(z.string())),
        },
      },
    ),
  ]
}

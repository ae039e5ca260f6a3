import { z } from 'zod'
import { canonicalUuid, type NodeId } from '../../../src/domain/ids.ts'
import type { Node, Room } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Caller } from '../../identity/ports.ts'
import { roomsOfNode } from '../../../src/domain/room-nodes.ts'
import type { ApiAlerts, ApiContexts, ApiLeaving, ApiNodes, ApiPresence, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { alertRow, createAlertRows } from '../alert-rows.ts'
import { shownState } from '../shown-state.ts'
import { createSight, nodeSeen, roomsSeen } from '../sight.ts'
import { shownAgent, shownClone, shownInstances, shownLabels } from './node-reach.ts'

const nodeRow = z.looseObject({
  nodeId: z.uuid(),
  hostname: z.string(),
  state: z.enum(['live', 'stale', 'offline', 'unseen']),
  lastSeenAtMs: z.number().nullable(),
  createdAtMs: z.number(),
  labels: z.record(z.string(), z.string()),
  roomIds: z.array(z.uuid()),
  alerts: z.object({ warning: z.int(), critical: z.int() }),
})

/** What is told of a context. */
export const contextRow = z.looseObject({
  id: z.string(),
  title: z.string(),
  units: z.string(),
  family: z.string(),
  priority: z.number(),
  chartType: z.string(),
})

export interface NodeRoutesDeps {
  readonly nodes: ApiNodes
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly contexts: ApiContexts
  readonly alerts: ApiAlerts
  readonly presence: Pick<ApiPresence, 'stateOf' | 'sinceMs' | 'instancesOf' | 'cloneOf' | 'routeOf'>
  readonly leaving: ApiLeaving
  readonly clock: Clock
}

/** What a row of a node needs beside the node: what is raised in the space, and its rooms but "All nodes". */
interface Around {
  readonly raised: Awaited<ReturnType<ApiAlerts['raised']>>
  readonly rooms: readonly Room[]
}

/** Nodes of the caller's space, what they measure, and the state of their alerts. */
export function nodeRoutes({ nodes, rooms, contexts, alerts, presence, leaving, clock }: NodeRoutesDeps): readonly Route[] {
  const summary = (node: Node, around: Around) => {
    const { nodeId, hostname, info, createdAtMs } = node
    const raised = around.raised.get(nodeId) ?? []
    const critical = raised.filter(({ status }) => status === 'critical').length
    return {
      nodeId,
      hostname,
      state: shownState(presence.stateOf(nodeId), node),
      lastSeenAtMs: node.lastSeenAtMs ?? null,
      createdAtMs,
      clone: shownClone(presence.cloneOf(nodeId)),
      labels: shownLabels(info?.labels ?? {}),
      roomIds: roomsOfNode(around.rooms, node).map(({ roomId }) => roomId),
      alerts: { warning: raised.length - critical, critical },
      ...shownAgent(nodeId, presence),
      ...(info === undefined
        ? {}
        : {
            os: info.osName === '' ? info.os : info.osName,
            osVersion: info.osVersion,
            kernelVersion: info.kernelVersion,
            architecture: info.architecture,
            cpus: info.cpus,
            memoryBytes: info.memoryBytes,
            virtualization: info.virtualization,
            agentVersion: info.agentVersion,
          }),
    }
  }
  const alertRows = createAlertRows({ alerts, presence, clock })
  const sight = createSight({ rooms, nodes })
  const aroundOf = async (caller: Caller, seenRooms?: readonly Room[]): Promise<Around> => {
    const [raised, all] = await Promise.all([alerts.raised(caller.spaceId), seenRooms ?? roomsSeen(rooms, caller)])
    return { raised, rooms: all.filter(({ isAllNodes }) => !isAllNodes) }
  }
  const find = async (caller: Caller, text: string | undefined): Promise<Node> => {
    const node = await nodeSeen({ rooms, nodes }, caller, canonicalUuid(text) as NodeId | undefined)
    if (node === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
    return node
  }
  return [
    guardedRoute(
      'GET',
      `${apiBase}/nodes`,
      'nodes.view',
      undefined,
      async ({ caller }) => {
        const seen = await sight(caller)
        const around = await aroundOf(caller, seen.rooms)
        return { status: 200, json: { nodes: seen.nodes.map((node) => summary(node, around)) } }
      },
      { docs: { summary: 'The nodes the caller sees.', answer: z.object({ nodes: z.array(nodeRow) }) } },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/nodes/:nodeId`,
      'nodes.view',
      undefined,
      async ({ caller, params }) => {
        const node = await find(caller, params['nodeId'])
        const { info, collectors, machineGuid } = node
        const [instances, around] = await Promise.all([shownInstances(node, presence, nodes), aroundOf(caller)])
        return { status: 200, json: { ...summary(node, around), labels: info?.labels ?? {}, collectors, instances, machineGuid } }
      },
      { docs: { summary: 'One node, with all its labels, its collectors and the agents it is reached through.', answer: nodeRow } },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/nodes/:nodeId`,
      'nodes.remove',
      undefined,
      async ({ caller, params }) => {
        const nodeId = canonicalUuid(params['nodeId']) as NodeId | undefined
        const removed = nodeId === undefined ? undefined : await leaving.remove(caller.spaceId, nodeId)
        if (removed === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
        return { status: 204, audit: [{ action: 'node-removed', subject: { kind: 'node', id: nodeId ?? '' } }] }
      },
      { audits: ['node-removed'], docs: { summary: 'Removes a node; its agent is cut off.', status: 204 } },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/nodes/:nodeId/contexts`,
      'nodes.view',
      undefined,
      async ({ caller, params }) => {
        const { nodeId } = await find(caller, params['nodeId'])
        const list = await contexts.list(caller.spaceId, nodeId)
        const rows = list.map(({ id, title, units, family, priority, chartType, isCollected }) => ({
          id,
          title,
          units,
          family,
          priority,
          chartType,
          isCollected,
        }))
        return { status: 200, json: { contexts: rows } }
      },
      { docs: { summary: 'What a node measures.', answer: z.object({ contexts: z.array(contextRow) }) } },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/nodes/:nodeId/alerts`,
      'alerts.view',
      undefined,
      async ({ caller, params }) => {
        const node = await find(caller, params['nodeId'])
        const list = await alerts.list(caller.spaceId, node.nodeId)
        return { status: 200, json: { alerts: await alertRows.rows(caller.spaceId, [{ node, alerts: list }]) } }
      },
      { docs: { summary: 'The alerts of a node with their states, without values.', answer: z.object({ alerts: z.array(alertRow) }) } },
    ),
  ]
}

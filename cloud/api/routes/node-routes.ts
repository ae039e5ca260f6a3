import { canonicalUuid, type NodeId, type RoomId, type SpaceId } from '../../../src/domain/ids.ts'
import type { Node, NodeState } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiAlerts, ApiContexts, ApiLeaving, ApiNodes, ApiPresence, ApiSpaces } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { shownAgent, shownClone, shownInstances, shownLabels } from './node-reach.ts'

export interface NodeRoutesDeps {
  readonly nodes: ApiNodes
  readonly spaces: Pick<ApiSpaces, 'rooms'>
  readonly contexts: ApiContexts
  readonly alerts: ApiAlerts
  readonly presence: Pick<ApiPresence, 'stateOf' | 'instancesOf' | 'cloneOf' | 'routeOf'>
  readonly leaving: ApiLeaving
}

/** Presence remembers only this process' life: a node the store knows more of was seen before, so it is offline. */
export function shownState(state: NodeState, node: Pick<Node, 'info' | 'instances' | 'lastSeenAtMs'>): NodeState {
  if (state !== 'unseen') return state
  const wasSeen = node.info !== undefined || node.lastSeenAtMs !== undefined || Object.keys(node.instances).length > 0
  return wasSeen ? 'offline' : 'unseen'
}

/** What a row of a node needs beside the node: what is raised in the space, and its rooms but "All nodes". */
interface Around {
  readonly raised: Awaited<ReturnType<ApiAlerts['raised']>>
  readonly roomIds: ReadonlySet<RoomId>
}

/** Nodes of the caller's space, what they measure, and the state of their alerts. */
export function nodeRoutes({ nodes, spaces, contexts, alerts, presence, leaving }: NodeRoutesDeps): readonly Route[] {
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
      roomIds: node.roomIds.filter((roomId) => around.roomIds.has(roomId)),
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
  const aroundOf = async (spaceId: SpaceId): Promise<Around> => {
    const [raised, rooms] = await Promise.all([alerts.raised(spaceId), spaces.rooms(spaceId)])
    return { raised, roomIds: new Set(rooms.filter(({ isAllNodes }) => !isAllNodes).map(({ roomId }) => roomId)) }
  }
  const find = async (caller: Caller, text: string | undefined): Promise<Node> => {
    const nodeId = canonicalUuid(text) as NodeId | undefined
    const node = nodeId === undefined ? undefined : await nodes.get(caller.spaceId, nodeId)
    if (node === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
    return node
  }
  return [
    guardedRoute('GET', `${apiBase}/nodes`, 'nodes.view', undefined, async ({ caller }) => {
      const [all, around] = await Promise.all([nodes.list(caller.spaceId), aroundOf(caller.spaceId)])
      return { status: 200, json: { nodes: all.map((node) => summary(node, around)) } }
    }),
    guardedRoute('GET', `${apiBase}/nodes/:nodeId`, 'nodes.view', undefined, async ({ caller, params }) => {
      const node = await find(caller, params['nodeId'])
      const { info, collectors, machineGuid } = node
      const [instances, around] = await Promise.all([shownInstances(node, presence, nodes), aroundOf(caller.spaceId)])
      return { status: 200, json: { ...summary(node, around), labels: info?.labels ?? {}, collectors, instances, machineGuid } }
    }),
    guardedRoute('DELETE', `${apiBase}/nodes/:nodeId`, 'nodes.remove', undefined, async ({ caller, params }) => {
      const nodeId = canonicalUuid(params['nodeId']) as NodeId | undefined
      const removed = nodeId === undefined ? undefined : await leaving.remove(caller.spaceId, nodeId)
      if (removed === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      return { status: 204 }
    }),
    guardedRoute('GET', `${apiBase}/nodes/:nodeId/contexts`, 'nodes.view', undefined, async ({ caller, params }) => {
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
    }),
    guardedRoute('GET', `${apiBase}/nodes/:nodeId/alerts`, 'nodes.view', undefined, async ({ caller, params }) => {
      const { nodeId } = await find(caller, params['nodeId'])
      const list = await alerts.list(caller.spaceId, nodeId)
      return {
        status: 200,
        json: {
          alerts: list.map(({ chart, name, context, status, oldStatus, whenS }) => ({ chart, name, context, status, oldStatus, whenS })),
        },
      }
    }),
  ]
}

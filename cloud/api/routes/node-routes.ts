import { canonicalUuid, type NodeId } from '../../../src/domain/ids.ts'
import type { Node, NodeState } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiAlerts, ApiContexts, ApiLeaving, ApiNodes, ApiPresence } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { shownClone, shownInstances } from './node-reach.ts'

export interface NodeRoutesDeps {
  readonly nodes: ApiNodes
  readonly contexts: ApiContexts
  readonly alerts: ApiAlerts
  readonly presence: Pick<ApiPresence, 'stateOf' | 'instancesOf' | 'cloneOf'>
  readonly leaving: ApiLeaving
}

/** Presence remembers only this process' life: a node the store knows more of was seen before, so it is offline. */
export function shownState(state: NodeState, node: Pick<Node, 'info' | 'instances' | 'lastSeenAtMs'>): NodeState {
  if (state !== 'unseen') return state
  const wasSeen = node.info !== undefined || node.lastSeenAtMs !== undefined || Object.keys(node.instances).length > 0
  return wasSeen ? 'offline' : 'unseen'
}

/** Nodes of the caller's space, what they measure, and the state of their alerts. */
export function nodeRoutes({ nodes, contexts, alerts, presence, leaving }: NodeRoutesDeps): readonly Route[] {
  const summary = (node: Node) => {
    const { nodeId, hostname, info, createdAtMs } = node
    return {
      nodeId,
      hostname,
      state: shownState(presence.stateOf(nodeId), node),
      lastSeenAtMs: node.lastSeenAtMs ?? null,
      createdAtMs,
      clone: shownClone(presence.cloneOf(nodeId)),
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
  const find = async (caller: Caller, text: string | undefined): Promise<Node> => {
    const nodeId = canonicalUuid(text) as NodeId | undefined
    const node = nodeId === undefined ? undefined : await nodes.get(caller.spaceId, nodeId)
    if (node === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
    return node
  }
  return [
    guardedRoute('GET', `${apiBase}/nodes`, 'nodes.view', undefined, async ({ caller }) => {
      const all = await nodes.list(caller.spaceId)
      return { status: 200, json: { nodes: all.map(summary) } }
    }),
    guardedRoute('GET', `${apiBase}/nodes/:nodeId`, 'nodes.view', undefined, async ({ caller, params }) => {
      const node = await find(caller, params['nodeId'])
      const { info, collectors, machineGuid } = node
      const instances = await shownInstances(node, presence, nodes)
      return { status: 200, json: { ...summary(node), labels: info?.labels ?? {}, collectors, instances, machineGuid } }
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

import { z } from 'zod'
import type { Node, NodeInfo, Room } from '../../../src/domain/model.ts'
import { roomsOfNode } from '../../../src/domain/room-nodes.ts'
import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiAlerts, ApiNodes, ApiPresence, ApiRooms } from '../ports.ts'
import { guardedRoute, type Route } from '../route.ts'
import { shownState } from '../shown-state.ts'
import { roomsSeen } from '../sight.ts'
import { askedRoom, nodesInScope, scopeSchema, stateWords } from './asked-room.ts'

export interface NodeListRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'get' | 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly alerts: Pick<ApiAlerts, 'raised'>
  readonly presence: Pick<ApiPresence, 'stateOf' | 'instancesOf'>
}

type Raised = Awaited<ReturnType<ApiAlerts['raised']>>

const answer = z.object({
  api: z.number(),
  nodes: z.array(z.looseObject({ nd: z.uuid(), mg: z.string(), nm: z.string(), state: z.string() })),
})

/** Nodes of a room as existing clients read them (cloud-api §7.1); known from metadata alone, so they come at once. */
export function nodeListRoutes({ rooms, nodes, alerts, presence }: NodeListRoutesDeps): readonly Route[] {
  const stateOf = (node: Node) => stateWords[shownState(presence.stateOf(node.nodeId), node)]
  const listed = async (caller: Caller, roomId: string | undefined) => {
    const [asked, raised] = await Promise.all([askedRoom({ rooms, nodes }, caller, roomId), alerts.raised(caller.spaceId)])
    return { ...asked, raised }
  }
  const current = (node: Node, raised: Raised, memberships: readonly Room[]) => {
    const { nodeId, machineGuid, hostname, info } = node
    const instances = presence.instancesOf(nodeId)
    return {
      nd: nodeId,
      mg: machineGuid,
      nm: hostname,
      state: stateOf(node),
      v: info?.agentVersion ?? '',
      labels: labelsOf(info),
      hw: {
        architecture: info?.architecture ?? '',
        cpu_frequency: info?.cpuFrequencyHz ?? '',
        cpus: String(info?.cpus ?? 0),
        memory: info?.memoryBytes ?? '0',
        disk_space: info?.diskSpaceBytes ?? '0',
        virtualization: info?.virtualization ?? '',
        container: info?.container ?? '',
      },
      os: {
        id: info?.os ?? '',
        nm: info?.osName ?? '',
        v: info?.osVersion ?? '',
        kernel: { nm: info?.kernelName ?? '', v: info?.kernelVersion ?? '' },
      },
      health: { status: isEnabled(info, 'health') ? 'running' : 'disabled', alerts: countersOf(raised, node) },
      capabilities: info?.capabilities ?? [],
      room_memberships: roomsOfNode(memberships, node).map(({ roomId }) => roomId),
      eligibility: { metrics: instances.some(({ isQueryable }) => isQueryable), functions: isEnabled(info, 'funcs') },
      replication: { connection_type: info?.isChild === true ? 'child' : 'direct' },
      replication_factor: instances.length,
      isPreferred: false,
    }
  }
  const legacy = (node: Node, raised: Raised) => {
    const { nodeId, machineGuid, hostname, info } = node
    return {
      id: nodeId,
      name: hostname,
      services: [],
      os: info?.os ?? '',
      osName: info?.osName ?? '',
      osVersion: info?.osVersion ?? '',
      kernelName: info?.kernelName ?? '',
      kernelVersion: info?.kernelVersion ?? '',
      architecture: info?.architecture ?? '',
      cpus: String(info?.cpus ?? 0),
      cpuFrequency: info?.cpuFrequencyHz ?? '',
      memory: info?.memoryBytes ?? '0',
      diskSpace: info?.diskSpaceBytes ?? '0',
      virtualization: info?.virtualization ?? '',
      container: info?.container ?? '',
      version: info?.agentVersion ?? '',
      machineGUID: machineGuid,
      hostLabels: info === undefined ? null : labelsOf(info),
      mlInfo: { mlCapable: info?.capabilities.some(({ name }) => name === 'ml') ?? false, mlEnabled: isEnabled(info, 'ml') },
      capabilities: info?.capabilities ?? [],
      alarmCounters: countersOf(raised, node),
      isDeleted: false,
      state: stateOf(node),
    }
  }
  const list = async (caller: Caller, roomId: string | undefined) => {
    const asked = await listed(caller, roomId)
    return asked.nodes.map((node) => legacy(node, asked.raised))
  }
  const style = 'compatible' as const
  const audits = { none: 'It only reads.' } as const
  return [
    guardedRoute(
      'POST',
      '/api/v3/spaces/:spaceId/rooms/:roomId/nodes',
      'nodes.view',
      scopeSchema,
      async ({ caller, params, body }) => {
        const { nodes: all, raised } = await listed(caller, params['roomId'])
        const memberships = await roomsSeen(rooms, caller)
        const isSelected = simplePattern(body.selectors?.nodes ?? [])
        const shown = nodesInScope(all, body.scope?.nodes).filter((node) => isSelected(node.hostname, node.nodeId, node.machineGuid))
        return { status: 200, json: { api: 3, nodes: shown.map((node) => current(node, raised, memberships)), agents: [], versions: {} } }
      },
      { style, audits, docs: { summary: 'The nodes of a room, with facts, labels and alert counters.', answer } },
    ),
    guardedRoute(
      'GET',
      '/api/v2/spaces/:spaceId/rooms/:roomId/nodes',
      'nodes.view',
      undefined,
      async ({ caller, params }) => ({ status: 200, json: await list(caller, params['roomId']) }),
      { style, docs: { summary: 'The nodes of a room in the older form.', answer: z.array(z.looseObject({ id: z.uuid() })) } },
    ),
    guardedRoute(
      'GET',
      '/api/v1/spaces/:spaceId/rooms/:roomId/nodes',
      'nodes.view',
      undefined,
      async ({ caller, params }) => ({
        status: 200,
        json: { results: await list(caller, params['roomId']), updatedAt: new Date().toISOString() },
      }),
      { style, docs: { summary: 'The nodes of a room in the oldest form.', answer: z.object({ results: z.array(z.looseObject({})) }) } },
    ),
  ]
}

function isEnabled(info: NodeInfo | undefined, ability: string): boolean {
  return info?.capabilities.some(({ name, version, enabled }) => name === ability && version > 0 && enabled) ?? false
}

function countersOf(raised: Raised, { nodeId }: Node): { readonly warning: number; readonly critical: number } {
  const own = raised.get(nodeId) ?? []
  const critical = own.filter(({ status }) => status === 'critical').length
  return { warning: own.length - critical, critical }
}

/** The labels of a node; those that clients expect of every host are filled in from its facts where the agent sends none. */
export function labelsOf(info: NodeInfo | undefined): Readonly<Record<string, string>> {
  if (info === undefined) return {}
  const facts: readonly (readonly [string, string])[] = [
    ['_architecture', info.architecture],
    ['_kernel_version', info.kernelVersion],
    ['_os', info.os],
    ['_os_name', info.osName],
    ['_os_version', info.osVersion],
    ['_system_cores', info.cpus > 0 ? String(info.cpus) : ''],
    ['_system_cpu_freq', info.cpuFrequencyHz],
    ['_system_ram_total', info.memoryBytes],
    ['_system_disk_space', info.diskSpaceBytes],
    ['_virtualization', info.virtualization],
    ['_container', info.container],
  ]
  // fromEntries defines properties: a label named __proto__ is a label.
  return Object.fromEntries([...facts.filter(([, value]) => value !== ''), ...Object.entries(info.labels)])
}

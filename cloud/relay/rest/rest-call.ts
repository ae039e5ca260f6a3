import type { NodeId } from '../../../src/domain/ids.ts'
import { generationOf, type Generation } from '../../../src/domain/agent-generation.ts'
import { agentPermission } from '../../../src/domain/agent-permission.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { AgentAnswer, Bus } from '../../bus/port.ts'
import type { Asker } from '../ask-question.ts'
import type { Asks } from '../asks.ts'
import type { Reader, RoomNode } from '../ports.ts'
import type { OpenBudget } from './open-answer.ts'
import { restLimits } from './rest-limits.ts'

/** What every call on a room has: who asks, which nodes, until when. */
export interface RoomCall {
  readonly version: number
  readonly reader: Reader
  readonly nodes: readonly RoomNode[]
  readonly json: unknown
  /** Aborted when the client leaves or the relay closes; its reason is an error of the table. */
  readonly signal: AbortSignal
  readonly budget: OpenBudget
}

/** What calls are answered from. */
export interface CallDeps {
  readonly bus: Bus
  readonly asks: Asks
  /** Hears that somebody reads live values of a node. */
  readonly onRead: (reader: Reader, nodeId: NodeId) => void
  readonly clock: Clock
}

/** A good answer: built here, or one agent's own as it is. */
export type RestAnswer = { readonly status: number; readonly json: object } | { readonly raw: AgentAnswer }

/** Who asks, as agents are told. Whoever may read data reads it, whatever else their role brings to an agent. */
export function askerOf({ role, permissions, personId }: Reader, extra = 0): Asker {
  return { role, permissions: permissions | extra, personId }
}

/** What reading numbers needs at an agent (agent-api §3.2). */
export const readingBits = agentPermission.anonymousData

/** How long agents get: most of what the client waits. */
export function agentsTimeMs(clientsMs: number, mostMs: number = restLimits.maxTimeoutMs): number {
  return Math.min(Math.floor(clientsMs * restLimits.timeoutShare), mostMs)
}

/** Nodes that one agent answers for. */
export interface AgentGroup {
  readonly generation: Generation
  readonly nodes: readonly RoomNode[]
}

/** The agents behind some nodes, and the nodes that nobody answers for now. */
export function groupByAgent(
  bus: Bus,
  nodes: readonly RoomNode[],
): { readonly groups: readonly AgentGroup[]; readonly away: readonly RoomNode[] } {
  const groups = new Map<string, { readonly generation: Generation; readonly nodes: RoomNode[] }>()
  const away: RoomNode[] = []
  for (const node of nodes) {
    const route = bus.route(node.nodeId, 'data')
    if (route === undefined) {
      away.push(node)
      continue
    }
    const known = groups.get(route.claimId)
    if (known === undefined) groups.set(route.claimId, { generation: generationOf(route.capabilities), nodes: [node] })
    else known.nodes.push(node)
  }
  return { groups: [...groups.values()], away }
}

/** Nodes named by id or machine guid; all of them when none is named. */
export function nodesInScope(nodes: readonly RoomNode[], ids: readonly string[]): readonly RoomNode[] {
  if (ids.length === 0) return nodes
  const wanted = new Set(ids.map((id) => id.toLowerCase()))
  return nodes.filter(({ nodeId, machineGuid }) => wanted.has(nodeId) || wanted.has(machineGuid))
}

/** The first node of some, which a question is addressed to. */
export function firstNodeId(nodes: readonly RoomNode[]): NodeId {
  const [first] = nodes
  if (first === undefined) throw new TypeError('a group of nodes is empty')
  return first.nodeId
}

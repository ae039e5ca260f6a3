import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { generationOf, type Generation } from '../../../src/domain/agent-generation.ts'
import type { Node, NodeInfo } from '../../../src/domain/model.ts'
import type { ApiClone, ApiNodes, ApiPresence } from '../ports.ts'

/** One way to a node as the page shows it: the agent it comes through, and whether that works now. */
export interface ShownInstance {
  readonly claimId: ClaimId
  readonly hops: number
  readonly isLive: boolean
  readonly isQueryable: boolean
  /** Name of the host whose agent this is; null when it is not connected now. */
  readonly via: string | null
}

/** Every way the node was ever reported, those that work now first, nearest first. */
export async function shownInstances(
  { nodeId, spaceId, instances }: Pick<Node, 'nodeId' | 'spaceId' | 'instances'>,
  presence: Pick<ApiPresence, 'instancesOf'>,
  nodes: Pick<ApiNodes, 'get'>,
): Promise<readonly ShownInstance[]> {
  const reached = presence.instancesOf(nodeId)
  const now = await Promise.all(
    reached.map(async ({ viaNodeId, ...instance }) => ({ ...instance, via: await hostnameOf(nodes, spaceId, viaNodeId) })),
  )
  const known = Object.entries(instances) as [ClaimId, Node['instances'][ClaimId]][]
  const gone = known
    .filter(([claimId]) => !reached.some((instance) => instance.claimId === claimId))
    .map(([claimId, { hops }]) => ({ claimId, hops, isLive: false, isQueryable: false, via: null }))
  return [...now, ...gone.sort((a, b) => a.hops - b.hops)]
}

async function hostnameOf(nodes: Pick<ApiNodes, 'get'>, spaceId: SpaceId, nodeId: NodeId | undefined): Promise<string | null> {
  const node = nodeId === undefined ? undefined : await nodes.get(spaceId, nodeId)
  return node?.hostname ?? null
}

const what = {
  claim: 'Two machines use the claim of this node and take its link from each other: one is a copy of the other.',
  'machine-guid': 'Two machines with the same machine guid are connected as this node: one is a copy of the other.',
} as const satisfies Record<ApiClone['kind'], string>

const mend =
  'Give one of them a new identity: stop its agent, remove the folder cloud.d and the file registry/netdata.public.unique.id (both in /var/lib/netdata), start it, and claim it again.'

/** What the owner is told of a node that two machines pass for. */
export function shownClone(clone: ApiClone | undefined): { readonly sinceMs: number; readonly sentence: string } | null {
  return clone === undefined ? null : { sinceMs: clone.sinceMs, sentence: `${what[clone.kind]} ${mend}` }
}

/** The agent that answers for the node's data now, and whether functions can be called. */
export function shownAgent(
  nodeId: NodeId,
  presence: Pick<ApiPresence, 'routeOf'>,
): { readonly agent: { claimId: ClaimId; hops: number; generation: Generation } | null; readonly hasFunctions: boolean } {
  const data = presence.routeOf(nodeId, 'data')
  const functions = presence.routeOf(nodeId, 'function')?.capabilities ?? []
  return {
    agent: data === undefined ? null : { claimId: data.claimId, hops: data.hops, generation: generationOf(data.capabilities) },
    hasFunctions: functions.some(({ name, version, enabled }) => name === 'funcs' && version > 0 && enabled),
  }
}

/** A list is answered whole, so each of its rows is bounded; the node itself shows every label it has. */
const listedLabelsMax = 64
const listedLabelBytesMax = 8 * 1024

/** The labels of a node in a list: the first by name, as many as fit. */
export function shownLabels(labels: NodeInfo['labels']): Readonly<Record<string, string>> {
  let bytes = 0
  const kept = Object.entries(labels)
    .slice(0, listedLabelsMax)
    .filter(([key, value]) => (bytes += Buffer.byteLength(key) + Buffer.byteLength(value)) <= listedLabelBytesMax)
  // fromEntries defines properties: a label named __proto__ is a label.
  return Object.fromEntries(kept)
}

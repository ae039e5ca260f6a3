import type { NodeState, Role } from '../../src/domain/model.ts'
import type { ContextSummary } from '../data/feed/catalogue.ts'
import type { CloudRequest } from './cloud-request.ts'

/** A space somebody belongs to, and as what. */
export interface MySpace {
  readonly spaceId: string
  readonly name: string
  readonly role: Role
}

/** A space somebody is asked into and has not answered. */
export interface MyInvitation extends MySpace {
  readonly invitationId: string
  readonly expiresAtMs: number
  readonly byEmail?: string | null
}

/** Who is signed in. What is optional may be missing in an answer that was kept from an older version. */
export interface Me {
  readonly personId: string
  readonly email: string
  readonly name?: string | null
  /** IANA name; null follows the machine. */
  readonly timeZone?: string | null
  readonly theme?: string | null
  /** The role in the usual space; null for somebody in no space. */
  readonly role: Role | null
  /** The space meant where an address names none; null for somebody in no space. */
  readonly space: { readonly spaceId: string; readonly name: string } | null
  readonly spaces: readonly MySpace[]
  readonly invitations: readonly MyInvitation[]
  readonly expiresAtMs: number
  /** When this sign-in last proved who it is, epoch milliseconds. */
  readonly provenAtMs?: number | null
  /** Whether this cloud sends mail; without it, links stand in its terminal. */
  readonly hasMail?: boolean
}

/** Through which agent a node's data comes, and what that agent can do: A knows API v1 alone, B aggregates by v2, C by v3. */
export interface NodeAgent {
  readonly claimId: string
  readonly hops: number
  readonly generation: 'A' | 'B' | 'C'
}

/** A row of the node list. Facts an agent has not told yet are empty. */
export interface NodeSummary {
  readonly nodeId: string
  readonly hostname: string
  readonly state: NodeState
  readonly lastSeenAtMs?: number | null
  readonly createdAtMs: number
  readonly os?: string
  readonly osVersion?: string
  readonly kernelVersion?: string
  readonly architecture?: string
  readonly cpus?: number
  readonly memoryBytes?: string | number
  readonly virtualization?: string
  /** As the node names its own, often an abbreviation such as `CET`. */
  readonly timezone?: string
  readonly agentVersion?: string
  readonly labels?: Readonly<Record<string, string>>
  /** The rooms it is in, "All nodes" left out. */
  readonly roomIds?: readonly string[]
  /** How many of its alerts are raised now. */
  readonly alerts?: { readonly warning: number; readonly critical: number }
  /** The agent that answers for its data now; null while none can. */
  readonly agent?: NodeAgent | null
  readonly hasFunctions?: boolean
  /** Two machines pass for this node: since when, what that is and how to mend it. */
  readonly clone?: { readonly sinceMs: number; readonly sentence: string } | null
}
/** One way to a node; `via` is the host whose agent it goes through, unknown while that is not connected. */
export interface NodeInstance {
  readonly claimId: string
  readonly hops: number
  readonly isLive: boolean
  readonly isQueryable: boolean
  readonly via: string | null
}
export interface NodeDetails extends NodeSummary {
  readonly machineGuid?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly collectors?: readonly { readonly plugin: string; readonly module: string }[]
  /** The ways to this node: its own link (no hops), or through parents. */
  readonly instances?: readonly NodeInstance[]
}

/** A claim token with the ways to use it. */
export interface ClaimTokenOffer {
  readonly token: string
  readonly expiresAtMs: number
  readonly url: string
  readonly caPem: string
  readonly ways: readonly {
    readonly id: string
    readonly title: string
    readonly note?: string
    readonly steps: readonly { readonly text: string; readonly command?: string }[]
  }[]
}

/** What an agent tried; times are the cloud's, epoch milliseconds. `mend` is empty for what went well. */
export interface ConnectAttempt {
  readonly firstAtMs: number
  readonly atMs: number
  readonly count: number
  readonly address: string
  readonly stage: string
  readonly reason: string
  readonly isGood: boolean
  readonly sentence: string
  readonly mend: string
  readonly claimId: string | null
  readonly hostname: string | null
}

/** A room of the space with how many nodes it has. */
export interface RoomSummary {
  readonly roomId: string
  readonly name: string
  readonly isAllNodes: boolean
  readonly nodes: number
}

/** An alert that is warning or critical as far as the cloud knows: state and times, never a value. */
export interface RaisedAlert {
  readonly nodeId: string
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly status: 'warning' | 'critical'
  readonly oldStatus: string
  /** Since when, epoch seconds. */
  readonly whenS: number
  /** Its node is silent, so nobody knows how it stands now. */
  readonly isStale: boolean
  /** When its node fell silent, epoch milliseconds; null when it is not silent or nobody knows. */
  readonly unknownSinceMs: number | null
  /** Which definition it runs by. */
  readonly configHash?: string | null
  /** What its definition says, empty where that is not known; agents wrote all of it. `role` is who is told, in the agent's words. */
  readonly class?: string
  readonly component?: string
  readonly type?: string
  readonly role?: string
  readonly summary?: string
  readonly units?: string
  /** Somebody silenced it: it is raised, and nobody is told. */
  readonly isSilenced?: boolean
}

/** Raised alerts of the space, the most severe and newest first; `total` counts those that are left out, too. */
export interface RaisedAlerts {
  readonly alerts: readonly RaisedAlert[]
  readonly total: number
}

/** Every context that is collected in the space; `nodesOfContext` (data/fleet/space-contexts.ts) says which nodes have one. */
export interface SpaceContexts {
  readonly nodeIds: readonly string[]
  /** Sets of places in `nodeIds` as runs: first place, length, first place, length, … */
  readonly nodeSets: readonly (readonly number[])[]
  readonly contexts: readonly (ContextSummary & { readonly nodeSet: number })[]
}

export interface Api {
  describeSignIn(token: string): Promise<{ email: string }>
  requestSignIn(email: string): Promise<void>
  signOut(): Promise<void>
  /** Renews the session; false when the person has to sign in again. Concurrent calls share one request. */
  renewSession(): Promise<boolean>
  me(): Promise<Me>
  nodes(): Promise<readonly NodeSummary[]>
  node(nodeId: string): Promise<NodeDetails>
  contexts(nodeId: string): Promise<readonly ContextSummary[]>
  rooms(): Promise<readonly RoomSummary[]>
  raisedAlerts(): Promise<RaisedAlerts>
  spaceContexts(): Promise<SpaceContexts>
  createClaimToken(): Promise<ClaimTokenOffer>
  /** Erases a node for good. */
  removeNode(nodeId: string): Promise<void>
  /** What agents tried lately, newest first. */
  connectAttempts(): Promise<readonly ConnectAttempt[]>
}

/** Where the CA certificate to trust is served. */
export const caPath = '/api/throughline/v1/ca.pem'

/**
 * What every page asks the cloud; what one page alone asks stands in its folder. `request` asks the space the page is in, `personal`
 * what belongs to the person.
 */
export function createApi(request: CloudRequest, personal: CloudRequest = request): Api {
  const nodePath = (nodeId: string) => `/nodes/${encodeURIComponent(nodeId)}`
  return {
    describeSignIn: async (token) => (await personal.postAsStranger('/sign-in/describe', { token })) as { email: string },
    requestSignIn: async (email) => void (await personal.postAsStranger('/sign-in/request', { email })),
    signOut: async () => void (await personal.postAsStranger('/sign-out')),
    renewSession: () => personal.renewSession(),
    me: async () => (await personal.get('/me')) as Me,
    nodes: async () => ((await request.get('/nodes')) as { nodes: NodeSummary[] }).nodes,
    node: async (nodeId) => (await request.get(nodePath(nodeId))) as NodeDetails,
    contexts: async (nodeId) => {
      const answer = (await request.get(`${nodePath(nodeId)}/contexts`)) as { contexts: (ContextSummary & { isCollected: boolean })[] }
      return answer.contexts.filter((context) => context.isCollected)
    },
    rooms: async () => ((await request.get('/rooms')) as { rooms: RoomSummary[] }).rooms,
    raisedAlerts: async () => (await request.get('/alerts')) as RaisedAlerts,
    spaceContexts: async () => (await request.get('/contexts')) as SpaceContexts,
    removeNode: async (nodeId) => void (await request.delete(nodePath(nodeId))),
    connectAttempts: async () => ((await request.get('/connect-attempts')) as { attempts: ConnectAttempt[] }).attempts,
    createClaimToken: async () => (await request.post('/claim-tokens')) as ClaimTokenOffer,
  }
}

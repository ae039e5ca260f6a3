import { ThroughlineError, errorKinds, type ErrorCode } from '../../src/errors/throughline-error.ts'
import type { NodeState, Role } from '../../src/domain/model.ts'
import type { ContextSummary } from '../data/catalogue.ts'

/** Who is signed in. */
export interface Me {
  readonly personId: string
  readonly email: string
  readonly role: Role
  readonly space: { readonly spaceId: string; readonly name: string }
  readonly expiresAtMs: number
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
  readonly agentVersion?: string
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

export interface Api {
  describeSignIn(token: string): Promise<{ email: string }>
  signIn(token: string): Promise<void>
  requestSignIn(email: string): Promise<void>
  signOut(): Promise<void>
  /** Renews the session; false when the person has to sign in again. Concurrent calls share one request. */
  renewSession(): Promise<boolean>
  me(): Promise<Me>
  nodes(): Promise<readonly NodeSummary[]>
  node(nodeId: string): Promise<NodeDetails>
  contexts(nodeId: string): Promise<readonly ContextSummary[]>
  createClaimToken(): Promise<ClaimTokenOffer>
  /** Erases a node for good. */
  removeNode(nodeId: string): Promise<void>
  /** What agents tried lately, newest first. */
  connectAttempts(): Promise<readonly ConnectAttempt[]>
}

/** Where the CA certificate to trust is served. */
export const caPath = '/api/throughline/v1/ca.pem'

const base = '/api/throughline/v1'

type Method = 'GET' | 'POST' | 'DELETE'

/**
 * The cloud's HTTP API. An answer 401 renews the session once and repeats the request; if that fails too, the call rejects
 * with UNAUTHENTICATED. A cloud that cannot be reached rejects with SOURCE_UNAVAILABLE.
 */
export function createApi(fetch: typeof globalThis.fetch): Api {
  let renewing: Promise<boolean> | undefined

  const send = async (method: Method, path: string, body?: unknown): Promise<Response> => {
    try {
      return await fetch(`${base}${path}`, {
        method,
        credentials: 'same-origin',
        headers: method !== 'GET' ? { 'content-type': 'application/json', accept: 'application/json' } : { accept: 'application/json' },
        ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      })
    } catch (cause) {
      throw new ThroughlineError('SOURCE_UNAVAILABLE', 'The cloud cannot be reached.', { cause })
    }
  }

  const renewSession = (): Promise<boolean> => {
    renewing ??= send('POST', '/session/refresh')
      .then(async (response) => {
        if (response.ok) return true
        if (response.status === 401 || response.status === 403) return false
        throw await errorOf(response)
      })
      .finally(() => (renewing = undefined))
    return renewing
  }

  const withSession = async (method: Method, path: string, body?: unknown): Promise<unknown> => {
    let response = await send(method, path, body)
    if (response.status === 401 && (await renewSession())) response = await send(method, path, body)
    return read(response)
  }

  return {
    async describeSignIn(token) {
      return (await read(await send('POST', '/sign-in/describe', { token }))) as { email: string }
    },
    async signIn(token) {
      await read(await send('POST', '/sign-in', { token }))
    },
    async requestSignIn(email) {
      await read(await send('POST', '/sign-in/request', { email }))
    },
    async signOut() {
      await read(await send('POST', '/sign-out'))
    },
    renewSession,
    me: async () => (await withSession('GET', '/me')) as Me,
    nodes: async () => ((await withSession('GET', '/nodes')) as { nodes: NodeSummary[] }).nodes,
    node: async (nodeId) => (await withSession('GET', `/nodes/${encodeURIComponent(nodeId)}`)) as NodeDetails,
    contexts: async (nodeId) => {
      const answer = (await withSession('GET', `/nodes/${encodeURIComponent(nodeId)}/contexts`)) as {
        contexts: (ContextSummary & { isCollected: boolean })[]
      }
      return answer.contexts.filter((context) => context.isCollected)
    },
    removeNode: async (nodeId) => void (await withSession('DELETE', `/nodes/${encodeURIComponent(nodeId)}`)),
    connectAttempts: async () => ((await withSession('GET', '/connect-attempts')) as { attempts: ConnectAttempt[] }).attempts,
    createClaimToken: async () => (await withSession('POST', '/claim-tokens')) as ClaimTokenOffer,
  }
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response)
  if (response.status === 204 || response.status === 202) return undefined
  return response.json()
}

async function errorOf(response: Response): Promise<ThroughlineError> {
  const body: unknown = await response.json().catch(() => undefined)
  const field = (name: string) => (typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined)
  const code = field('errorCode')
  const message = field('errorMessage')
  const known: ErrorCode | undefined = typeof code === 'string' && code in errorKinds ? (code as ErrorCode) : undefined
  return new ThroughlineError(
    known ?? codeOfStatus(response.status),
    typeof message === 'string' ? message : `The cloud answered ${response.status}.`,
  )
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHENTICATED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  if (status === 429) return 'RATE_LIMITED'
  return status >= 500 ? 'STORE_UNAVAILABLE' : 'INTERNAL'
}

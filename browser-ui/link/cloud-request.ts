import { ThroughlineError, errorKinds, type ErrorCode } from '../../src/errors/throughline-error.ts'
import { apiBase, asOfHeader } from '../offline/keep-rules.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Requests to the cloud's own HTTP API; paths are relative to it (`/nodes`). Every method rejects with a code of the error table:
 * UNAUTHENTICATED when the session cannot be renewed, SOURCE_UNAVAILABLE when the cloud cannot be reached.
 */
export interface CloudRequest {
  get(path: string): Promise<unknown>
  post(path: string, body?: unknown): Promise<unknown>
  put(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  /** A body only where the cloud asks for one, such as a typed name. */
  delete(path: string, body?: unknown): Promise<unknown>
  /** A POST that needs no session and renews none. */
  postAsStranger(path: string, body?: unknown): Promise<unknown>
  /** Renews the session; false when the person has to sign in again. Concurrent calls share one request. */
  renewSession(): Promise<boolean>
}

/** What is heard about the cloud from its answers. */
export interface AnswerListener {
  /** An answer came; from the cloud, or from what was known at `asOfMs`. */
  answered(path: string, asOfMs: number | undefined): void
  /** No answer came. */
  failed(): void
}

/**
 * An answer 401 renews the session once and repeats the request. One that wants a fresh sign-in asks `prove` (does the person prove
 * who they are now?) and is repeated once when they did.
 */
export function createCloudRequest(
  fetch: typeof globalThis.fetch,
  listener?: AnswerListener,
  prove: () => Promise<boolean> = () => Promise.resolve(false),
): CloudRequest {
  let renewing: Promise<boolean> | undefined

  const send = async (method: Method, path: string, body?: unknown): Promise<Response> => {
    try {
      const answer = await fetch(`${apiBase}${path}`, {
        method,
        credentials: 'same-origin',
        headers: method !== 'GET' ? { 'content-type': 'application/json', accept: 'application/json' } : { accept: 'application/json' },
        ...(method === 'GET' || (method === 'DELETE' && body === undefined) ? {} : { body: JSON.stringify(body ?? {}) }),
      })
      const asOf = answer.headers.get(asOfHeader)
      listener?.answered(path, asOf === null ? undefined : Number(asOf))
      return answer
    } catch (cause) {
      listener?.failed()
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
    if ((await wantsProof(response)) && (await prove())) response = await send(method, path, body)
    return read(response)
  }

  return {
    get: (path) => withSession('GET', path),
    post: (path, body) => withSession('POST', path, body),
    put: (path, body) => withSession('PUT', path, body),
    patch: (path, body) => withSession('PATCH', path, body),
    delete: (path, body) => withSession('DELETE', path, body),
    postAsStranger: async (path, body) => read(await send('POST', path, body)),
    renewSession,
  }
}

/** Whether the cloud does this only for somebody who signed in a moment ago. */
async function wantsProof(response: Response): Promise<boolean> {
  if (response.status !== 403) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return typeof body === 'object' && body !== null && 'errorCode' in body && body.errorCode === 'FRESH_SIGN_IN_NEEDED'
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response)
  if (response.status === 204) return undefined
  // What is accepted to be done later may say where to look for it.
  if (response.status === 202 && response.headers.get('content-type')?.includes('json') !== true) return undefined
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
  if (status === 409) return 'CONFLICT'
  if (status === 429) return 'RATE_LIMITED'
  return status >= 500 ? 'STORE_UNAVAILABLE' : 'INTERNAL'
}

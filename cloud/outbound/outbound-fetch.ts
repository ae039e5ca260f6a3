import { boundedRequest } from './bounded-request.ts'
import { createReach, type ReachLimits } from './reach.ts'

export interface OutboundFetchLimits extends ReachLimits {
  /** Most bytes of an answer that are read; a longer one is an error. */
  readonly answerBytes: number
}

export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Headers | Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/**
 * A fetch for servers that others name: https, plain http only to loopback, no redirects followed, nothing but checked addresses
 * connected to, bounded in time and size (security requirements E1, N1). Rejects with OUTBOUND_REFUSED or OUTBOUND_FAILED like
 * `Reach`, and with another Error for what is not spoken and for an answer that is too long or none.
 */
export function createOutboundFetch({ answerBytes, ...limits }: OutboundFetchLimits) {
  const reach = createReach(limits)

  return async function outboundFetch(address: string, wish: OutboundRequest = {}): Promise<Response> {
    const url = new URL(address)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('only https is spoken')
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw new Error('plain http is spoken to loopback only')
    const headers = Object.fromEntries(new Headers(wish.headers))
    if (wish.body instanceof URLSearchParams) headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8'
    const {
      status,
      headers: given,
      body,
    } = await boundedRequest(reach, url, {
      method: wish.method ?? 'GET',
      headers,
      body: bodyOf(wish.body),
      // One more, to tell a longer answer from one of just this length.
      readBytes: answerBytes + 1,
      giveUp: wish.signal,
    })
    if (body.length > answerBytes) throw new Error('the answer is too long')
    if (status < 200) throw new Error('the answer is none')
    const hasBody = ![204, 205, 304].includes(status)
    const pairs = Object.entries(given).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]))
    return new Response(hasBody ? body : null, { status, headers: pairs })
  }
}

export type OutboundFetch = ReturnType<typeof createOutboundFetch>

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function bodyOf(body: unknown): Buffer | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof URLSearchParams) return Buffer.from(body.toString())
  if (body instanceof Uint8Array) return Buffer.from(body)
  throw new TypeError('a body of this kind is not sent')
}

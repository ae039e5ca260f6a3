import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

export interface OutboundLimits {
  /** For the whole exchange. */
  readonly timeoutMs: number
  /** Most bytes of an answer that are read; a longer one is an error. */
  readonly answerBytes: number
  /** Whether an address may be connected to; asked for every address a name has, and the checked one is used. */
  readonly mayReach: (address: string) => boolean
}

export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Headers | Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/**
 * A fetch for servers that others name: HTTPS, plain HTTP only to loopback, no redirects followed, nothing but checked addresses
 * connected to, bounded in time and size (security requirements E1, N1). Rejects with an Error when anything is not so.
 */
export function createOutboundFetch({ timeoutMs, answerBytes, mayReach }: OutboundLimits) {
  const lookup: LookupFunction = (hostname, options, answer) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const bad = addresses?.find(({ address }) => !mayReach(address))
      const first = addresses?.[0]
      if (error !== null) answer(error, '')
      else if (bad !== undefined || first === undefined) answer(new Error('the address may not be reached'), '')
      else if (options.all === true) answer(null, addresses)
      else answer(null, first.address, first.family)
    })
  }

  return async function outboundFetch(address: string, wish: OutboundRequest = {}): Promise<Response> {
    const url = new URL(address)
    const host = url.hostname.replaceAll(/[[\]]/g, '')
    const isPlain = url.protocol === 'http:'
    if (!isPlain && url.protocol !== 'https:') throw new Error('only https is spoken')
    if (isPlain && !isLoopback(host)) throw new Error('plain http is spoken to loopback only')
    if (isIP(host) !== 0 && !mayReach(host)) throw new Error('the address may not be reached')
    const body = bodyOf(wish.body)
    const headers = Object.fromEntries(new Headers(wish.headers))
    if (body !== undefined) headers['content-length'] = String(body.length)
    if (wish.body instanceof URLSearchParams) headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8'
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = wish.signal === undefined ? timeout : AbortSignal.any([timeout, wish.signal])
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (isPlain ? httpRequest : httpsRequest)(
        url,
        { method: wish.method ?? 'GET', headers, lookup, signal, agent: false, maxHeaderSize: 16_384 },
        resolve,
      )
      sent.on('error', reject)
      sent.end(body)
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > answerBytes) {
        answer.destroy()
        throw new Error('the answer is too long')
      }
      chunks.push(chunk)
    }
    const status = answer.statusCode ?? 0
    if (status < 200) throw new Error('the answer is none')
    const hasBody = ![204, 205, 304].includes(status)
    const given = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    )
    return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers: given })
  }
}

export type OutboundFetch = ReturnType<typeof createOutboundFetch>

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function bodyOf(body: unknown): Buffer | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof URLSearchParams) return Buffer.from(body.toString())
  if (body instanceof Uint8Array) return Buffer.from(body)
  throw new TypeError('a body of this kind is not sent')
}

import { isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { createAddressCheck } from '../../src/support/public-address.ts'
import { boundedRequest } from './bounded-request.ts'
import { createReach, failed, refused, unreached, type ReachLimits } from './reach.ts'

/** What a request to an outside target may take (security requirements §1). */
export const outboundLimits = { timeMs: 10_000, readBytes: 64 * 1024, headers: 32, urlLength: 2_048 } as const

export interface OutboundDeps extends Pick<ReachLimits, 'clock' | 'caPem' | 'resolve'> {
  /** Networks (CIDR) of the operator's own that may be reached besides the open internet. */
  readonly allow: readonly string[]
}

/** The answer of a target; of its body no more than 64 KiB. */
export interface OutboundAnswer {
  readonly status: number
  readonly body: string
  /** When to come back, as the target says it; any text. */
  readonly retryAfter?: string
}

/** What is delivered to targets that people name; `reach.ts` says what is checked, and no redirect is followed. */
export interface Outbound {
  /**
   * Throws OUTBOUND_REFUSED for what may not be reached, OUTBOUND_FAILED for what could not be within ten seconds, and the reason of
   * `giveUp` when that comes first.
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array, giveUp?: AbortSignal): Promise<OutboundAnswer>
  /** The same with PUT. */
  put(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array, giveUp?: AbortSignal): Promise<OutboundAnswer>
  /** Sends bytes over TLS and closes; resolves when the other side took them and closed, too. Throws like `post`. */
  sendTls(host: string, port: number, bytes: string): Promise<void>
}

/** Header names as HTTP spells them (RFC 9110 §5.6.2). */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
const forbiddenHeaders = /^(host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|cookie|proxy-.*)$/i
const plainValue = /^[\t\x20-\x7e]*$/

/** The target as a URL. Throws OUTBOUND_REFUSED for anything but plain https. */
export function parseTarget(text: string): URL {
  const url = text.length <= outboundLimits.urlLength && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'https:') throw refused('The address must begin with https://.')
  if (url.username !== '' || url.password !== '') throw refused('The address may not hold a user name or password.')
  return url
}

export function createOutbound({ allow, ...deps }: OutboundDeps): Outbound {
  const reach = createReach({ ...deps, timeMs: outboundLimits.timeMs, mayReach: createAddressCheck(allow) })

  const sender =
    (method: 'POST' | 'PUT'): Outbound['post'] =>
    async (target, headers, body, giveUp) => {
      const url = parseTarget(target)
      const names = Object.keys(headers)
      if (names.length > outboundLimits.headers || names.some((name) => forbiddenHeaders.test(name) || !headerName.test(name)))
        throw refused('A header is not allowed.')
      if (!Object.values(headers).every((value) => plainValue.test(value))) throw refused('A header has characters that are not allowed.')
      const bytes = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      const answer = await boundedRequest(reach, url, {
        method,
        headers,
        body: bytes,
        readBytes: outboundLimits.readBytes,
        giveUp,
      })
      const [retryAfter] = answer.headers['retry-after'] ?? []
      return { status: answer.status, body: answer.body.toString('utf8'), ...(retryAfter === undefined ? {} : { retryAfter }) }
    }

  return {
    post: sender('POST'),
    put: sender('PUT'),

    sendTls: (target, port, bytes) =>
      reach(
        target,
        ({ host, options, signal }) =>
          new Promise<void>((done, reject) => {
            const socket = connectTls({ ...options, host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }, () => {
              socket.end(bytes)
              socket.resume()
            })
            signal.addEventListener('abort', () => socket.destroy())
            socket.on('error', (error) => reject(unreached(error)))
            socket.on('close', (hadError) => (hadError ? reject(failed('The connection broke off.')) : done()))
          }),
      ),
  }
}

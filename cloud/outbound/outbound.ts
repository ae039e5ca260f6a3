import { lookup as lookUp } from 'node:dns/promises'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { createAddressCheck } from '../../src/support/public-address.ts'

/** What a request to an outside target may take (security requirements §1). */
export const outboundLimits = { timeMs: 10_000, readBytes: 64 * 1024, headers: 20, urlLength: 2_000 } as const

export interface OutboundDeps {
  readonly clock: Clock
  /** Networks (CIDR) of the operator's own that may be reached besides the open internet. */
  readonly allow: readonly string[]
  /** More certificate authorities than those of the system. */
  readonly caPem?: string | undefined
  /** Every address of a name; default the resolver of the system. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

/** The answer of a target; of its body no more than 64 KiB. */
export interface OutboundAnswer {
  readonly status: number
  readonly body: string
}

/**
 * The one way out to targets that people name. Every address of the name is checked, and the connection goes to a checked one, so
 * that a name that changes its mind in between reaches nothing inside. No redirect is followed.
 */
export interface Outbound {
  /** Throws OUTBOUND_REFUSED for what may not be reached, OUTBOUND_FAILED for what could not be within ten seconds. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<OutboundAnswer>
  /** Sends bytes over TLS and closes; resolves when the other side took them and closed, too. Throws like `post`. */
  sendTls(host: string, port: number, bytes: string): Promise<void>
}

const refused = (sentence: string) => new ThroughlineError('OUTBOUND_REFUSED', sentence)
const failed = (sentence: string) => new ThroughlineError('OUTBOUND_FAILED', sentence)
const forbiddenHeaders = /^(host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|cookie|proxy-.*)$/i
const plainValue = /^[\t\x20-\x7e]*$/

/** The target as a URL. Throws OUTBOUND_REFUSED for anything but plain https. */
export function parseTarget(text: string): URL {
  const url = text.length <= outboundLimits.urlLength && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'https:') throw refused('The address must begin with https://.')
  if (url.username !== '' || url.password !== '') throw refused('The address may not hold a user name or password.')
  return url
}

export function createOutbound({ clock, allow, caPem, resolve = resolveAll }: OutboundDeps): Outbound {
  const isAllowed = createAddressCheck(allow)
  const trust = caPem === undefined ? {} : { ca: caPem }

  const checkedAddress = async (rawHost: string): Promise<string> => {
    const host = rawHost.replace(/^\[(.*)\]$/, '$1')
    const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host]
    const [first] = addresses
    if (first === undefined) throw failed('The name has no address.')
    if (!addresses.every(isAllowed))
      throw refused('The address lies in a private or reserved network; the operator can allow it with THROUGHLINE_PRIVATE_TARGETS.')
    return first
  }

  /** The work, or OUTBOUND_FAILED when it takes too long; `stop` then ends it. */
  const inTime = async <T>(work: (onStop: (stop: () => void) => void) => Promise<T>): Promise<T> => {
    let stop = () => {}
    let cancel = () => {}
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(outboundLimits.timeMs, () => {
        reject(failed(`There was no answer within ${outboundLimits.timeMs / 1_000} s.`))
        stop()
      })
    })
    try {
      return await Promise.race([work((given) => (stop = given)), late])
    } finally {
      cancel()
    }
  }

  return {
    async post(target, headers, body) {
      const url = parseTarget(target)
      const names = Object.keys(headers)
      if (names.length > outboundLimits.headers || names.some((name) => forbiddenHeaders.test(name) || !/^[\w-]{1,64}$/.test(name)))
        throw refused('A header is not allowed.')
      if (!Object.values(headers).every((value) => plainValue.test(value))) throw refused('A header has characters that are not allowed.')
      return inTime(async (onStop) => {
        const address = await checkedAddress(url.hostname)
        return new Promise<OutboundAnswer>((done, reject) => {
          const lookup: LookupFunction = (_host, options, callback) => {
            const family = isIP(address)
            if (options.all === true) callback(null, [{ address, family }])
            else callback(null, address, family)
          }
          const sent = httpsRequest(url, {
            ...trust,
            method: 'POST',
            agent: false,
            lookup,
            headers: { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' },
          })
          onStop(() => sent.destroy())
          sent.on('error', (error: NodeJS.ErrnoException) => reject(failed(`It could not be reached: ${error.code ?? 'unknown trouble'}.`)))
          sent.on('response', (response) => {
            const chunks: Buffer[] = []
            let bytes = 0
            const finish = () => done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })
            response.on('data', (chunk: Buffer) => {
              chunks.push(chunk.subarray(0, outboundLimits.readBytes - bytes))
              bytes += chunk.length
              if (bytes < outboundLimits.readBytes) return
              finish()
              sent.destroy()
            })
            response.on('end', finish)
            response.on('error', () => reject(failed('The answer broke off.')))
          })
          sent.end(body)
        })
      })
    },

    sendTls: (host, port, bytes) =>
      inTime(async (onStop) => {
        const address = await checkedAddress(host)
        await new Promise<void>((done, reject) => {
          const socket: TLSSocket = connectTls({ ...trust, host: address, port, ...(isIP(host) === 0 ? { servername: host } : {}) }, () => {
            socket.end(bytes)
            socket.resume()
          })
          onStop(() => socket.destroy())
          socket.on('error', (error: NodeJS.ErrnoException) =>
            reject(failed(`It could not be reached: ${error.code ?? 'unknown trouble'}.`)),
          )
          socket.on('close', (hadError) => (hadError ? reject(failed('The connection broke off.')) : done()))
        })
      }),
  }
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookUp(host, { all: true, verbatim: true })).map(({ address }) => address)
}

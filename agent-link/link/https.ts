import { request } from 'node:https'
import type { RequestOptions } from 'node:https'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** One HTTPS exchange with the cloud. */
export interface HttpsRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The CA to trust instead of the system's; verification itself cannot be switched off. */
  readonly caPem?: string | undefined
  /** Limit for the whole exchange. */
  readonly timeoutMs: number
  /** The answer's body may be this long. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpsAnswer {
  readonly status: number
  readonly body: string
  /** What the cloud says the time is, epoch milliseconds; undefined when it says nothing. */
  readonly dateMs?: number
}

/**
 * Sends one request over TLS 1.2 or newer and reads the whole answer. No redirects, no connection kept.
 * Throws CLOUD_UNREACHABLE with one sentence that names the mend, CONFIG_INVALID for a URL that is not https, CANCELLED.
 */
export async function requestHttps(asked: HttpsRequest): Promise<HttpsAnswer> {
  if (asked.url.protocol !== 'https:') {
    throw new ThroughlineError('CONFIG_INVALID', `The cloud's address must start with https://, not ${asked.url.protocol}//.`)
  }
  const maxBytes = asked.maxBytes ?? 65_536
  const options: RequestOptions = {
    method: asked.method,
    agent: false,
    minVersion: 'TLSv1.2',
    headers: {
      ...asked.headers,
      ...(asked.body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(asked.body)) }),
    },
    ...(asked.caPem === undefined ? {} : { ca: asked.caPem }),
  }
  const deadline = AbortSignal.timeout(asked.timeoutMs)
  const signal = asked.signal ? AbortSignal.any([deadline, asked.signal]) : deadline
  try {
    return await exchange(asked, { ...options, signal }, maxBytes)
  } catch (cause) {
    if (cause instanceof ThroughlineError) throw cause
    if (asked.signal?.aborted) throw new ThroughlineError('CANCELLED', 'Stopped while talking to the cloud.', { cause })
    throw new ThroughlineError('CLOUD_UNREACHABLE', unreachableSentence(asked.url.host, cause, deadline.aborted), { cause })
  }
}

function exchange(asked: HttpsRequest, options: RequestOptions, maxBytes: number): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(asked.url, options, (incoming) => {
      const chunks: Buffer[] = []
      let size = 0
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.byteLength
        if (size > maxBytes)
          outgoing.destroy(new ThroughlineError('CLOUD_UNREACHABLE', `${asked.url.host} answers with more than an agent reads.`))
        else chunks.push(chunk)
      })
      incoming.on('error', reject)
      incoming.on('end', () => {
        const dateMs = Date.parse(incoming.headers.date ?? '')
        const answer = { status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }
        resolve(Number.isNaN(dateMs) ? answer : { ...answer, dateMs })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(asked.body)
  })
}

/** Why the cloud at `host` could not be talked to, for a person, with the mend. */
export function unreachableSentence(host: string, cause: unknown, timedOut = false): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (timedOut) return `${host} does not answer in time.`
  if (/SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED|CERT_SIGNATURE/.test(code)) {
    return `The certificate of ${host} is not signed by a CA this host trusts; give its CA file (tls/ca.pem of the cloud's data folder).`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `The certificate of ${host} is for another name; use a name or address it lists.`
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of ${host} has expired.`
  if (code === 'CERT_NOT_YET_VALID') return `The certificate of ${host} is not valid yet; check this host's clock.`
  if (code === 'ECONNREFUSED') return `Nothing listens at ${host}.`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name ${host} cannot be resolved.`
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return `${host} does not speak TLS.`
  return `${host} cannot be reached${code ? ` (${code})` : ''}.`
}

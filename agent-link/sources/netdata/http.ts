import { Agent, request } from 'node:http'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** Reads from one agent's own HTTP port. */
export interface NetdataHttp {
  /** One GET; the body is what the agent sent, still compressed when it compressed it. Throws SOURCE_UNAVAILABLE or CANCELLED. */
  get(path: string, options: { readonly acceptsGzip: boolean; readonly signal?: AbortSignal }): Promise<NetdataAnswer>
  close(): void
}

export interface NetdataAnswer {
  readonly status: number
  readonly contentType: string
  readonly isGzip: boolean
  readonly body: Buffer
}

/** An agent's answer may be this long: what fits the link (security requirements §1). */
const answerBytes = 16 * 1024 * 1024
const timeoutMs = 30_000
/** As many as questions are answered at once, and the polls. */
const socketLimit = 8

/** The agent's address. Throws CONFIG_INVALID for one that is not http on this host: its port has no TLS and no sign-in. */
export function netdataUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLoopback = url !== undefined && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
  if (url?.protocol !== 'http:' || !isLoopback) {
    throw new ThroughlineError('CONFIG_INVALID', `"${text}" is not the address of an agent on this host, such as http://127.0.0.1:19999.`)
  }
  return url
}

export function createNetdataHttp(base: URL): NetdataHttp {
  const agent = new Agent({ keepAlive: true, maxSockets: socketLimit })
  const unavailable = (cause: unknown) =>
    new ThroughlineError('SOURCE_UNAVAILABLE', `No netdata agent answers at ${base.origin}; start it, or give its address.`, { cause })

  return {
    async get(path, { acceptsGzip, signal }) {
      const deadline = AbortSignal.timeout(timeoutMs)
      const either = signal ? AbortSignal.any([deadline, signal]) : deadline
      try {
        return await exchange(base, path, agent, acceptsGzip, either)
      } catch (cause) {
        if (signal?.aborted) throw new ThroughlineError('CANCELLED', 'Nobody waits for the answer any more.', { cause })
        throw unavailable(cause)
      }
    },
    close: () => agent.destroy(),
  }
}

function exchange(base: URL, path: string, agent: Agent, acceptsGzip: boolean, signal: AbortSignal): Promise<NetdataAnswer> {
  return new Promise((resolve, reject) => {
    const headers = acceptsGzip ? { 'Accept-Encoding': 'gzip' } : {}
    // The path goes as it came: a URL object would rewrite the characters of patterns.
    const outgoing = request(
      { host: base.hostname.replace(/^\[|\]$/g, ''), port: base.port || 80, path, agent, headers, signal },
      (incoming) => {
        const chunks: Buffer[] = []
        let size = 0
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.byteLength
          if (size > answerBytes) outgoing.destroy(new Error('the answer is too large'))
          else chunks.push(chunk)
        })
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 502,
            contentType: incoming.headers['content-type'] ?? 'text/plain; charset=utf-8',
            isGzip: incoming.headers['content-encoding'] === 'gzip',
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

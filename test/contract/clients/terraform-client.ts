import { Agent, request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { whenOver } from '../../doubles/when-over.ts'

/** Who the client talks to, and how it proves itself. */
export interface ClientPlace {
  /** Joined with every path as it is: with a slash at its end, addresses begin with two (cloud-api §1.2). */
  readonly url: string
  readonly token: string
  readonly caPem: string
}

/** One call that was made, as the wire had it. */
export interface MadeCall {
  readonly method: string
  readonly path: string
  readonly status: number
}

export interface TerraformClient {
  /** Sends and expects any 2xx; rejects like the provider does, with method, status and the raw body. */
  readonly send: (method: string, path: string, body?: unknown) => Promise<string>
  /** The same, with an answer that must be JSON: an empty one is an error, as it is in Go. */
  readonly decode: <T>(method: string, path: string, body?: unknown) => Promise<T>
  /** Every call so far, in the order they were sent. */
  readonly calls: readonly MadeCall[]
}

const goHeaders = { accept: 'application/json', 'user-agent': 'Go-http-client/1.1', 'accept-encoding': 'gzip' } as const

/**
 * HTTP as the Terraform provider speaks it (cloud-api §1.2): ten seconds in all, no retry, no Content-Type with its JSON, a
 * Content-Length of 0 with a POST without body, connections kept open, addresses joined literally. A redirect is a failure here: of a
 * redirected POST Go would make a GET.
 */
export function terraformClient({ url, token, caPem }: ClientPlace): TerraformClient {
  const agent = new Agent({ keepAlive: true, ca: caPem })
  whenOver(() => agent.destroy())
  const calls: { method: string; path: string; status: number }[] = []
  const send = (method: string, path: string, body?: unknown): Promise<string> =>
    new Promise((resolve, reject) => {
      const made = { method, path, status: 0 }
      calls.push(made)
      const text = body === undefined ? undefined : JSON.stringify(body)
      const length = text === undefined ? (method === 'POST' ? { 'content-length': 0 } : {}) : { 'content-length': Buffer.byteLength(text) }
      const { protocol, hostname, port } = new URL(url)
      const sent = request({
        agent,
        protocol,
        hostname,
        port,
        method,
        // Not through URL: that would tidy what the provider does not.
        path: `${url}${path}`.slice(new URL(url).origin.length),
        signal: AbortSignal.timeout(10_000),
        headers: { ...goHeaders, authorization: `Bearer ${token}`, ...length },
      })
      sent.on('error', reject)
      sent.on('response', (answer) => {
        const chunks: Buffer[] = []
        answer.on('error', reject)
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const whole = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
          made.status = answer.statusCode ?? 0
          if (made.status >= 200 && made.status < 300) resolve(whole)
          else reject(new Error(`${method} ${path}: ${made.status} ${whole}`))
        })
      })
      sent.end(text)
    })
  return {
    calls,
    send,
    async decode<T>(method: string, path: string, body?: unknown) {
      const text = await send(method, path, body)
      if (text === '') throw new Error(`${method} ${path}: unexpected end of JSON input`)
      return JSON.parse(text) as T
    },
  }
}

import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'

export interface RestReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

export interface RestCallWishes {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON without a content type, as the Terraform provider does; text goes as it is. */
  readonly body?: unknown
}

/** Calls the relay's HTTP side on loopback as existing clients do; `leave` drops the connection. */
export function callRest(port: number, path: string, { method = 'POST', headers = {}, body }: RestCallWishes = {}) {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { authorization: 'Bearer x', ...length, ...headers },
    agent: false,
  })
  const reply = new Promise<RestReply>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const whole = Buffer.concat(chunks).toString('utf8')
        let json: RestReply['json'] = {}
        try {
          json = JSON.parse(whole) as RestReply['json']
        } catch {
          // Not every answer is JSON: the text tells.
        }
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: whole, json })
      })
    })
  })
  reply.catch(() => undefined)
  outgoing.end(text)
  return { reply, leave: () => outgoing.destroy() }
}

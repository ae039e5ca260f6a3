import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'

export interface DataAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The body as JSON, of a refusal. */
  readonly error: { readonly errorCode?: string; readonly errorMessage?: string }
}

/** Asks the relay's HTTP door on loopback as a script would; `leave` drops the connection. */
export function readData(
  port: number,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
) {
  const { method = 'GET', headers = {} } = options
  const outgoing = request({ host: '127.0.0.1', port, path, method, headers: { authorization: 'Bearer x', ...headers }, agent: false })
  const answer = new Promise<DataAnswer>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const body = Buffer.concat(chunks)
        const isRefusal = (incoming.statusCode ?? 0) !== 200 && body.byteLength > 0
        const error = isRefusal ? (JSON.parse(body.toString('utf8')) as DataAnswer['error']) : {}
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, error })
      })
    })
  })
  answer.catch(() => undefined)
  outgoing.end()
  return { answer, leave: () => outgoing.destroy() }
}

import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { failed, unreached, type Reach } from './reach.ts'

export interface BoundedRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer | undefined
  /** Of the answer's body no more is read; the rest is cut off. */
  readonly readBytes: number
  readonly giveUp?: AbortSignal | undefined
}

export interface BoundedAnswer {
  readonly status: number
  readonly headers: NodeJS.Dict<string[]>
  readonly body: Buffer<ArrayBuffer>
}

/**
 * One request to an http or https URL on a connection of its own. No redirect is followed; the headers of the answer may take 16 KiB.
 * Rejects like `Reach`, and with OUTBOUND_FAILED when there is no whole answer.
 */
export function boundedRequest(reach: Reach, url: URL, wish: BoundedRequest): Promise<BoundedAnswer> {
  const { method, body, readBytes, giveUp } = wish
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const headers = { ...wish.headers, ...length, connection: 'close' }
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest
  return reach(
    url.hostname,
    ({ options, signal }) =>
      new Promise<BoundedAnswer>((done, reject) => {
        const sent = send(url, { ...options, method, headers, signal, agent: false, maxHeaderSize: 16_384 })
        sent.on('error', (error) => reject(unreached(error)))
        sent.on('upgrade', (_answer, socket) => {
          socket.destroy()
          reject(failed('The answer was none.'))
        })
        sent.on('response', (answer) => {
          const chunks: Buffer[] = []
          let bytes = 0
          const finish = () => done({ status: answer.statusCode ?? 0, headers: answer.headersDistinct, body: Buffer.concat(chunks) })
          answer.on('data', (chunk: Buffer) => {
            chunks.push(chunk.subarray(0, readBytes - bytes))
            bytes = Math.min(bytes + chunk.length, readBytes)
            if (bytes === readBytes) finish()
          })
          answer.on('end', finish)
          answer.on('error', () => reject(failed('The answer broke off.')))
        })
        sent.end(body)
      }),
    giveUp,
  )
}

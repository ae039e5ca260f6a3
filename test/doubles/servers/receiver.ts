import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ensureTls } from '../../../cloud/api/tls/ensure-tls.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { waitUntil } from '../wait-until.ts'
import { whenOver } from '../when-over.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** What a receiver does with a request. */
export type Behaviour =
  | { readonly does: 'answer'; readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Takes the request and never answers. */
  | { readonly does: 'hang' }
  /** A byte of an endless body at each turn of the event loop. */
  | { readonly does: 'drip' }
  /** Breaks the connection before an answer. */
  | { readonly does: 'break' }

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
  /** The body as JSON. */
  json(): unknown
}

/** A real HTTPS server on loopback that keeps what it gets and behaves as scripted. Ends with the test. */
export interface Receiver {
  /** With the name `localhost`, which the resolver of a test may lead here. */
  readonly url: string
  readonly port: number
  /** The authority that signed its certificate (localhost, hooks.example, 127.0.0.1). */
  readonly caPem: string
  /** The same as a file, for NODE_EXTRA_CA_CERTS of a process. */
  readonly caFile: string
  readonly requests: readonly ReceivedRequest[]
  /** What it does with the next requests, in turn; after them it answers 200. */
  script(...next: readonly Behaviour[]): void
  /** Resolves when so many requests came. */
  until(count: number): Promise<readonly ReceivedRequest[]>
}

export const ok: Behaviour = { does: 'answer' }
export const failing = (status = 500): Behaviour => ({ does: 'answer', status })
export const redirecting = (to: string, status = 302): Behaviour => ({ does: 'answer', status, headers: { Location: to } })
/** `after` is seconds or a date, as the header says it. */
export const limiting = (after: string, body = ''): Behaviour => ({ does: 'answer', status: 429, headers: { 'Retry-After': after }, body })

export async function startReceiver(): Promise<Receiver> {
  const folder = temporaryFolder()
  const tls = await ensureTls({ folder, names: ['localhost', '127.0.0.1', 'hooks.example'], clock: systemClock, log: silentLog })
  const requests: ReceivedRequest[] = []
  const scripted: Behaviour[] = []
  const server = createServer({ cert: tls.certPem, key: tls.keyPem }, (request, response) => {
    request.on('error', () => {})
    response.on('error', () => {})
    const take = async () => {
      const body = await buffer(request)
      const text = body.toString('utf8')
      requests.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        text,
        json: () => JSON.parse(text) as unknown,
      })
      behave(response, scripted.shift() ?? ok)
    }
    take().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  whenOver(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    port,
    caPem: tls.caPem ?? '',
    caFile: join(folder, 'ca.pem'),
    requests,
    script: (...next) => void scripted.push(...next),
    async until(count) {
      await waitUntil(() => (requests.length >= count ? true : undefined))
      return requests
    },
  }
}

function behave(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour.does === 'hang') return
  if (behaviour.does === 'break') return void response.destroy()
  if (behaviour.does === 'drip') {
    response.writeHead(200)
    const more = () => void (response.destroyed || response.write('x', () => setImmediate(more)))
    return more()
  }
  response.writeHead(behaviour.status ?? 200, behaviour.headers ?? {}).end(behaviour.body ?? '')
}

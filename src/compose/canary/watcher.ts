import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { WebSocket } from 'ws'
import { decodeFrame } from '../../live/frame.ts'
import type { FromBrowser } from '../../live/messages.ts'
import { ThroughlineError } from '../../errors/throughline-error.ts'

/** Where the cloud answers, and how it is known. */
export interface CloudPlace {
  /** An origin without a path, as the page has it. */
  readonly url: string
  readonly caPem: string | undefined
}

/** A person who watches, without a page. */
export interface Watcher {
  /** A GET of our API as JSON. */
  get(path: string): Promise<unknown>
  /** Opens the live socket; `onBody` hears what is delivered, as text. The answer closes it. */
  watch(wishes: readonly FromBrowser[], onBody: (text: string) => void): Promise<() => void>
}

/** Signs in with a one-time link, as the page does. Throws CLOUD_UNREACHABLE. */
export async function startWatcher(cloud: CloudPlace, signInLink: string): Promise<Watcher> {
  const token = new URL(signInLink).hash.slice(1)
  const { cookies } = await ask(cloud, 'POST', '/api/throughline/v1/sign-in', {}, JSON.stringify({ token }))
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
  return {
    get: async (path) => JSON.parse((await ask(cloud, 'GET', path, { cookie })).body) as unknown,
    watch: (wishes, onBody) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${cloud.url.replace('https:', 'wss:')}/api/throughline/v1/live`, {
          ...(cloud.caPem === undefined ? {} : { ca: cloud.caPem }),
          headers: { cookie },
          origin: cloud.url,
        })
        socket.on('error', (cause) => reject(unreachable(cause)))
        socket.on('message', (data: Buffer, isBinary) => {
          if (!isBinary) return
          const { head, body } = decodeFrame(data)
          onBody((head.isGzip ? gunzipSync(body) : Buffer.from(body)).toString('utf8'))
        })
        socket.on('open', () => {
          for (const wish of wishes) socket.send(JSON.stringify(wish))
          resolve(() => socket.close())
        })
      }),
  }
}

function ask(cloud: CloudPlace, method: string, path: string, headers: Record<string, string>, body = '') {
  return new Promise<{ body: string; cookies: readonly string[] }>((resolve, reject) => {
    const asked = request(
      new URL(path, cloud.url),
      {
        method,
        ca: cloud.caPem,
        timeout: 30_000,
        headers: {
          ...headers,
          origin: cloud.url,
          'sec-fetch-site': 'same-origin',
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) >= 400) return reject(unreachable(undefined, `it answered ${answer.statusCode}`))
          resolve({ body: Buffer.concat(chunks).toString('utf8'), cookies: answer.headers['set-cookie'] ?? [] })
        })
      },
    )
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', (cause) => reject(unreachable(cause)))
    asked.end(body)
  })
}

const unreachable = (cause: unknown, why = 'start it with npm start, and try again') =>
  new ThroughlineError('CLOUD_UNREACHABLE', `The cloud of this installation does not answer: ${why}.`, { cause })

import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { WebSocket } from 'ws'
import { decodeFrame } from '../../../src/live/frame.ts'
import type { FromBrowser, ToBrowser } from '../../../src/live/messages.ts'
import type { Installation } from '../installation.ts'

/** A signed-in person without a page: HTTPS with cookies, and the live socket. */
export interface Viewer {
  get(path: string): Promise<unknown>
  open(): Promise<LiveView>
}

/** A live socket; what arrives is kept for the test to look at. */
export interface LiveView {
  say(message: FromBrowser): void
  /** Resolves with the first text message, past or future, that the test picks. */
  hears(pick: (message: ToBrowser) => boolean): Promise<ToBrowser>
  /** Resolves with the first delivered body, past or future, that holds the text. */
  sees(text: string): Promise<string>
  close(): void
}

/** Signs in with a printed link, as the page does. */
export async function signInViewer(cloud: Installation): Promise<Viewer> {
  const token = new URL(cloud.signInLink).hash.slice(1)
  const answer = await send(cloud, 'POST', '/api/throughline/v1/sign-in', {}, JSON.stringify({ token }))
  if (answer.status !== 204) throw new Error(`sign-in answered ${answer.status}: ${answer.body}`)
  const cookie = answer.cookies.map((line) => line.split(';')[0]).join('; ')
  return {
    get: async (path) => JSON.parse((await send(cloud, 'GET', path, { cookie })).body) as unknown,
    open: () => openLive(cloud, cookie),
  }
}

/** One request as the page of this cloud makes it. */
export function send(
  cloud: Installation,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; body: string; cookies: string[] }> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, cloud.url)
    const asked = request(
      url,
      {
        method,
        ca: cloud.caPem,
        headers: {
          ...headers,
          origin: cloud.url,
          'sec-fetch-site': 'same-origin',
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
      },
      (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, cookies: answer.headers['set-cookie'] ?? [] }))
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

function openLive(cloud: Installation, cookie: string): Promise<LiveView> {
  const socket = new WebSocket(`${cloud.url.replace('https:', 'wss:')}/api/throughline/v1/live`, {
    ca: cloud.caPem,
    headers: { cookie },
    origin: cloud.url,
  })
  const messages: ToBrowser[] = []
  const bodies: string[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      const { head, body } = decodeFrame(data)
      bodies.push((head.isGzip ? gunzipSync(body) : Buffer.from(body)).toString('utf8'))
    } else {
      messages.push(JSON.parse(data.toString('utf8')) as ToBrowser)
    }
    for (const look of waiting) look()
  })
  const when = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      socket.once('close', (code) => reject(new Error(`the live socket closed with ${code}`)))
      look()
    })
  const view: LiveView = {
    say: (message) => socket.send(JSON.stringify(message)),
    hears: (pick) => when(() => messages.find(pick)),
    sees: (text) => when(() => bodies.find((body) => body.includes(text))),
    close: () => socket.close(),
  }
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('open', () => resolve(view))
  })
}

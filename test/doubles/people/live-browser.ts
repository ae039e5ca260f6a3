import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { decodeFrame } from '../../../src/live/frame.ts'
import type { FrameHead } from '../../../src/live/frame.ts'
import type { FromBrowser, ToBrowser } from '../../../src/live/messages.ts'

/** What a browser received: a message of the live protocol, or a frame with its body as text. */
export type Received = ToBrowser | { readonly type: 'frame'; readonly head: FrameHead; readonly body: string }

export interface LiveBrowser {
  readonly socket: WebSocket
  readonly received: Received[]
  send(message: FromBrowser): void
  /** The next received thing not yet taken, in order. */
  next(): Promise<Received>
  /** Takes received things until one has this type. */
  nextOf<T extends Received['type']>(type: T): Promise<Extract<Received, { type: T }>>
  /** Close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** Opens a live socket with the `ws` client and takes its greeting. */
export async function openLiveBrowser(url: string, options: ClientOptions = {}): Promise<LiveBrowser> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options })
  const received: Received[] = []
  const takers: (() => void)[] = []
  let taken = 0
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  socket.on('message', (data: Buffer, isBinary) => {
    received.push(read(data, isBinary))
    for (const taker of takers.splice(0)) taker()
  })
  const next = async (): Promise<Received> => {
    for (;;) {
      const item = received[taken]
      if (item) {
        taken++
        return item
      }
      await new Promise<void>((resolve) => void takers.push(resolve))
    }
  }
  await once(socket, 'open')
  socket.on('error', () => {})
  const browser: LiveBrowser = {
    socket,
    received,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    next,
    async nextOf(type) {
      for (;;) {
        const item = await next()
        if (item.type === type) return item as Extract<Received, { type: typeof type }>
      }
    },
  }
  await browser.nextOf('welcome')
  return browser
}

function read(data: Buffer, isBinary: boolean): Received {
  if (!isBinary) return JSON.parse(data.toString('utf8')) as ToBrowser
  const { head, body } = decodeFrame(data)
  return { type: 'frame', head, body: Buffer.from(body).toString('utf8') }
}

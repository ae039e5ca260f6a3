import { once } from 'node:events'
import { request } from 'node:https'
import { WebSocket } from 'ws'
import type { SimulatedCloud } from '../doubles/agents/agent-simulator.ts'

/** A moment of real time; the bench measures, it does not assert. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

/** Runs `make` for 0 … count − 1, `atOnce` at a time, and answers the results in order. */
export async function makeMany<T>(count: number, atOnce: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  let next = 0
  const work = async () => {
    for (let index = next++; index < count; index = next++) made[index] = await make(index)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return made
}

/** A WebSocket over TLS to a path of the server. */
export async function openSocket({ url, caPem }: SimulatedCloud, path: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('https:', 'wss:')}${path}`, {
    ...(caPem === undefined ? {} : { ca: caPem }),
    perMessageDeflate: false,
    headers,
  })
  await once(socket, 'open')
  return socket
}

/** Closes sockets and waits until they are closed. */
export async function closeAll(sockets: readonly WebSocket[]): Promise<void> {
  const closed = sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED).map((socket) => once(socket, 'close'))
  for (const socket of sockets) socket.terminate()
  await Promise.all(closed)
}

/** Signs in with a one-time link, as the page does; the cookies of the session. */
export function signIn({ url, caPem }: SimulatedCloud, link: string): Promise<string> {
  const token = new URL(link).hash.slice(1)
  const headers = { origin: url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/api/throughline/v1/sign-in`,
      { method: 'POST', ...(caPem === undefined ? {} : { ca: caPem }), agent: false, headers },
      (answer) => {
        answer.resume()
        const cookies = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0])
        if (answer.statusCode === 204) resolve(cookies.join('; '))
        else reject(new Error(`sign-in answered ${answer.statusCode}`))
      },
    )
    asked.on('error', reject)
    asked.end(JSON.stringify({ token }))
  })
}

/** A signed-in live socket; `onFrame` hears every binary frame. */
export async function openViewer(cloud: SimulatedCloud, cookie: string, onFrame: (data: Buffer) => void): Promise<WebSocket> {
  const socket = await openSocket(cloud, '/api/throughline/v1/live', { cookie, origin: cloud.url })
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) onFrame(data)
  })
  return socket
}

/** The middle of numbers. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

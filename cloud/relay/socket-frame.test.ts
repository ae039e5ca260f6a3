import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { WebSocket, WebSocketServer } from 'ws'
import { expect, it, onTestFinished } from 'vitest'
import { binaryFrame } from './socket-frame.ts'

it.each([
  { body: 0, start: '8203' },
  { body: 122, start: '827d' },
  { body: 123, start: '827e007e' },
  { body: 65_532, start: '827effff' },
  { body: 65_533, start: '827f0000000000010000' },
])('[RL36] a body of $body bytes starts with $start, shared or not', ({ body, start }) => {
  const head = new Uint8Array([1, 2, 3])
  const bytes = new Uint8Array(body).fill(7)
  const whole = Buffer.concat([Buffer.from(start, 'hex'), head, bytes])
  for (const isShared of [true, false]) {
    const frame = binaryFrame(head, bytes, isShared)
    expect(Buffer.concat(frame.pieces).equals(whole)).toBe(true)
    expect(frame.byteLength).toBe(whole.byteLength)
  }
})

it('[RL36] a WebSocket client reads the frames among the messages of the socket, in order', async () => {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, raw, head) =>
    sockets.handleUpgrade(request, raw, head, (socket) => {
      for (const size of [1, 200, 70_000]) {
        socket.send(`text before ${size}`)
        for (const piece of binaryFrame(new Uint8Array([9]), new Uint8Array(size).fill(5), size === 200).pieces) raw.write(piece)
      }
      socket.close(1000)
    }),
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: string[] = []
  client.on('message', (data: Buffer, isBinary) => heard.push(isBinary ? `${data[0]} ${data.at(-1)} ${data.byteLength}` : data.toString()))
  await once(client, 'close')
  expect(heard).toEqual(['text before 1', '9 5 2', 'text before 200', '9 5 201', 'text before 70000', '9 5 70001'])
})

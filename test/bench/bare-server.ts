// What the product is measured against: `ws` over TLS with the same certificate, and nothing else.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { serveCommands, settledMemory, usedCpu } from './server-commands.ts'

/** What the bare server tells when it is up. */
export interface BareHello {
  readonly url: string
}

const tlsFolder = process.env['BENCH_TLS_FOLDER'] ?? ''
const server = createServer({
  cert: readFileSync(join(tlsFolder, 'cert.pem')),
  key: readFileSync(join(tlsFolder, 'key.pem')),
  noDelay: true,
})
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (socket: WebSocket) => {
  socket.on('message', (data: Buffer) => socket.send(data))
})

let broadcast: NodeJS.Timeout | undefined
serveCommands((command) => {
  if (command.ask === 'memory') return settledMemory()
  if (command.ask === 'cpu') return usedCpu()
  if (command.ask === 'broadcast') {
    const frame = Buffer.alloc(command.bytes, 7)
    broadcast = setInterval(() => {
      for (const socket of sockets.clients) socket.send(frame)
    }, command.everyMs)
    return undefined
  }
  if (command.ask === 'stop-broadcast') return clearInterval(broadcast)
  if (command.ask === 'stop') process.exit(0)
  throw new Error(`no such command here: ${command.ask}`)
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  const hello: BareHello = { url: `https://127.0.0.1:${port}` }
  process.send?.(hello)
})

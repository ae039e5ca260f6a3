import { once } from 'node:events'
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { waitUntil } from '../../../test/doubles/wait-until.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { ensureTls } from '../tls/ensure-tls.ts'
import { createEdge } from './edge.ts'
import { temporaryFolder } from '../../../test/doubles/temporary-folder.ts'

async function setUp() {
  const folder = temporaryFolder()
  const tls = await ensureTls({ folder, names: ['localhost', '127.0.0.1'], clock: systemClock, log: silentLog })
  const troubles: string[] = []
  const edge = await createEdge({
    app: (_request, response) => response.end('here'),
    upgrades: {},
    tls: { load: async () => tls },
    host: '127.0.0.1',
    port: 0,
    fleets: ['127.0.0.0/8'],
    onTlsTrouble: ({ address, code }) => troubles.push(`${address} ${code}`),
    clock: systemClock,
    log: silentLog,
  })
  const { port } = await edge.listen()
  onTestFinished(() => edge.close(0))
  const handshake = () =>
    new Promise<string>((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port, servername: 'localhost', ca: tls.caPem ?? '' }, () => {
        resolve('secure')
        socket.end()
      })
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    })
  return { port, troubles, handshake }
}

/** The first bytes of a TLS 1.2 client, whose alerts before the key exchange are plain. */
async function clientHello(): Promise<Buffer> {
  const listener = createServer()
  listener.listen(0, '127.0.0.1')
  onTestFinished(() => void listener.close())
  await once(listener, 'listening')
  const client = connectTls({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, maxVersion: 'TLSv1.2' })
  client.on('error', () => undefined)
  const [socket] = (await once(listener, 'connection')) as [Socket]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return hello
}

it('[API101] a failed handshake is told with the address it came from, a good one is not', async () => {
  const { port, troubles, handshake } = await setUp()
  expect(await handshake()).toBe('secure')
  const unknownCa = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 48)
  for (const [first, reply] of [
    [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), undefined],
    [await clientHello(), unknownCa],
  ] as const) {
    const before = troubles.length
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(first))
    socket.on('error', () => undefined)
    socket.once('data', () => reply && socket.end(reply))
    await waitUntil(() => troubles.length > before || undefined)
    socket.destroy()
  }
  expect(troubles).toEqual(['127.0.0.1 ERR_SSL_HTTP_REQUEST', '127.0.0.1 ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'])
})

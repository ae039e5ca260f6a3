import { mkdtempSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { ensureTls } from '../api/tls/ensure-tls.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { createOutbound, outboundLimits, type OutboundDeps } from './outbound.ts'

const tlsOnce = ensureTls({
  folder: mkdtempSync(join(tmpdir(), 'throughline-outbound-')),
  names: ['localhost', 'hooks.example'],
  clock: systemClock,
  log: silentLog,
})

async function start(
  answer: Parameters<typeof createServer>[1] = (_request, response) => void response.end('taken'),
  deps: Partial<OutboundDeps> = {},
) {
  const tls = await tlsOnce
  const asked: { method: string | undefined; host: string | undefined; headers: Record<string, unknown>; body: string }[] = []
  const server: Server = createServer({ cert: tls.certPem, key: tls.keyPem }, (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
    request.on('end', () => {
      asked.push({ method: request.method, host: request.headers.host, headers: request.headers, body })
      answer?.(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const clock = createHandClock()
  const outbound = createOutbound({ clock, allow: ['127.0.0.0/8'], caPem: tls.caPem, resolve: async () => ['127.0.0.1'], ...deps })
  return { asked, port, clock, outbound, url: `https://hooks.example:${port}/in?key=1` }
}

it('[AU30] (N1) a request goes to the checked address under the name that was given, and its answer comes back', async () => {
  const { outbound, url, asked, port } = await start()
  expect(await outbound.post(url, { 'Content-Type': 'application/json' }, '{"a":"ü"}')).toEqual({ status: 200, body: 'taken' })
  expect(asked).toMatchObject([{ method: 'POST', host: `hooks.example:${port}`, body: '{"a":"ü"}' }])
})

it.each([
  ['http://hooks.example/', ['93.184.216.34']],
  ['ftp://hooks.example/', ['93.184.216.34']],
  ['https://ann:pw@hooks.example/', ['93.184.216.34']],
  ['no url', ['93.184.216.34']],
  ['https://hooks.example/', ['10.0.0.1']],
  ['https://hooks.example/', ['93.184.216.34', '192.168.1.1']],
  ['https://hooks.example/', ['::ffff:10.0.0.1']],
  ['https://hooks.example/', ['64:ff9b::a00:1']],
  ['https://hooks.example/', ['2002:a00:1::1']],
  ['https://hooks.example/', ['fe80::1']],
  ['https://169.254.169.254/latest/meta-data', []],
  ['https://[::1]/', []],
  ['https://0x7f000001/', []],
  ['https://2130706433/', []],
  ['https://[::ffff:127.0.0.1]/', []],
] as const)('[AU30] (N1) %s with the addresses %j is refused before anything is sent', async (url, addresses) => {
  const outbound = createOutbound({ clock: systemClock, allow: [], resolve: async () => addresses })
  await expect(outbound.post(url, {}, '')).rejects.toMatchObject({ code: 'OUTBOUND_REFUSED' })
})

it('[AU30] (N1) a name that leads elsewhere when it is asked again is asked once, and a checked address that is deaf is passed over', async () => {
  let times = 0
  const resolve = async () => ((times += 1) === 1 ? ['::1', '127.0.0.1'] : ['10.0.0.1'])
  const { outbound, url, asked } = await start(undefined, { resolve, allow: ['127.0.0.0/8', '::1/128'] })
  expect((await outbound.post(url, {}, '')).status).toBe(200)
  expect([times, asked.length]).toEqual([1, 1])
  await expect(outbound.post(url, {}, '')).rejects.toMatchObject({ code: 'OUTBOUND_REFUSED' })
  expect(asked).toHaveLength(1)
})

it('[AU30] (N2) headers that steer the connection, and characters that would make a line more, are refused', async () => {
  const { outbound, url, asked } = await start()
  for (const headers of [
    { Host: 'a' },
    { 'transfer-encoding': 'chunked' },
    { Cookie: 'a=b' },
    { 'X-A': 'a\r\nX-B: b' },
    { 'X A': 'a' },
    { 'Proxy-A': 'b' },
  ])
    await expect(outbound.post(url, headers as Record<string, string>, '')).rejects.toMatchObject({ code: 'OUTBOUND_REFUSED' })
  expect(asked).toEqual([])
})

it('[AU30] (N1) no redirect is followed, and of an answer no more than 64 KiB is read', async () => {
  const { outbound, url, asked } = await start((_request, response) => {
    if (asked.length === 1) response.writeHead(302, { Location: '/elsewhere' }).end()
    else response.end(Buffer.alloc(10 * 1024 * 1024, 'x'))
  })
  expect((await outbound.post(url, {}, '')).status).toBe(302)
  expect((await outbound.post(url, {}, '')).body).toHaveLength(outboundLimits.readBytes)
  expect(asked).toHaveLength(2)
})

it('[AU30] (N1) who does not answer within ten seconds, has no trusted certificate or no address has failed', async () => {
  const hanging = await start(() => {})
  const asked = hanging.outbound.post(hanging.url, {}, '')
  while (hanging.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  hanging.clock.advance(outboundLimits.timeMs)
  await expect(asked).rejects.toMatchObject({ code: 'OUTBOUND_FAILED', message: 'There was no answer within 10 s.' })
  const untrusted = await start(undefined, { caPem: undefined })
  await expect(untrusted.outbound.post(untrusted.url, {}, '')).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
  const nameless = await start(undefined, { resolve: async () => [] })
  await expect(nameless.outbound.post(nameless.url, {}, '')).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
})

it('[AU30] (N1) bytes go over TLS to a checked address, and a name that is not in the certificate is not spoken to', async () => {
  const tls = await tlsOnce
  let heard = ''
  const server = createTlsServer({ cert: tls.certPem, key: tls.keyPem }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('utf8')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { outbound } = await start()
  await outbound.sendTls('hooks.example', port, '5 hello')
  expect(heard).toBe('5 hello')
  await expect(outbound.sendTls('other.example', port, 'x')).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
  await expect(createOutbound({ clock: systemClock, allow: [] }).sendTls('127.0.0.1', port, 'x')).rejects.toMatchObject({
    code: 'OUTBOUND_REFUSED',
  })
})

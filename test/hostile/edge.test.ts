import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { createEdge, type EdgeDeps } from '../../cloud/api/edge/edge.ts'
import { edgeLimits } from '../../cloud/api/edge/limits.ts'
import { ensureTls } from '../../cloud/api/tls/ensure-tls.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

/** One deadline short enough to be waited for; what a busy machine makes slow before it has the real ones. */
const quick = (limit: 'handshakeMs' | 'headersMs' | 'bodyMs' | 'keepAliveIdleMs' | 'answerStallMs') => ({ [limit]: 300, sweepMs: 50 })

const echo: RequestListener = (request, response) => {
  let bytes = 0
  request.on('data', (chunk: Buffer) => (bytes += chunk.length))
  request.on('end', () => response.end(`got ${bytes}`))
}

async function start(deps: Partial<EdgeDeps> = {}) {
  const makeTls = () => ensureTls({ folder: temporaryFolder(), names: ['localhost'], clock: systemClock, log: silentLog })
  const tls = await makeTls()
  const edge = await createEdge({
    app: echo,
    upgrades: {},
    tls: { load: async () => tls },
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
    ...deps,
  })
  const { port } = await edge.listen()
  onTestFinished(() => edge.close(0))

  const tcp = () => {
    const socket = connectTcp(port, '127.0.0.1')
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    return socket
  }
  const open = (options: ConnectionOptions & { readonly localAddress?: string } = {}) =>
    new Promise<TLSSocket>((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port, ca: tls.caPem, servername: 'localhost', ...options }, () => resolve(socket))
      socket.on('error', reject)
      socket.on('error', () => {})
      socket.on('close', () => reject(new Error('closed')))
      onTestFinished(() => void socket.destroy())
    })
  /** Sends bytes and answers everything that came until the other side closed. */
  const say = async (bytes: string | Buffer): Promise<string> => {
    const socket = await open()
    socket.write(bytes)
    return untilClosed(socket)
  }
  const get = () => say('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  return { edge, port, tls, makeTls, tcp, open, say, get }
}

const untilClosed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => {})
    if (socket.destroyed) resolve('')
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
const statusOf = (answer: string) => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
const until = async (isSo: () => boolean): Promise<void> => {
  await new Promise<void>((resolve) => {
    const look = () => (isSo() ? resolve() : void setImmediate(look))
    look()
  })
}

it('[ED1] speaks TLS 1.2 and 1.3', async () => {
  const { open } = await start()
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await open({ minVersion: version, maxVersion: version })
    expect(socket.getProtocol()).toBe(version)
    socket.destroy()
  }
  await expect(open({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow()
})

it('[ED1] fails plain text, and serves the next client', async () => {
  const { tcp, get } = await start()
  for (const bytes of ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', '\u0000'.repeat(100), 'SSH-2.0-x\r\n']) {
    const socket = tcp()
    socket.write(bytes)
    expect(await untilClosed(socket)).not.toContain('HTTP/1.1 2')
  }
  expect(statusOf(await get())).toBe('200')
})

it('[ED2] cuts a socket that never starts TLS', async () => {
  const { tcp } = await start({ limits: quick('handshakeMs') })
  expect(await untilClosed(tcp())).toBe('')
})

it('[ED2] cuts a socket that stops in the middle of the handshake', async () => {
  const { tcp } = await start({ limits: quick('handshakeMs') })
  const socket = tcp()
  socket.write(Buffer.from('160301020001', 'hex'))
  expect(await untilClosed(socket)).toBe('')
})

it('[ED2] cuts a socket that sends nothing after the handshake', async () => {
  const { open } = await start({ limits: quick('headersMs') })
  expect(await untilClosed(await open())).toMatch(/^(HTTP\/1\.1 408 |$)/)
})

it('[ED2] cuts headers that trickle', async () => {
  const { open } = await start({ limits: quick('headersMs') })
  const socket = await open()
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n')
  const trickle = setInterval(() => socket.write('X-More: 1\r\n'), 50)
  onTestFinished(() => clearInterval(trickle))
  expect(await untilClosed(socket)).toMatch(/^(HTTP\/1\.1 408 |$)/)
})

it('[ED2] cuts a body that trickles', async () => {
  const { open } = await start({ limits: quick('bodyMs') })
  const socket = await open()
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n')
  const trickle = setInterval(() => socket.write('x'), 50)
  onTestFinished(() => clearInterval(trickle))
  expect(await untilClosed(socket)).not.toContain('HTTP/1.1 2')
})

it('[ED3] closes an idle keep-alive connection', async () => {
  const { say } = await start({ limits: quick('keepAliveIdleMs') })
  expect(statusOf(await say('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toBe('200')
})

it('[ED4] refuses what is too long, with the status that fits', async () => {
  const { say, get } = await start()
  const head = 'Host: localhost\r\n'
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `X-${at}: 1\r\n`).join('')
  const answers = {
    url: await say(`GET /${'a'.repeat(edgeLimits.urlBytes)} HTTP/1.1\r\n${head}\r\n`),
    hugeUrl: await say(`GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${head}\r\n`),
    header: await say(`GET / HTTP/1.1\r\n${head}X: ${'a'.repeat(edgeLimits.headerBytes)}\r\n\r\n`),
    lines: await say(`GET / HTTP/1.1\r\n${head}${lines(edgeLimits.headerLines)}\r\n`),
    manyLines: await say(`GET / HTTP/1.1\r\n${head}${lines(700)}\r\n`),
    most: await say(`GET / HTTP/1.1\r\n${head}Connection: close\r\n${lines(edgeLimits.headerLines - 2)}\r\n`),
  }
  expect(Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, statusOf(answer)]))).toEqual({
    url: '414',
    hugeUrl: '431',
    header: '431',
    lines: '431',
    manyLines: '431',
    most: '200',
  })
  expect(answers.url).toContain('\r\nConnection: close\r\n')
  expect(answers.url.split('\r\n\r\n')[1]).toBe(
    '{"errorCode":"URL_TOO_LONG","errorMsgKey":"ErrUrlTooLong","errorMessage":"The address of the request is too long."}',
  )
  expect(statusOf(await get())).toBe('200')
})

it.each([
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', '400'],
  ['length and chunks', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400'],
  ['chunked not last', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n', '400'],
  ['negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', '400'],
  ['a length that is none', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n', '400'],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', '400'],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n', '400'],
  ['bare line feeds in a header', 'GET / HTTP/1.1\nHost: a\nX: \u0000\n\n', '400'],
  ['the same length twice', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nxx', '400'],
  ['a list of lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nxx', '400'],
  ['a signed length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nxx', '400'],
  ['two encodings', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400'],
  ['an encoding that only looks like chunked', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', '400'],
  ['another encoding under the chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', '400'],
  ['no version', 'GET /\r\n\r\n', '400'],
  ['an expectation that is not met', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: more\r\nContent-Length: 1\r\n\r\nx', '417'],
  ['two proofs', 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n', '400'],
  ['two origins', 'POST / HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\nOrigin: https://b\r\n\r\n', '400'],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', '400'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', '400'],
  ['an absolute target', 'GET https://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n', '400'],
  ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', '400'],
  ['an unknown method', 'FROBNICATE / HTTP/1.1\r\nHost: a\r\n\r\n', '405'],
  ['another version', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n', '400'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400'],
  ['noise', '\u0001\u0002\u0003\u0004\r\n\r\n', '400'],
])('[ED5] refuses %s', async (_what, bytes, status) => {
  const { say, get } = await start()
  const answer = await say(Buffer.from(bytes, 'latin1'))
  expect(statusOf(answer)).toBe(status)
  expect(answer.split('\r\n\r\n')[1]).toMatch(/^\{"errorCode":"(BODY_MALFORMED|METHOD_NOT_ALLOWED)",/)
  expect(statusOf(await get())).toBe('200')
})

it.each([
  ['a request that is refused', 'GET /bad HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a body nobody announced', '{"typed":"ann@example.com"}'],
])('[ED5] refuses %s behind a good request only after its answer, so that nobody takes the refusal for it', async (_what, behind) => {
  const good: ServerResponse[] = []
  const { say } = await start({ app: (_request, response) => void good.push(response) })
  const answer = say(`GET /good HTTP/1.1\r\nHost: a\r\n\r\n${behind}`)
  await until(() => good.length > 0)
  good[0]?.end('first')
  const [before = '', after = ''] = (await answer).split('first')
  expect([statusOf(before), statusOf(after)]).toEqual(['200', '400'])
})

it('[ED5] cuts bad chunks in the middle of a body', async () => {
  const { say } = await start()
  const answer = await say('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n')
  expect(statusOf(answer)).toBe('400')
})

it('[ED5] closes on CONNECT', async () => {
  const { say } = await start()
  expect(statusOf(await say('CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n'))).not.toBe('200')
})

it('[ED6] refuses the socket too many before TLS, and gives room again', async () => {
  const { edge, open, tcp, get } = await start({ limits: { socketsPerIp: 3 } })
  const held = [await open(), await open(), await open()]
  expect(edge.strangers()).toBe(3)
  expect(await untilClosed(tcp())).toBe('')
  for (const socket of held) socket.destroy()
  await until(() => edge.strangers() === 0)
  expect(statusOf(await get())).toBe('200')
})

it('[ED7] does not count a fleet', async () => {
  const { edge, open } = await start({ limits: { socketsPerIp: 1 }, fleets: ['127.0.0.0/8'] })
  await Promise.all([open(), open(), open()])
  expect(edge.strangers()).toBe(0)
})

it('[ED8] hands upgrades over by exact path, with their first bytes', async () => {
  const taken: string[] = []
  const take = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    taken.push(`${request.url} ${head.toString()}`)
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  }
  const { say } = await start({ upgrades: { '/mqtt': take } })
  const ask = (path: string, method = 'GET') =>
    say(`${method} ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst`)
  expect(statusOf(await ask('/mqtt'))).toBe('101')
  expect(statusOf(await ask('/mqtt?x=1'))).toBe('101')
  for (const path of ['/', '/mqtt/', '/MQTT', '/mqtt/..', '//mqtt', '/__proto__', '/constructor'])
    expect(statusOf(await ask(path))).toBe('404')
  expect(statusOf(await ask('/mqtt', 'POST'))).toBe('404')
  expect(statusOf(await ask('https://evil.example/mqtt'))).toBe('400')
  expect(taken).toEqual(['/mqtt first', '/mqtt?x=1 first'])
})

it('[ED9] counts an upgraded socket until its owner knows it', async () => {
  const taken: Duplex[] = []
  const { edge, open } = await start({ upgrades: { '/mqtt': (_request, socket) => void taken.push(socket) } })
  const socket = await open()
  socket.write('GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  await until(() => taken.length === 1)
  expect(edge.strangers()).toBe(1)
  if (taken[0] !== undefined) edge.settle(taken[0])
  expect(edge.strangers()).toBe(0)
  socket.destroy()
  await until(() => taken[0]?.destroyed === true)
  expect(edge.strangers()).toBe(0)
})

it('[ED9] stops counting an upgraded socket after a while', async () => {
  const { edge, open } = await start({ upgrades: { '/mqtt': () => {} }, limits: { upgradeGraceMs: 100 } })
  const socket = await open()
  socket.write('GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  await until(() => edge.strangers() === 0)
  expect(socket.destroyed).toBe(false)
})

it('[ED10] tells of a port in use', async () => {
  const other = createTcpServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const sentence = `Port ${port} is used by another program; stop that one, or choose a free port with THROUGHLINE_PORT.`
  await expect(start({ port })).rejects.toEqual(expect.objectContaining({ code: 'PORT_IN_USE', message: sentence }))
  await expect(start({ host: '192.0.2.1' })).rejects.toEqual(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})

it('[ED11] lets a request finish while closing', async () => {
  let answer = () => {}
  const { edge, open } = await start({ app: (_request, response) => void (answer = () => void response.end('done')) })
  const socket = await open()
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const heard = untilClosed(socket)
  const before = answer
  await until(() => answer !== before)
  const closed = edge.close(20_000)
  answer()
  expect(await heard).toContain('done')
  await closed
})

it('[ED11] cuts what is left when the grace is over', async () => {
  let asked = 0
  const { edge, open } = await start({ app: () => void (asked += 1), upgrades: { '/mqtt': () => void (asked += 1) } })
  const [waiting, upgraded] = [await open(), await open()]
  waiting.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  upgraded.write('GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  await until(() => asked === 2)
  const heard = Promise.all([untilClosed(waiting), untilClosed(upgraded)])
  await edge.close(50)
  expect(await heard).toEqual(['', ''])
})

it('[ED12] cuts an answer that nobody reads, and waits for one that takes long to make', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024)
  const gone: string[] = []
  const { open } = await start({
    limits: quick('answerStallMs'),
    app: (request, response) => {
      response.on('close', () => gone.push(request.url ?? ''))
      if (request.url === '/large') response.end(large)
      else setTimeout(() => response.end('late'), 1_000)
    },
  })
  const deaf = await open()
  deaf.pause()
  deaf.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
  const patient = await open()
  patient.write('GET /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await untilClosed(patient)).toContain('late')
  await until(() => gone.includes('/large'))
})

it('[ED14] answers others while one client has hundreds of requests waiting, all of which are answered in their order', async () => {
  const order: string[] = []
  let onFirst = () => {}
  const { open } = await start({
    app(request, response) {
      order.push(request.url ?? '')
      if (order.length === 1) onFirst()
      response.end('here')
    },
  })
  const [noisy, quiet] = [await open({ localAddress: '127.0.0.2' }), await open({ localAddress: '127.0.0.3' })]
  const line = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`
  onFirst = () => void quiet.write(line('/quiet', 'Connection: close\r\n'))
  const answers = [untilClosed(noisy), untilClosed(quiet)]
  const paths = Array.from({ length: 400 }, (_none, n) => `/${n}`)
  noisy.write(paths.map((path) => line(path)).join('') + line('/last', 'Connection: close\r\n'))
  const [all = '', one = ''] = await Promise.all(answers)
  expect([statusOf(one), all.split('HTTP/1.1 200 OK').length - 1]).toEqual(['200', 401])
  expect(order.filter((path) => path !== '/quiet')).toEqual([...paths, '/last'])
  expect(order.indexOf('/quiet')).toBeLessThan(order.indexOf('/last'))
})

it('[ED13] survives resets at any moment', async () => {
  const { open, tcp, get } = await start({ upgrades: { '/mqtt': () => {} } })
  const openings = [
    '',
    'GET / HT',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nxx',
    'GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  ]
  for (const opening of openings) {
    const socket = tcp()
    const secured = connectTls({ socket, rejectUnauthorized: false })
    secured.on('error', () => {})
    await new Promise((resolve) => secured.once('secureConnect', resolve))
    secured.write(opening)
    socket.resetAndDestroy()
  }
  const half = tcp()
  half.on('connect', () => half.resetAndDestroy())
  expect(statusOf(await get())).toBe('200')
  expect((await open()).authorized).toBe(true)
})

it('[TL8] serves a new certificate to new connections and keeps the open ones', async () => {
  const pairs = await Promise.all(
    ['localhost', 'localhost'].map((name) => ensureTls({ folder: temporaryFolder(), names: [name], clock: systemClock, log: silentLog })),
  )
  let current = pairs[0]
  const { edge, open } = await start({
    tls: {
      load: async () => {
        if (current === undefined) throw new Error('unreadable')
        return current
      },
    },
  })
  const serialOf = async () => (await open({ rejectUnauthorized: false })).getPeerCertificate().serialNumber
  const old = await open({ rejectUnauthorized: false })
  const firstSerial = await serialOf()
  current = pairs[1]
  await edge.reloadTls()
  const secondSerial = await serialOf()
  expect(secondSerial).not.toBe(firstSerial)
  old.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(statusOf(await untilClosed(old))).toBe('200')

  current = undefined
  await edge.reloadTls()
  current = { certPem: pairs[0]?.certPem ?? '', keyPem: pairs[1]?.keyPem ?? '', caPem: '' }
  await edge.reloadTls()
  expect(await serialOf()).toBe(secondSerial)
})

it('[BN9] a banned address is refused before TLS, its open connections are cut, and it comes in again after the ban', async () => {
  const banned = new Set<string>()
  const taken: Duplex[] = []
  const { edge, open, tcp, get } = await start({
    isBanned: (address) => banned.has(address.replace('::ffff:', '')),
    upgrades: { '/mqtt': (_request, socket) => void taken.push(socket) },
  })
  const [idle, upgraded] = [await open(), await open()]
  upgraded.write('GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  await until(() => taken.length === 1)
  banned.add('127.0.0.1')
  edge.dropBanned()
  expect(await Promise.all([untilClosed(idle), untilClosed(upgraded)])).toEqual(['', ''])
  expect(await untilClosed(tcp())).toBe('')
  banned.clear()
  expect(statusOf(await get())).toBe('200')
})

it('[BN9] behind a trusted proxy the client is banned and not the proxy, and nobody is banned by what a stranger says', async () => {
  const isBanned = (address: string) => address === '198.51.100.9'
  const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: '
  const behind = await start({ isBanned, proxies: ['127.0.0.0/8'] })
  expect(statusOf(await behind.say(`${ask}198.51.100.9\r\n\r\n`))).toBe('403')
  expect(statusOf(await behind.say(`${ask}198.51.100.8\r\n\r\n`))).toBe('200')
  const direct = await start({ isBanned })
  expect(statusOf(await direct.say(`${ask}198.51.100.9\r\n\r\n`))).toBe('200')
})

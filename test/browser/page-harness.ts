import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer, type WebSocket } from 'ws'
import { encodeFrameHead } from '../../src/live/frame.ts'
import { parseFromBrowser, type LiveQuestion, type ToBrowser } from '../../src/live/messages.ts'

/**
 * A development aid for the page alone: serves dist/browser-ui on loopback, speaks the live protocol, and asks one real agent
 * over its HTTP API. `tsx test/browser/page-harness.ts [port] [agent url]`. Its people, tokens and list of nodes are props.
 * `POST /harness/<word>` changes the scene: offline, live, drop (closes sockets), empty, arrive, signed-out.
 */
const port = Number(process.argv[2] ?? 8099)
const agent = process.argv[3] ?? 'http://127.0.0.1:19999'
const root = new URL('../../dist/browser-ui/', import.meta.url).pathname
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const liveId = '6f6d9d0e-8c61-4f6f-9a53-0d8f4f1c2a01'
const sockets = new Set<WebSocket>()
const scene = { isLive: true, isEmpty: false, hasArrived: false, isSignedIn: true }

const facts = {
  os: 'Debian GNU/Linux',
  osVersion: '12',
  architecture: 'x86_64',
  cpus: 2,
  memoryBytes: '8254390272',
  virtualization: 'kvm',
  agentVersion: 'v1.37.1',
}
const nodeList = () => {
  if (scene.isEmpty) return []
  const at = Date.now()
  const node = (n: number, hostname: string, state: string, extra: object = {}) => ({
    nodeId: liveId.replace(/01$/u, String(n).padStart(2, '0')),
    hostname,
    state,
    createdAtMs: at - 9e8,
    ...facts,
    ...extra,
  })
  return [
    node(1, 'edge-3.example.org', scene.isLive ? 'live' : 'offline', { lastSeenAtMs: at - 40_000 }),
    node(2, 'db-primary', 'live', { cpus: 16, memoryBytes: '68719476736', os: 'Ubuntu', osVersion: '24.04', agentVersion: 'v2.6.1' }),
    node(3, 'build-runner-a', 'stale', { lastSeenAtMs: at - 300_000 }),
    node(4, 'pi-greenhouse', 'offline', { lastSeenAtMs: at - 9e6, architecture: 'aarch64', cpus: 4, memoryBytes: '4294967296' }),
    node(5, 'warehouse-7', 'unseen', { os: '', osVersion: '', cpus: 0, memoryBytes: '', agentVersion: '' }),
    ...(scene.hasArrived ? [node(6, 'new-host', 'live')] : []),
  ]
}

async function contexts() {
  const list = (await (await fetch(`${agent}/api/v1/contexts`)).json()) as { contexts: Record<string, Record<string, unknown>> }
  return Object.entries(list.contexts).map(([id, { title, units, family, priority, chart_type: chartType, collected }]) => ({
    id,
    title,
    units,
    family,
    priority,
    chartType,
    isCollected: collected,
  }))
}

const offer = {
  token: 'example',
  expiresAtMs: Date.now() + 3_600_000,
  url: 'https://localhost:8443',
  caPem: '',
  ways: [
    {
      id: 'agent',
      title: 'Throughline agent',
      note: 'For any host with Node.js; also joins a Netdata Agent on the same host.',
      steps: [
        {
          text: 'Run this on the host:',
          command: 'npx throughline claim --url https://localhost:8443 --token example && npx throughline agent',
        },
      ],
    },
    {
      id: 'stock',
      title: 'Netdata Agent',
      steps: [
        {
          text: 'Trust this cloud’s certificate authority:',
          command: 'curl -k https://localhost:8443/api/throughline/v1/ca.pem | sudo tee /etc/ssl/certs/throughline.pem',
        },
        { text: 'Write claim.conf and restart the agent:', command: 'sudo systemctl restart netdata' },
      ],
    },
  ],
}

async function answer(request: IncomingMessage, path: string): Promise<unknown> {
  if (path === '/sign-in/describe') return { email: 'operator@example.org' }
  if (path === '/sign-in') scene.isSignedIn = true
  if (path === '/sign-out') scene.isSignedIn = false
  if (request.method === 'POST' && path !== '/claim-tokens') return undefined
  if (path === '/me')
    return {
      personId: liveId,
      email: 'operator@example.org',
      role: 'admin',
      space: { spaceId: liveId, name: 'Home' },
      spaces: [{ spaceId: liveId, name: 'Home', role: 'admin' }],
      invitations: [],
      expiresAtMs: Date.now() + 900_000,
    }
  if (path === '/nodes') return { nodes: nodeList() }
  if (path.endsWith('/contexts')) return { contexts: await contexts() }
  if (path === '/claim-tokens') return offer
  if (path === '/connect-attempts') return { attempts: [] }
  return {
    ...nodeList()[0],
    labels: { role: 'edge', rack: 'b2' },
    collectors: [{ plugin: 'proc.plugin', module: 'x' }],
    machineGuid: liveId,
    kernelVersion: '6.1.0',
  }
}

async function respond(request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  response.setHeader('content-security-policy', policy)
  if (pathname.startsWith('/harness/')) {
    const word = pathname.slice('/harness/'.length)
    if (word === 'offline' || word === 'live') setLive(word === 'live')
    if (word === 'drop') for (const socket of sockets) socket.close(1012)
    if (word === 'empty') scene.isEmpty = true
    if (word === 'arrive') scene.hasArrived = true
    if (word === 'signed-out') scene.isSignedIn = false
    return void response.writeHead(204).end()
  }
  if (pathname.startsWith('/api/throughline/v1')) {
    const path = pathname.slice('/api/throughline/v1'.length).replace(/^\/spaces\/[^/]+(?=\/)/u, '')
    if (!scene.isSignedIn && !path.startsWith('/sign-in'))
      return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"errorCode":"UNAUTHENTICATED"}')
    const body = await answer(request, path)
    if (body === undefined) return void response.writeHead(204).end()
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const file = extname(pathname) === '' ? 'index.html' : normalize(pathname).slice(1)
  const bytes = await readFile(join(root, file))
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(bytes)
}

function setLive(isLive: boolean) {
  scene.isLive = isLive
  for (const socket of sockets) say(socket, { type: 'node', nodeId: liveId, state: isLive ? 'live' : 'offline' })
}

const say = (socket: WebSocket, message: ToBrowser) => socket.send(JSON.stringify(message))

function targetOf(question: LiveQuestion): string {
  if (question.kind !== 'data') return '/api/v1/contexts?options=charts,dimensions,labels'
  const { contexts, afterS, beforeS, points } = question
  return `/api/v1/data?context=${contexts.join('%7C')}&after=${afterS}&before=${beforeS}&points=${points}&options=jsonwrap,unaligned`
}

async function relay(socket: WebSocket, head: Parameters<typeof encodeFrameHead>[0], target: string) {
  const reply = await fetch(`${agent}${target}`)
  const body = new Uint8Array(await reply.arrayBuffer())
  socket.send(Buffer.concat([encodeFrameHead({ ...head, httpStatus: reply.status }), body]))
}

const server = createServer((request, response) => {
  respond(request, response).catch(() => response.writeHead(404).end())
})
new WebSocketServer({ server, path: '/api/throughline/v1/live' }).on('connection', (socket) => {
  const timers = new Map<number, NodeJS.Timeout>()
  sockets.add(socket)
  say(socket, { type: 'welcome', protocol: 1, expiresAtMs: Date.now() + 900_000 })
  const frame = { isGzip: false, part: 0, httpStatus: 200, tick: 0 }
  socket.on('message', (data: Buffer) => {
    const message = parseFromBrowser(data.toString('utf8'))
    if (message === undefined) throw new TypeError(`the page sent ${data.toString('utf8')}`)
    if (message.type === 'ask') {
      if (scene.isLive) void relay(socket, { ...frame, kind: 'answer', id: message.id }, targetOf(message.question))
      else say(socket, { type: 'error', id: message.id, code: 'AGENT_UNREACHABLE', message: 'The node is not reachable.', retry: true })
    }
    if (message.type === 'subscribe' || message.type === 'unsubscribe') clearInterval(timers.get(message.id))
    if (message.type !== 'subscribe') return
    const { id, contexts, cadenceMs } = message
    say(socket, { type: 'subscribed', id, stream: id })
    say(socket, { type: 'node', nodeId: liveId, state: scene.isLive ? 'live' : 'offline' })
    const tick = () => {
      if (!scene.isLive) say(socket, { type: 'paused', stream: id, reason: 'AGENT_UNREACHABLE' })
      else
        void relay(
          socket,
          { ...frame, kind: 'tick', id },
          targetOf({ kind: 'data', contexts, afterS: (-3 * cadenceMs) / 1000, beforeS: 0, points: (3 * cadenceMs) / 1000 }),
        )
    }
    tick()
    timers.set(id, setInterval(tick, cadenceMs))
  })
  socket.on('close', () => {
    sockets.delete(socket)
    for (const timer of timers.values()) clearInterval(timer)
  })
})
server.listen(port, '127.0.0.1', () => void process.stdout.write(`The page is at http://127.0.0.1:${port}, its agent at ${agent}\n`))

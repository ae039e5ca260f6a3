import { gzipSync } from 'node:zlib'
import type { IPublishPacket } from 'mqtt-packet'
import { afterEach, expect, it } from 'vitest'
import { CancelPendingRequestSchema, UpdateNodeInstanceConnectionSchema } from '../../src/aclk/messages/index.ts'
import type { ReceivedQuestion } from '../../src/aclk/query/request.ts'
import { decodeQuestion } from '../../src/aclk/query/request.ts'
import { encodeAnswer } from '../../src/aclk/query/response.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'
import { silentLog } from '../../src/support/log.ts'
import { capabilitiesOf } from '../doubles/agents/fake-agent.ts'
import { openGatewayDoor } from '../doubles/agents/gateway-door.ts'
import { linkAgent } from '../doubles/agents/linked-agent.ts'
import { startLiveRelay } from '../doubles/people/live-relay.ts'
import { createMemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import { bytesOf } from '../doubles/agents/stand-in-agent.ts'

// A browser's question through a real relay, a real gateway and two real sockets to an agent whose every byte the test sees.

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function setUp(generation: keyof typeof capabilitiesOf) {
  const metadata = createMemoryMetadata()
  const door = await openGatewayDoor(metadata.ports)
  const live = await startLiveRelay(silentLog, { clock: door.clock, bus: door.bus })
  stops.push(() => live.stop())
  const agent = await linkAgent(door, metadata)
  const capabilities = capabilitiesOf[generation].map((capability) => ({ ...capability }))
  await agent.sayReachable(capabilities)
  await agent.publish('node-instance-connection', UpdateNodeInstanceConnectionSchema, {
    claimId: agent.claimId,
    nodeId: agent.nodeId,
    sessionId: agent.sessionId,
    liveness: true,
    queryable: true,
    hops: 0,
    capabilities,
  })
  live.visible.add(agent.nodeId)
  const browser = await live.open()
  const received = new Set<string>()
  /** The next question on the link. */
  const question = async (): Promise<ReceivedQuestion> => {
    const packet = (await agent.raw.packet(
      (candidate) =>
        candidate.cmd === 'publish' &&
        candidate.topic.endsWith('/cmd') &&
        !received.has(decodeQuestion(candidate.payload as Buffer)?.messageId ?? ''),
    )) as IPublishPacket
    const decoded = decodeQuestion(packet.payload as Buffer)
    if (decoded === undefined) throw new Error('an agent would stay silent at this question')
    received.add(decoded.messageId)
    return decoded
  }
  let packetId = 1_000
  const answer = ({ messageId, callbackTopic }: ReceivedQuestion, body: Uint8Array | string, httpStatus = 200, isGzip = false) => {
    const payload = encodeAnswer({
      messageId,
      httpStatus,
      contentType: 'text/plain',
      isGzip,
      body: typeof body === 'string' ? Buffer.from(body) : body,
      sessionIdUs: agent.sessionId,
      nowUs: 1n,
      executionUs: 1,
    })
    packetId += 1
    const bytes = bytesOf({
      cmd: 'publish',
      topic: callbackTopic,
      payload: Buffer.from(payload),
      qos: 1,
      dup: false,
      retain: false,
      messageId: packetId,
    })
    const frameBytes = 100_000
    agent.raw.send(
      bytes,
      Array.from({ length: Math.ceil(bytes.length / frameBytes) }, (_, index) => Math.min(frameBytes, bytes.length - index * frameBytes)),
    )
  }
  const ask = (id: number, asked: LiveQuestion) => browser.send({ type: 'ask', id, nodeId: agent.nodeId, question: asked })
  return { agent, live, browser, question, answer, ask }
}

const call: LiveQuestion = { kind: 'function', name: 'systemd-journal', args: [{ key: 'last', value: 10 }], timeoutS: 20 }
const update: LiveQuestion = { kind: 'config', action: 'update', id: 'a:b', body: '{"é":"\\u0000 and \\r\\n\\r\\n"}', timeoutS: 30 }

it('[RL105] a document arrives at the agent byte for byte, with who asks', async () => {
  const { agent, browser, ask, question, answer } = await setUp('C')
  ask(1, update)
  const asked = await question()
  expect(asked).toMatchObject({
    method: 'POST',
    target: `/node/${agent.nodeId}/api/v1/config?action=update&id=a%3Ab&timeout=30`,
    timeoutMs: 30_000,
    bodyText: update.body,
  })
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    'x-netdata-permissions': '0x7ff',
    'x-netdata-role': 'admin',
    'x-netdata-account-id': 'person',
    'content-length': String(Buffer.byteLength(update.body)),
  })
  answer(asked, '{"status":202}', 202)
  expect(await browser.nextOf('frame')).toMatchObject({ head: { id: 1, httpStatus: 202 }, body: '{"status":202}' })
})

it('[RL102] an agent of generation A is never sent what it would leave unanswered, nor told who the person is', async () => {
  const { browser, ask, question } = await setUp('A')
  ask(1, update)
  expect(await browser.nextOf('error')).toMatchObject({ id: 1, code: 'AGENT_TOO_OLD', retry: false })
  ask(2, call)
  const asked = await question()
  // Stock agents of that generation leave the mask unread; ours of that generation checks it.
  expect([asked.method, [...asked.headers.keys()]]).toEqual(['GET', ['accept-encoding', 'x-netdata-role', 'x-netdata-permissions']])
  expect(asked.target).toMatch(/\/api\/v1\/function\?function=systemd-journal%20last%3A10&timeout=20$/)
})

it('[RL117] a viewer who leaves cancels a function at the agent', async () => {
  const { agent, browser, ask, question } = await setUp('C')
  ask(1, call)
  const asked = await question()
  browser.socket.terminate()
  expect((await agent.command('CancelPendingRequest', CancelPendingRequestSchema)).requestId).toBe(asked.messageId)
})

it('[RL113] an answer of many MiB and small ones behind it on the same link all arrive whole', async () => {
  const { browser, ask, question, answer } = await setUp('C')
  const noise = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 2_654_435_761) >>> 24))
  const big = Buffer.concat(Array.from({ length: 150 }, () => noise))
  ask(1, call)
  answer(await question(), big)
  for (let id = 2; id <= 6; id++) {
    ask(id, { kind: 'info' })
    answer(await question(), gzipSync('{}'), 200, true)
    expect((await browser.nextOf('frame')).head.httpStatus).toBe(200)
  }
  const frames = browser.received.filter((item) => item.type === 'frame')
  while (frames.length < 6) frames.push(await browser.nextOf('frame'))
  expect(new Set(frames.map(({ head }) => head.id))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  expect(frames.find(({ head }) => head.id === 1)?.body).toBe(big.toString('utf8'))
})

it('[GW123] the refusal of an agent reaches the page with its own status and words', async () => {
  const { browser, ask, question, answer } = await setUp('C')
  for (const [index, status] of [403, 413, 451, 504].entries()) {
    ask(index + 1, call)
    answer(await question(), `because ${status}`, status)
    expect(await browser.nextOf('frame')).toMatchObject({ head: { id: index + 1, httpStatus: status }, body: `because ${status}` })
  }
})

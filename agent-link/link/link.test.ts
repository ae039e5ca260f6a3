import { afterEach, expect, it } from 'vitest'
import { errorAnswer } from '../../src/aclk/otp/answers.ts'
import { silentLog } from '../../src/support/log.ts'
import { startFakeCloud } from '../../test/doubles/agents/fake-cloud.ts'
import type { FakeCloud } from '../../test/doubles/agents/fake-cloud.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claim } from '../claim/claim.ts'
import { loadClaim } from '../claim/claim-files.ts'
import type { StoredClaim } from '../claim/claim-files.ts'
import { createLink } from './link.ts'
import type { Link, LinkSpeaker, LinkState, OpenLink } from './link.ts'
import { bannedDelayMs } from './backoff.ts'
import { frameBytes } from './frames.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const bytes = (text: string) => new TextEncoder().encode(text)

interface Scene {
  readonly cloud: FakeCloud
  readonly link: Link
  readonly clock: ReturnType<typeof createHandClock>
  readonly identity: StoredClaim
  readonly states: LinkState[]
  readonly opened: OpenLink[]
  readonly messages: [string, string][]
  readonly closings: { count: number }
  /** The publishes made at the opening; acknowledged ones have resolved. */
  readonly hellos: Promise<unknown>[]
  /** Resolves when the link is in this state for the n-th time. */
  readonly reach: (kind: LinkState['kind'], times?: number) => Promise<LinkState>
}

async function scene(options: Parameters<typeof startFakeCloud>[0] & { hello?: number } = {}): Promise<Scene> {
  const cloud = await startFakeCloud(options)
  undo.push(() => cloud.stop())
  const folder = await mkdtemp(join(tmpdir(), 'throughline-link-'))
  undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  const wish = {
    url: cloud.url,
    token: 't',
    roomIds: [],
    hostname: 'h',
    machineGuid: '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as never,
    folder,
    caPem: cloud.caPem,
  }
  await claim(wish, { clock: createHandClock(), log: silentLog })
  cloud.requests.length = 0
  const identity = (await loadClaim(folder)) as StoredClaim
  const clock = createHandClock()
  const opened: OpenLink[] = []
  const messages: [string, string][] = []
  const closings = { count: 0 }
  const hellos: Promise<unknown>[] = []
  const speaker: LinkSpeaker = {
    will: (sessionIdUs) => bytes(`will ${sessionIdUs}`),
    farewell: (sessionIdUs) => bytes(`farewell ${sessionIdUs}`),
    onOpen(link) {
      opened.push(link)
      for (let index = 0; index < (options.hello ?? 3); index++) {
        hellos.push(link.publish('agent-connection', bytes(`hello ${index}`)).catch(() => undefined))
      }
    },
    onMessage: (command, payload) => void messages.push([command, new TextDecoder().decode(payload)]),
    onClosed: () => void closings.count++,
  }
  const link = createLink({ identity, speaker, agentVersion: '9.9.9', clock, log: silentLog, random: () => 0 })
  undo.push(async () => {
    const stopped = link.stop()
    clock.advance(5_000)
    await stopped
  })
  const states: LinkState[] = []
  const waiting: { kind: LinkState['kind']; times: number; resolve: (state: LinkState) => void }[] = []
  link.onState((state) => {
    states.push(state)
    for (const wait of waiting)
      if (states.filter(({ kind }) => kind === wait.kind).length >= wait.times && state.kind === wait.kind) wait.resolve(state)
  })
  const reach: Scene['reach'] = (kind, times = 1) => {
    const reached = states.filter((state) => state.kind === kind)
    const known = reached[times - 1]
    return known ? Promise.resolve(known) : new Promise((resolve) => waiting.push({ kind, times, resolve }))
  }
  return { cloud, link, clock, identity, states, opened, messages, closings, hellos, reach }
}

it('[AL9] proves its key, connects with the will of a stock agent and subscribes to both inboxes', async () => {
  const { cloud, link, identity, clock, reach, opened } = await scene()

  link.start()
  link.start()
  await reach('online')
  await cloud.until(() => (cloud.heard.length >= 3 ? true : undefined))

  const { claimId } = identity
  expect(cloud.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /api/v1/env?v=9.9.9&cap=proto,ctx&claim_id=${claimId}`,
    `GET /api/v1/auth/node/${claimId}/challenge`,
    `POST /api/v1/auth/node/${claimId}/password`,
    'UPGRADE /mqtt',
  ])
  const [, , password, upgrade] = cloud.requests
  expect(JSON.parse(password?.body ?? '')).toMatchObject({ agent_version: 'v9.9.9' })
  expect(upgrade?.headers).toMatchObject({ 'sec-websocket-protocol': 'mqtt', 'sec-websocket-version': '13' })
  expect(upgrade?.headers['sec-websocket-extensions']).toBeUndefined()
  const sessionIdUs = BigInt(clock.nowMs()) * 1000n
  const [connection] = cloud.links
  expect(connection?.connect).toMatchObject({ protocolVersion: 5, clean: true, keepalive: 60, clientId: 'client', username: 'user' })
  expect(connection?.connect.will).toMatchObject({ qos: 2, retain: false, topic: `/agent/${claimId}/outbound/v1/agent-connection` })
  expect(String(connection?.connect.will?.payload)).toBe(`will ${sessionIdUs}`)
  expect(connection?.subscriptions).toEqual([`/agent/${claimId}/inbound/v1/cmd`, `/agent/${claimId}/inbound/v1/cmd/+`])
  expect(opened[0]?.sessionIdUs).toBe(sessionIdUs)
})

it('[AL9] routes what the cloud sends by the last level of its topic alone', async () => {
  const { cloud, link, messages, reach } = await scene()
  link.start()
  await reach('online')

  cloud.links[0]?.send('SendNodeInstances', bytes('one'))
  cloud.links[0]?.send('', bytes('two'))
  await cloud.until(() => (messages.length >= 2 ? true : undefined))

  expect(messages).toEqual([
    ['SendNodeInstances', 'one'],
    ['cmd', 'two'],
  ])
})

it('[AL11] comes back at once after a stable connection was cut, and with growing waits while it fails', async () => {
  const { cloud, link, clock, reach, states, closings, hellos } = await scene()
  link.start()
  await reach('online')
  await Promise.all(hellos)
  cloud.setOverride((step) => (step === 'env' ? { status: 503 } : undefined))

  cloud.links[0]?.cut()

  expect(await reach('waiting')).toMatchObject({ untilMs: clock.nowMs() })
  expect(await reach('waiting', 2)).toMatchObject({
    untilMs: clock.nowMs() + 1000,
    reason: 'The cloud refuses the discovery step with status 503.',
  })
  clock.advance(1000)
  expect(await reach('waiting', 3)).toMatchObject({ untilMs: clock.nowMs() + 2000 })
  cloud.setOverride(undefined)
  clock.advance(2000)
  await reach('online', 2)
  expect(closings.count).toBe(1)
  expect(states.map(({ kind }) => kind)).toEqual([
    'connecting',
    'online',
    'waiting',
    'connecting',
    'waiting',
    'connecting',
    'waiting',
    'connecting',
    'online',
  ])
})

it('[AL11] a connection that ended before it was stable counts as a failure', async () => {
  const { cloud, link, clock, reach } = await scene({ hello: 1 })
  link.start()
  await reach('online')
  cloud.links[0]?.cut()
  expect(await reach('waiting')).toMatchObject({ untilMs: clock.nowMs() + 1000 })
})

it('[AL12] waits exactly as long as a refusal orders', async () => {
  const refusal = errorAnswer({ code: 'x', key: 'ErrLater', message: 'm', retryDelayS: 7 })
  const { link, clock, reach, cloud } = await scene()
  cloud.setOverride((step) => (step === 'challenge' ? { status: 404, body: refusal } : undefined))
  link.start()
  expect(await reach('waiting')).toMatchObject({
    untilMs: clock.nowMs() + 7000,
    banned: false,
    reason: expect.stringContaining('(ErrLater)') as string,
  })
  cloud.setOverride(undefined)
  clock.advance(7000)
  await reach('online')
})

it('[AL12] a banned agent asks once a minute, and works when it is let in', async () => {
  const refusal = errorAnswer({ code: 'x', key: 'ErrGone', message: 'm', nonRetryable: true })
  const { link, clock, reach, cloud } = await scene()
  cloud.setOverride((step) => (step === 'challenge' ? { status: 403, body: refusal } : undefined))
  link.start()
  expect(await reach('waiting')).toMatchObject({ untilMs: clock.nowMs() + bannedDelayMs, banned: true })
  clock.advance(bannedDelayMs)
  expect(await reach('waiting', 2)).toMatchObject({ untilMs: clock.nowMs() + bannedDelayMs, banned: true })
  cloud.setOverride(undefined)
  clock.advance(bannedDelayMs)
  await reach('online')
})

it('[AL111] whoever is let in again is not banned any more', async () => {
  const { link, clock, opened, reach, cloud } = await scene()
  link.start()
  await reach('online')
  opened[0]?.leave({ reconnectAfterS: 0, ban: true })
  expect(await reach('waiting')).toMatchObject({ banned: true })
  clock.advance(bannedDelayMs)
  await reach('online', 2)
  cloud.links[1]?.cut()
  expect(await reach('waiting', 2)).toMatchObject({ banned: false })
})

it('[AL12] a challenge for another key is told and retried, never answered', async () => {
  const { link, reach, cloud } = await scene()
  cloud.setOverride((step) =>
    step === 'challenge' ? { status: 200, body: JSON.stringify({ challenge: Buffer.alloc(256, 1).toString('base64') }) } : undefined,
  )
  link.start()
  expect(await reach('waiting')).toMatchObject({ reason: expect.stringContaining('claim this host again') as string })
  expect(cloud.requests.some(({ path }) => path.endsWith('/password'))).toBe(false)
})

it('[AL13] leaves in order when asked, waits exactly as long, and comes back', async () => {
  const { cloud, link, clock, opened, reach } = await scene()
  link.start()
  await reach('online')
  await cloud.until(() => (cloud.heard.length >= 3 ? true : undefined))

  opened[0]?.leave({ reconnectAfterS: 30, ban: false })

  expect(await cloud.links[0]?.closed).toEqual({ code: 1000, hadDisconnect: true })
  expect(String(cloud.heard.at(-1)?.payload)).toMatch(/^farewell /)
  expect(await reach('waiting')).toMatchObject({ untilMs: clock.nowMs() + 30_000, banned: false })
  clock.advance(30_000)
  await reach('online', 2)
})

it('[AL13] an order to stay away marks the agent as banned', async () => {
  const { cloud, link, clock, opened, reach } = await scene()
  link.start()
  await reach('online')
  opened[0]?.leave({ reconnectAfterS: 0, ban: true })
  await cloud.links[0]?.closed
  expect(await reach('waiting')).toMatchObject({ untilMs: clock.nowMs() + bannedDelayMs, banned: true })
})

it('[AL14] stops in order: farewell, DISCONNECT, close 1000', async () => {
  const { cloud, link, reach, closings } = await scene()
  link.start()
  await reach('online')

  await Promise.all([link.stop(), link.stop()])

  expect(await cloud.links[0]?.closed).toEqual({ code: 1000, hadDisconnect: true })
  expect(String(cloud.heard.at(-1)?.payload)).toMatch(/^farewell /)
  expect(link.state).toEqual({ kind: 'stopped' })
  expect(closings.count).toBe(1)
})

it('[AL14] gives a silent cloud two seconds and a half, then drops the socket', async () => {
  const { cloud, link, clock, reach } = await scene({ acknowledges: false })
  link.start()
  await reach('online')
  const stopped = link.stop()
  await cloud.until(() => (cloud.heard.some(({ payload }) => String(payload).startsWith('farewell')) ? true : undefined))
  clock.advance(2_000)
  await turn()
  clock.advance(500)
  await stopped
  expect(link.state).toEqual({ kind: 'stopped' })
})

it('[AL14] stops while it waits or connects, and can start again', async () => {
  const { cloud, link, reach } = await scene()
  cloud.setOverride(() => ({ status: 500 }))
  link.start()
  await reach('waiting')
  await link.stop()
  cloud.setOverride(undefined)
  link.start()
  const stopped = link.stop()
  await stopped
  expect(link.state).toEqual({ kind: 'stopped' })
  link.start()
  await reach('online')
})

it('[AL15] sends a small packet as one frame and a large answer in frames of at most 128 KiB', async () => {
  const { cloud, link, opened, reach } = await scene()
  link.start()
  await reach('online')
  await cloud.until(() => (cloud.heard.length >= 3 ? true : undefined))
  const before = cloud.links[0]?.frameBytes.length ?? 0
  const payload = Buffer.alloc(300_000, 3)

  await opened[0]?.reply('/cloud/reply/1', payload)
  await opened[0]?.reply('/cloud/reply/2', bytes('small'))

  const frames = cloud.links[0]?.frameBytes.slice(before) ?? []
  expect(frames.length).toBe(4)
  expect(Math.max(...frames)).toBe(frameBytes)
  expect(Buffer.from(cloud.heard.at(-2)?.payload ?? []).equals(payload)).toBe(true)
})

it('[AL28] believes a DISCONNECT of the cloud and does not linger', async () => {
  const { cloud, link, reach } = await scene()
  link.start()
  await reach('online')
  cloud.links[0]?.sendPacket({ cmd: 'disconnect', reasonCode: 0x8e })
  expect(await reach('waiting')).toMatchObject({ reason: 'the cloud disconnected with reason 142' })
  await cloud.links[0]?.closed
})

it('[AL28] a publish on a link that ends is told, not lost in silence', async () => {
  const { cloud, link, opened, reach } = await scene({ acknowledges: false })
  link.start()
  await reach('online')
  const published = opened[0]?.publish('contexts-updated', bytes('x'))
  cloud.links[0]?.cut()
  await expect(published).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE' })
  await expect(opened[0]?.publish('contexts-updated', bytes('y'))).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE' })
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

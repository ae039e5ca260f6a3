import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createReaderNotes } from '../../cloud/api/compatible/reader-notes.ts'
import { createRoomNodes } from '../../cloud/api/compatible/room-nodes.ts'
import { createLocalBus } from '../../cloud/bus/local/local-bus.ts'
import { createRelay } from '../../cloud/relay/relay.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import { liveLimits } from '../../src/live/limits.ts'
import { silentLog } from '../../src/support/log.ts'
import { serveFakeAgent } from '../doubles/agents/fake-agent.ts'
import { openLiveBrowser } from '../doubles/people/live-browser.ts'
import { claimAgent } from '../doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

/** A node in a room, an observer who is in that room, and their browser with an open stream of the node. */
async function openStream() {
  const bench = await startTenancy()
  const { identity, clock, metadata, spaceId, ownerCookie } = bench
  const bus = createLocalBus()
  const relay = createRelay({
    bus,
    rights: identity.viewerRights,
    states: { stateOf: () => 'live', onChange: () => () => {} },
    rooms: createRoomNodes(metadata),
    notes: createReaderNotes({ record: async () => {} }),
    origin: 'https://localhost:8443',
    clock,
    log: silentLog,
    random: () => 0.5,
  })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => relay.handleUpgrade(request, socket, head))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await relay.close()
    server.close()
  })
  const { nodeId } = await claimAgent(metadata, spaceId)
  const agent = serveFakeAgent(bus, nodeId)
  const room = await metadata.rooms.create(spaceId, { name: 'Room', description: '', memberId: undefined })
  await metadata.nodes.place(spaceId, room.roomId, { add: [nodeId], remove: [] })
  const viewer = await bench.member('viewer@example.com', 'observer')
  await metadata.rooms.addMembers(spaceId, room.roomId, [viewer.memberId])

  const { port } = server.address() as AddressInfo
  const browser = await openLiveBrowser(`ws://127.0.0.1:${port}/live?space=${spaceId}`, {
    headers: { cookie: viewer.cookie },
    origin: 'https://localhost:8443',
  })
  browser.send({ type: 'subscribe', id: 1, nodeId, contexts: ['system.cpu'], cadenceMs: 1_000 })
  await browser.nextOf('subscribed')
  ;(await agent.question(0)).answer('values')
  await browser.nextOf('frame')
  return { ...bench, relay, browser, viewer, room, nodeId, cookie: ownerCookie }
}

const refused = { type: 'error', id: 1, code: 'NOT_FOUND' }

it('[SP25] who is taken out of a room loses the streams of its nodes within five seconds, and keeps the socket', async () => {
  const { call, clock, browser, relay, viewer, room, cookie } = await openStream()
  expect((await call('PUT', `${ownApi}/rooms/${room.roomId}/members`, { cookie, body: { remove: [viewer.memberId] } })).status).toBe(204)
  expect(liveLimits.rightsCheckMs).toBeLessThanOrEqual(5_000)
  clock.advance(liveLimits.rightsCheckMs)
  expect(await browser.nextOf('error')).toMatchObject(refused)
  expect(relay.stats()).toMatchObject({ viewers: 1, subscriptions: 0 })
})

it('[SP25] a node that leaves the room, or a room that is deleted, takes its streams along', async () => {
  for (const act of ['node', 'room'] as const) {
    const { call, clock, browser, relay, room, nodeId, cookie } = await openStream()
    const path = `${ownApi}/rooms/${room.roomId}`
    if (act === 'node') await call('PUT', `${path}/nodes`, { cookie, body: { remove: [nodeId satisfies NodeId] } })
    else await call('DELETE', path, { cookie })
    clock.advance(liveLimits.rightsCheckMs)
    expect(await browser.nextOf('error')).toMatchObject(refused)
    expect(relay.stats().subscriptions).toBe(0)
  }
})

it('[SP25] who is removed from the space, or leaves it, or whose role sees no node any more, loses them too', async () => {
  for (const act of ['removed', 'left', 'billing', 'deleted'] as const) {
    const { call, clock, browser, relay, viewer, cookie } = await openStream()
    const member = `${ownApi}/members/${viewer.memberId}`
    const { status } = await (act === 'removed'
      ? call('DELETE', member, { cookie })
      : act === 'left'
        ? call('POST', `${ownApi}/space/leave`, { cookie: viewer.cookie })
        : act === 'billing'
          ? call('PATCH', member, { cookie, body: { role: 'billing' } })
          : call('DELETE', `${ownApi}/space`, { cookie, body: { name: 'My space' } }))
    expect(status).toBeLessThan(300)
    clock.advance(liveLimits.rightsCheckMs)
    if (act === 'billing') expect(await browser.nextOf('error')).toMatchObject(refused)
    else await browser.closed
    expect(relay.stats().subscriptions).toBe(0)
  }
})

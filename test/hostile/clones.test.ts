import { expect, it } from 'vitest'
import { ContextsSnapshotSchema, UpdateNodeInfoSchema } from '../../src/aclk/messages/index.ts'
import type { LinkedAgent } from '../doubles/agents/linked-agent.ts'
import { openMetadataDoor } from '../doubles/agents/metadata-door.ts'
import { credentialsOf, openRawLink, connectPacket } from '../doubles/agents/stand-in-agent.ts'
import { waitUntil } from '../doubles/wait-until.ts'

const context = (id: string, firstEntry: bigint) => ({ id, version: 1_795_000_000n, firstEntry, title: id, chartType: 'line', units: 'u' })

async function tellAll(agent: LinkedAgent, hostname: string, contextId: string, firstEntry: bigint): Promise<void> {
  const { claimId, machineGuid, nodeId } = agent
  await agent.sayReachable()
  await agent.announce()
  await agent.publish('node-instance-info', UpdateNodeInfoSchema, { claimId, machineGuid, data: { name: hostname } })
  const contexts = [context(contextId, firstEntry)]
  const version = 1_795_000_000n - firstEntry
  await agent.publish('contexts-snapshot', ContextsSnapshotSchema, { claimId, nodeId, contexts, version })
}

const asClosed = ({ cmd }: { cmd: string }) => cmd === 'disconnect'

/** A host, and a copy of its disk that was claimed anew: both run. */
async function openCopies() {
  const lab = await openMetadataDoor()
  const original = await lab.claim()
  const first = await lab.link(original)
  await tellAll(first, 'original', 'system.original', 1_790_000_000n)
  lab.door.clock.advance(1_000)
  const copy = await lab.claim(original.machineGuid)
  // The machine was claimed again, as far as anybody can know: its former link ends.
  await first.raw.packet(asClosed)
  return { ...lab, original, copy, nodeId: first.nodeId }
}

it('[GW104] a machine whose claim a copy of it superseded is linked beside the copy once it proves its key, and the owner is shown both', async () => {
  const { door, original, copy, link, nodeId, metadata, spaceId } = await openCopies()
  const second = await link(copy)
  await tellAll(second, 'copy', 'system.copy', 1_794_000_000n)
  expect(door.presence.cloneOf(nodeId)).toBeUndefined()

  const again = await link(original, 1_795_297_082_882_999n)
  await tellAll(again, 'original', 'system.original', 1_790_000_000n)
  door.clock.advance(1_000)
  expect(door.presence.cloneOf(nodeId)).toMatchObject({ kind: 'machine-guid' })
  expect(door.gateway.links()).toBe(2)
  expect(door.presence.instancesOf(nodeId).map(({ claimId }) => claimId)).toEqual([original.claimId, copy.claimId].sort())

  // Neither overwrote the other: contexts under each claim, the facts of the one that was claimed later.
  const of = async (claimId: string) =>
    metadata.contexts.versionHash((await metadata.claims.find(claimId as LinkedAgent['claimId']))!, nodeId)
  expect([await of(original.claimId), await of(copy.claimId)]).toEqual([5_000_000n, 1_000_000n])
  expect(await metadata.nodes.get(spaceId, nodeId)).toMatchObject({ hostname: 'copy', info: { hostname: 'copy' } })
  // Questions go to the one that was claimed later, too, although the other has the longer history.
  expect(door.bus.route(nodeId, 'data')?.claimId).toBe(copy.claimId)

  second.raw.socket.terminate()
  await waitUntil(() => (door.gateway.links() === 1 ? true : undefined))
  door.clock.advance(1_000)
  expect(door.bus.route(nodeId, 'data')).toMatchObject({ claimId: original.claimId, isDouble: false })
  // Both come back as they are; nothing supersedes anything by itself.
  await link(copy, 1_795_297_082_883_999n)
  expect(door.gateway.links()).toBe(2)
})

it('[GW105] while the newer claim of a machine has no link, a superseded one is refused like an unknown one', async () => {
  const { door, original } = await openCopies()
  await expect(credentialsOf(door.port, original.claimId)).rejects.toThrow()
  expect(door.gateway.links()).toBe(0)
})

it('[GW105] a wrong proof revives no superseded claim', async () => {
  const { door, original, copy, link, metadata } = await openCopies()
  await link(copy)
  const { generateKeyPairSync } = await import('node:crypto')
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  await expect(credentialsOf(door.port, original.claimId, stranger)).rejects.toThrow()
  expect(await metadata.claims.find(original.claimId as LinkedAgent['claimId'])).toBeUndefined()
})

it('[GW106] a claim that two hosts use is shown after a few takeovers of a healthy link; the held one waits, and the other works on', async () => {
  const { door, claim, link } = await openMetadataDoor()
  const shared = await claim()
  let current = await link(shared)
  const { nodeId } = current
  let sessionId = current.sessionId
  for (let takeovers = 1; takeovers <= 5; takeovers++) {
    expect(door.presence.cloneOf(nodeId)).toBeUndefined()
    door.clock.advance(20_000)
    current = await link(shared, ++sessionId)
    await current.sayReachable()
  }
  expect(door.presence.cloneOf(nodeId)).toMatchObject({ kind: 'claim' })

  while (!door.lines.some(({ event }) => event === 'agent_flaps')) {
    const raw = await openRawLink(door.port)
    raw.send(connectPacket(await credentialsOf(door.port, shared.claimId), undefined))
    const connack = await raw.packet(({ cmd }) => cmd === 'connack')
    if (connack.cmd === 'connack' && connack.reasonCode === 0) current = { ...current, raw }
  }
  // Held: the one that stayed keeps its link; when the hold ends the next healthy takeover is held at once.
  await expect(credentialsOf(door.port, shared.claimId)).rejects.toThrow()
  expect([door.gateway.links(), current.raw.socket.readyState]).toEqual([1, current.raw.socket.OPEN])
  const ping = () => current.raw.send(Buffer.from('c000', 'hex'))
  for (let waitedMs = 0; waitedMs < 300_000; waitedMs += 30_000) {
    door.clock.advance(30_000)
    const pings = current.raw.packets.filter(({ cmd }) => cmd === 'pingresp').length
    ping()
    await waitUntil(() => (current.raw.packets.filter(({ cmd }) => cmd === 'pingresp').length > pings ? true : undefined))
  }
  const raw = await openRawLink(door.port)
  raw.send(connectPacket(await credentialsOf(door.port, shared.claimId), undefined))
  expect(await raw.packet(({ cmd }) => cmd === 'connack')).toMatchObject({ reasonCode: 0x9f })
  expect([door.gateway.links(), current.raw.socket.readyState]).toEqual([1, current.raw.socket.OPEN])
  expect(door.presence.cloneOf(nodeId)).toMatchObject({ kind: 'claim' })
})

it('[GW107] takeovers of links that had fallen silent are no clone', async () => {
  const { door, claim, link } = await openMetadataDoor()
  const one = await claim()
  let agent = await link(one)
  let { sessionId } = agent
  for (let takeovers = 1; takeovers <= 8; takeovers++) {
    door.clock.advance(60_000)
    agent = await link(one, ++sessionId)
  }
  expect(door.presence.cloneOf(agent.nodeId)).toBeUndefined()
})

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { openGatewayDoor } from '../../test/doubles/agents/gateway-door.ts'
import { linkAgent, willOf } from '../../test/doubles/agents/linked-agent.ts'
import { createMemoryMetadata } from '../../test/doubles/stores/memory-metadata.ts'
import {
  call,
  claimBody,
  claimStandIn,
  connectPacket,
  credentialsOf,
  openRawLink,
  standInKey,
} from '../../test/doubles/agents/stand-in-agent.ts'
import { waitUntil } from '../../test/doubles/wait-until.ts'
import { CreateNodeInstanceResultSchema, CreateNodeInstanceSchema, DisconnectReqSchema } from '../../src/aclk/messages/index.ts'
import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'

async function setup() {
  const metadata = createMemoryMetadata()
  const door = await openGatewayDoor(metadata.ports)
  const { spaceId } = [...metadata.claims.values()][0] ?? { spaceId: undefined }
  return { metadata, door, spaceId }
}

const reasonsOf = (door: Awaited<ReturnType<typeof setup>>['door'], spaceId: SpaceId) =>
  door.gateway.attempts.list(spaceId).map(({ stage, reason }) => `${stage} ${reason}`)
const challengePath = (claimId: string) => `/api/v1/auth/node/${claimId}/challenge`

it('[GW145] removing a live node bans its agent and ends its link within two seconds, and viewers are told at once', async () => {
  const { door, metadata } = await setup()
  const agent = await linkAgent(door, metadata)
  await agent.sayReachable()
  await agent.announce()
  await waitUntil(() => door.bus.route(agent.nodeId))
  const told: string[] = []
  door.presence.onChange(({ nodeId, state }) => told.push(`${nodeId} ${state}`))

  metadata.claims.delete(agent.claimId)
  door.gateway.nodeRemoved({ nodeId: agent.nodeId, claimIds: [agent.claimId] })

  expect(door.bus.route(agent.nodeId)).toBeUndefined()
  expect(told).toEqual([`${agent.nodeId} offline`])
  expect(door.presence.stateOf(agent.nodeId)).toBe('unseen')
  expect(await agent.command('DisconnectReq', DisconnectReqSchema)).toMatchObject({ permaban: true })
  door.clock.advance(2_000)
  await agent.raw.closed
  expect(door.gateway.links()).toBe(0)
  // Nothing of the node comes back when the grace of its lost link ends.
  door.clock.advance(120_000)
  expect(told).toHaveLength(1)
})

it('[GW146] a removed child is withdrawn from the link of its parent, which goes on', async () => {
  const { door, metadata } = await setup()
  const parent = await linkAgent(door, metadata)
  await parent.sayReachable()
  await parent.announce()
  await parent.publish('create-node-instance', CreateNodeInstanceSchema, {
    claimId: parent.claimId,
    machineGuid: randomUUID(),
    hostname: 'child',
    hops: 1,
  })
  const { nodeId } = await parent.command('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, 2)
  const child = nodeId as NodeId
  await parent.announce({ nodeId: child, hops: 1 })
  await waitUntil(() => door.bus.route(child))

  door.gateway.nodeRemoved({ nodeId: child, claimIds: [] })

  expect(door.bus.route(child)).toBeUndefined()
  expect(door.presence.stateOf(child)).toBe('unseen')
  expect(door.bus.route(parent.nodeId)).toBeDefined()
  expect(parent.commands('DisconnectReq')).toBe(0)
})

it('[GW147] unknown, removed and superseded claims are refused byte for byte alike: not to be retried, and without a delay', async () => {
  const { door, metadata } = await setup()
  const { claimId } = await claimStandIn(door.port, metadata.token)
  const fates = new Map<string, 'removed' | 'superseded'>()
  metadata.ports.claims.fate = async (id) => {
    const state = fates.get(id)
    return state === undefined ? undefined : { spaceId: 'space' as SpaceId, state }
  }
  metadata.claims.delete(claimId as ClaimId)
  const answers = []
  for (const fate of [undefined, 'removed', 'superseded'] as const) {
    if (fate !== undefined) fates.set(claimId, fate)
    answers.push(await call(door.port, 'GET', challengePath(claimId)))
    await waitUntil(() => reasonsOf(door, 'space' as SpaceId).includes(`challenge claim-${fate ?? 'unknown'}`) || undefined)
  }
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(JSON.parse(answers[0]?.text ?? '')).toMatchObject({ errorMsgKey: 'ErrNotFound', errorNonRetryable: true })
  // A banned agent comes once a minute and is let in as soon as it may (aclk §4.9); an ordered delay would hold back a re-claim.
  expect(JSON.parse(answers[0]?.text ?? '')).not.toHaveProperty('errorRetryDelaySeconds')
})

it('[GW148] claims, challenges, proofs and links stand in the journal as they went', async () => {
  const { door, metadata } = await setup()
  const claim = (changes: Record<string, unknown>) => {
    const claimId = randomUUID()
    const body = claimBody({ claimId, machineGuid: randomUUID(), publicKeyPem: standInKey().publicKeyPem, token: metadata.token })
    return call(
      door.port,
      'PUT',
      `/api/v1/spaces/nodes/${claimId}`,
      JSON.stringify({ ...(JSON.parse(body) as Record<string, unknown>), ...changes }),
    )
  }
  await claim({ token: 'token-that-nobody-made' })
  await claim({ publicKey: 'no key' })
  await claim({ rooms: 'all' })
  const agent = await linkAgent(door, metadata)
  const wrong = JSON.stringify({ response: Buffer.alloc(32).toString('base64') })
  await call(door.port, 'POST', `/api/v1/auth/node/${agent.claimId}/password`, wrong)
  const used = await credentialsOf(door.port, agent.claimId)
  for (let i = 0; i < 2; i++) {
    const raw = await openRawLink(door.port)
    raw.send(connectPacket({ ...used, ...(i === 1 ? { password: 'other' } : {}) }, willOf(agent.claimId, 2n)))
    await raw.packet(({ cmd }) => cmd === 'connack')
    if (i === 1) await raw.closed
  }
  const seen = reasonsOf(door, metadata.claims.get(agent.claimId)?.spaceId as SpaceId)
  expect(seen).toEqual(
    expect.arrayContaining([
      'claim token-unknown',
      'claim key-invalid',
      'claim claim-malformed',
      'claim claimed',
      'link connected',
      'password proof-wrong',
      'link credentials-refused',
    ]),
  )
  const words = JSON.stringify(door.gateway.attempts.list(metadata.claims.get(agent.claimId)?.spaceId as SpaceId))
  expect(words).not.toContain(metadata.token)
  expect(words).not.toContain('that-nobody-made')
  expect(JSON.stringify(door.lines)).not.toContain('127.0.0.1')
})

it('[GW148] a first packet that is no CONNECT stands in the journal', async () => {
  const { door } = await setup()
  const raw = await openRawLink(door.port)
  raw.send(Buffer.from([0xc0, 0x00]))
  await raw.closed
  expect(reasonsOf(door, 'space' as SpaceId)).toEqual(['link link-protocol'])
})

it('[BN10] the link of a banned claim is cut within two seconds, the agent is refused with a time to come back, and others go on', async () => {
  const metadata = createMemoryMetadata()
  const banned = new Set<string>()
  const bans = { hasClaim: (claimId: string) => banned.has(claimId), hasAddress: (address: string) => banned.has(address) }
  const door = await openGatewayDoor(metadata.ports, undefined, undefined, bans)
  const agent = await linkAgent(door, metadata)
  await agent.sayReachable()
  banned.add(agent.claimId)
  door.gateway.cutBanned()
  expect(await agent.command('DisconnectReq', DisconnectReqSchema)).toMatchObject({ permaban: false })
  door.clock.advance(2_000)
  await agent.raw.closed
  expect(door.gateway.links()).toBe(0)
  const refused = await call(door.port, 'GET', challengePath(agent.claimId))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '600'])
  banned.clear()
  expect((await call(door.port, 'GET', challengePath(agent.claimId))).status).toBe(200)
})

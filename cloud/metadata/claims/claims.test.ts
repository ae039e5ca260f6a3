import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { claimAgent, newUuid, publicKeyPem, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { ClaimId, MachineGuid, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createMetadata } from '../metadata.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let failing: FailingStore
beforeEach(async () => {
  lab = await startMetadata((store) => (failing = createFailingStore(store)))
})
afterEach(() => lab.dispose())

const oneUse = async (spaceId = lab.spaceId) =>
  (await lab.metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 60_000, uses: 1 })).token

/** A second space, made by hand: the service makes only the first. */
async function otherSpace(): Promise<SpaceId> {
  const spaceId = newUuid<SpaceId>()
  await lab.store.write({ ...keys.space(spaceId), kind: 'space', data: { name: 'Other', createdAtMs: 0 } }, 'absent')
  return spaceId
}

it('[MD9] a claim makes the node, and is found with key, machine and node', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const agent = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, hostname: 'web-1' })
  expect(agent).toMatchObject({ spaceId: lab.spaceId, machineGuid, publicKeyPem: publicKeyPem() })
  expect(await lab.metadata.nodes.list(lab.spaceId)).toMatchObject([
    { nodeId: agent.nodeId, machineGuid, hostname: 'web-1', info: undefined },
  ])
  expect(await lab.metadata.claims.find(newUuid<ClaimId>())).toBeUndefined()
})

it('[MD10] the same claim again is done already: it takes no use and asks for no token, also with other line ends in the key', async () => {
  const [claimId, machineGuid] = [newUuid<ClaimId>(), newUuid<MachineGuid>()]
  const agent = await claimAgent(lab.metadata, lab.spaceId, { claimId, machineGuid })
  const request = { claimId, machineGuid, hostname: 'web-1', token: 'spent', roomIds: [] }
  await lab.metadata.claims.claim({ ...request, publicKeyPem: publicKeyPem() })
  await lab.metadata.claims.claim({ ...request, publicKeyPem: publicKeyPem().replaceAll('\n', '\r\n') })
  expect(await lab.metadata.claims.find(claimId)).toEqual(agent)
})

it('[MD11] a claimed id keeps its key and machine: anything else is CLAIM_CONFLICT and changes nothing', async () => {
  const [claimId, machineGuid] = [newUuid<ClaimId>(), newUuid<MachineGuid>()]
  const agent = await claimAgent(lab.metadata, lab.spaceId, { claimId, machineGuid })
  const token = await oneUse()
  for (const other of [{ key: 'B', machineGuid }, { machineGuid: newUuid<MachineGuid>() }]) {
    await expect(claimAgent(lab.metadata, lab.spaceId, { claimId, token, ...other })).rejects.toMatchObject({ code: 'CLAIM_CONFLICT' })
  }
  const token2 = await oneUse(await otherSpace())
  await expect(claimAgent(lab.metadata, lab.spaceId, { claimId, machineGuid, token: token2 })).rejects.toMatchObject({
    code: 'CLAIM_CONFLICT',
  })
  expect(await lab.metadata.claims.find(claimId)).toEqual(agent)
  expect(await lab.metadata.nodes.list(lab.spaceId)).toHaveLength(1)
  await claimAgent(lab.metadata, lab.spaceId, { token })
})

it('[MD12] another claim id of a machine known in the space keeps its node and supersedes the claim before', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  const second = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, key: 'B' })
  const third = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, key: 'C' })
  expect([second.nodeId, third.nodeId]).toEqual([first.nodeId, first.nodeId])
  expect(await lab.metadata.claims.find(first.claimId)).toBeUndefined()
  expect(await lab.metadata.claims.find(second.claimId)).toBeUndefined()
  expect(await lab.metadata.claims.find(third.claimId)).toEqual(third)
  expect(await lab.metadata.nodes.list(lab.spaceId)).toHaveLength(1)
})

it('[MD12] a superseded claim comes back with its own key and a token', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  const second = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, key: 'B' })
  await expect(claimAgent(lab.metadata, lab.spaceId, { claimId: first.claimId, machineGuid, token: 'none' })).rejects.toMatchObject({
    code: 'CLAIM_TOKEN_REFUSED',
  })
  expect(await claimAgent(lab.metadata, lab.spaceId, { claimId: first.claimId, machineGuid })).toEqual(first)
  expect(await lab.metadata.claims.find(second.claimId)).toBeUndefined()
})

it('[MD13] a machine claimed in another space is another node, and each claim stays', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const here = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  const spaceId = await otherSpace()
  const there = await claimAgent(lab.metadata, spaceId, { machineGuid })
  expect(there.nodeId).not.toBe(here.nodeId)
  expect(there.spaceId).toBe(spaceId)
  expect(await lab.metadata.claims.find(here.claimId)).toEqual(here)
  expect(await lab.metadata.nodes.get(lab.spaceId, there.nodeId)).toBeUndefined()
})

const crashes = [1, 2, 3, 4, 5, 6].flatMap((nth) => [
  { nth, when: 'before' as const },
  { nth, when: 'after' as const },
])

it.each(crashes)('[MD14] a claim that died $when write $nth is completed by a repeat, with one use of the token', async ({ nth, when }) => {
  const [claimId, machineGuid] = [newUuid<ClaimId>(), newUuid<MachineGuid>()]
  const token = await oneUse()
  failing.failAt(nth, when)
  await claimAgent(lab.metadata, lab.spaceId, { claimId, machineGuid, token }).catch(() => undefined)
  failing.heal()
  const agent = await claimAgent(lab.metadata, lab.spaceId, { claimId, machineGuid, token })
  expect(await lab.metadata.nodes.list(lab.spaceId)).toMatchObject([{ nodeId: agent.nodeId }])
  await expect(claimAgent(lab.metadata, lab.spaceId, { token })).rejects.toMatchObject({ code: 'CLAIM_TOKEN_REFUSED' })
})

/** The third write is the claim itself: after it the claim exists. */
it.each(crashes.filter(({ nth, when }) => nth < 3 || (nth === 3 && when === 'before')))(
  '[MD14] a claim that died $when write $nth before it existed lends its use to the next attempt under another claim id',
  async ({ nth, when }) => {
    const machineGuid = newUuid<MachineGuid>()
    const token = await oneUse()
    failing.failAt(nth, when)
    await expect(claimAgent(lab.metadata, lab.spaceId, { machineGuid, token })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    failing.heal()
    await claimAgent(lab.metadata, lab.spaceId, { machineGuid, token, key: 'B' })
    expect(await lab.metadata.nodes.list(lab.spaceId)).toHaveLength(1)
    await expect(claimAgent(lab.metadata, lab.spaceId, { machineGuid, token, key: 'C' })).rejects.toMatchObject({
      code: 'CLAIM_TOKEN_REFUSED',
    })
  },
)

it.each(crashes)('[MD15] a second claim that died $when write $nth leaves one active claim after the next one', async ({ nth, when }) => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  const [token2, token3] = [await oneUse(), await oneUse()]
  const claimId = newUuid<ClaimId>()
  failing.failAt(nth, when)
  await claimAgent(lab.metadata, lab.spaceId, { machineGuid, claimId, token: token2, key: 'B' }).catch(() => undefined)
  failing.heal()
  const third = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, token: token3, key: 'C' })
  expect(await lab.metadata.claims.find(first.claimId)).toBeUndefined()
  expect(await lab.metadata.claims.find(claimId)).toBeUndefined()
  expect(await lab.metadata.claims.find(third.claimId)).toEqual(third)
  expect(third.nodeId).toBe(first.nodeId)
})

it('[MD16] of two processes claiming one id with different keys one wins and the other is told of the conflict', async () => {
  const other = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
  const claimId = newUuid<ClaimId>()
  const tokens = [await oneUse(), await oneUse()]
  const outcomes = await Promise.allSettled([
    claimAgent(lab.metadata, lab.spaceId, { claimId, token: tokens[0] ?? '', key: 'A' }),
    claimAgent(other, lab.spaceId, { claimId, token: tokens[1] ?? '', key: 'B' }),
  ])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CLAIM_CONFLICT' } })
  expect(await lab.metadata.nodes.list(lab.spaceId)).toHaveLength(1)
})

it('[MD101] a superseded claim is found as such, and revived it is active beside the newer one until the next claim', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  const second = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, key: 'B' })
  const { claims } = lab.metadata
  expect([await claims.findSuperseded(first.claimId), await claims.findSuperseded(second.claimId)]).toEqual([first, undefined])
  await claims.revive(first.claimId)
  await claims.revive(first.claimId)
  expect([await claims.find(first.claimId), await claims.find(second.claimId)]).toEqual([first, second])
  const third = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, key: 'C' })
  expect([await claims.find(first.claimId), await claims.find(second.claimId), await claims.find(third.claimId)]).toEqual([
    undefined,
    undefined,
    third,
  ])
})

it('[MD101] a claim that is unknown, active or of a removed node is not revived', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  await claimAgent(lab.metadata, lab.spaceId, { machineGuid, key: 'B' })
  await lab.metadata.nodes.remove(lab.spaceId, first.nodeId)
  await lab.metadata.claims.revive(first.claimId)
  await lab.metadata.claims.revive(newUuid<ClaimId>())
  expect(await lab.metadata.claims.find(first.claimId)).toBeUndefined()
})

it('[DM21] a claim that was superseded is forgotten at its end, and one that is revived before stays', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const [old, back] = [
    await claimAgent(lab.metadata, lab.spaceId, { machineGuid }),
    await claimAgent(lab.metadata, lab.spaceId, { machineGuid }),
  ]
  const newest = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  await lab.metadata.claims.revive(back.claimId)
  lab.clock.advance(metadataLimits.endedClaimKeptMs)
  expect(await lab.metadata.claims.fate(old.claimId)).toBeUndefined()
  expect(await lab.metadata.claims.findSuperseded(old.claimId)).toBeUndefined()
  expect(await lab.metadata.claims.find(back.claimId)).toMatchObject({ machineGuid })
  expect(await lab.metadata.claims.find(newest.claimId)).toMatchObject({ machineGuid })
})

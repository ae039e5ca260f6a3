import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { capabilities, claimAgent, newUuid, nodeInfo, someContexts, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { ClaimId, MachineGuid, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { listAll } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { createMetadata } from '../metadata.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let failing: FailingStore
beforeEach(async () => {
  lab = await startMetadata((store) => (failing = createFailingStore(store)))
})
afterEach(() => lab.dispose())

const nodes = () => lab.metadata.nodes
const remove = (nodeId: NodeId, spaceId = lab.spaceId) => nodes().remove(spaceId, nodeId)
const sorts = async (spaceId = lab.spaceId) => (await listAll(lab.store, spacePartition(spaceId), '')).map(({ sort }) => sort)

/** A claimed agent whose node, contexts and alerts are stored. */
async function knownAgent(machineGuid = newUuid<MachineGuid>(), spaceId = lab.spaceId) {
  const agent = await claimAgent(lab.metadata, spaceId, { machineGuid, hostname: 'web-1' })
  await nodes().instance(agent, { nodeId: agent.nodeId, hops: 0, capabilities })
  await nodes().info(agent, machineGuid, nodeInfo('web-1'))
  await lab.metadata.contexts.snapshot(agent, agent.nodeId, someContexts(20))
  await lab.metadata.alerts.snapshot(agent, agent.nodeId, [])
  return agent
}

async function otherSpace(): Promise<SpaceId> {
  const spaceId = newUuid<SpaceId>()
  await lab.store.write({ ...keys.space(spaceId), kind: 'space', data: { name: 'Other', createdAtMs: 0 } }, 'absent')
  return spaceId
}

it('[MD120] a removed node is gone with its contexts, alerts and claims, and tombstones tell the mirror so', async () => {
  const agent = await knownAgent()
  expect(await remove(agent.nodeId)).toEqual({ nodeId: agent.nodeId, hostname: 'web-1', claimIds: [agent.claimId] })
  expect(await nodes().list(lab.spaceId)).toEqual([])
  expect(await nodes().isIn(lab.spaceId, agent.nodeId)).toBe(false)
  expect(await lab.metadata.claims.find(agent.claimId)).toBeUndefined()
  expect((await sorts()).filter((sort) => sort.includes(agent.nodeId))).toEqual([])
  const deleted = (await lab.store.pending(100)).filter(({ isDeleted }) => isDeleted).map(({ kind }) => kind)
  expect(deleted).toContain('node')
  expect(deleted).toContain('node-contexts')
  const claim = await lab.store.read(keys.claim(agent.claimId))
  expect(claim?.data).toMatchObject({ state: 'removed', hostname: '', publicKeyPem: '', roomIds: [] })
})

it('[MD120] a node that never linked is removed alike', async () => {
  const agent = await claimAgent(lab.metadata, lab.spaceId)
  expect((await remove(agent.nodeId))?.claimIds).toEqual([agent.claimId])
  expect(await lab.metadata.claims.find(agent.claimId)).toBeUndefined()
})

it('[MD121] foreign and absent nodes are undefined alike, and nothing changes', async () => {
  const agent = await knownAgent()
  expect(await remove(agent.nodeId, await otherSpace())).toBeUndefined()
  expect(await remove(newUuid<NodeId>())).toBeUndefined()
  expect(await lab.metadata.claims.find(agent.claimId)).toEqual(agent)
  expect(await nodes().isIn(lab.spaceId, agent.nodeId)).toBe(true)
})

it('[MD122] what a removed agent still tells is refused and brings nothing back', async () => {
  const agent = await knownAgent()
  await remove(agent.nodeId)
  const before = await sorts()
  expect(await nodes().instance(agent, { nodeId: agent.nodeId, hops: 0, capabilities })).toBeUndefined()
  for (const call of [
    () => nodes().nodeOf(agent, { machineGuid: agent.machineGuid, hostname: 'web-1', hops: 0 }),
    () => nodes().info(agent, agent.machineGuid, nodeInfo('web-1')),
    () => nodes().collectors(agent, agent.nodeId, []),
    () => lab.metadata.contexts.snapshot(agent, agent.nodeId, someContexts(3)),
    () => lab.metadata.contexts.updated(agent, agent.nodeId, []),
    () => lab.metadata.alerts.snapshot(agent, agent.nodeId, []),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
  expect(await sorts()).toEqual(before)
})

it('[MD123] a removed machine that is claimed again gets a fresh node, under another claim id or the same', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await knownAgent(machineGuid)
  await remove(first.nodeId)
  const second = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  expect(second.nodeId).not.toBe(first.nodeId)
  expect(await nodes().get(lab.spaceId, second.nodeId)).toMatchObject({ info: undefined, instances: {} })
  await remove(second.nodeId)
  // Agents 1.x claim under their machine guid again and again (aclk §1.1).
  const third = await claimAgent(lab.metadata, lab.spaceId, { machineGuid, claimId: second.claimId })
  expect([first.nodeId, second.nodeId]).not.toContain(third.nodeId)
  expect((await nodes().list(lab.spaceId)).map(({ nodeId }) => nodeId)).toEqual([third.nodeId])
  await nodes().info(third, machineGuid, nodeInfo('web-1'))
})

it('[MD124] a removed child is not brought back by its parent for a day, then it is a new node', async () => {
  const parent = await knownAgent()
  const machineGuid = newUuid<MachineGuid>()
  const announce = () => nodes().nodeOf(parent, { machineGuid, hostname: 'child', hops: 1 })
  const child = await announce()
  await lab.metadata.contexts.snapshot(parent, child, someContexts(3))
  expect(await remove(child)).toEqual({ nodeId: child, hostname: 'child', claimIds: [] })

  expect(await nodes().instance(parent, { nodeId: child, hops: 1, capabilities })).toBeUndefined()
  await expect(lab.metadata.contexts.snapshot(parent, child, someContexts(3))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  lab.clock.advance(metadataLimits.removedMachineMs - 1)
  await expect(announce()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(nodes().info(parent, machineGuid, nodeInfo('child'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await nodes().list(lab.spaceId)).toHaveLength(1)
  expect(await lab.metadata.claims.find(parent.claimId)).toEqual(parent)

  lab.clock.advance(1)
  const again = await announce()
  expect(again).not.toBe(child)
  expect(await nodes().list(lab.spaceId)).toHaveLength(2)
})

it('[MD124] a claim of the child itself brings it back at once', async () => {
  const parent = await knownAgent()
  const machineGuid = newUuid<MachineGuid>()
  const child = await nodes().nodeOf(parent, { machineGuid, hostname: 'child', hops: 1 })
  await remove(child)
  const claimed = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  expect(claimed.nodeId).not.toBe(child)
  expect(await nodes().nodeOf(parent, { machineGuid, hostname: 'child', hops: 1 })).toBe(claimed.nodeId)
})

it('[MD125] removing a parent leaves its children', async () => {
  const parent = await knownAgent()
  const child = await nodes().nodeOf(parent, { machineGuid: newUuid<MachineGuid>(), hostname: 'child', hops: 1 })
  await remove(parent.nodeId)
  expect((await nodes().list(lab.spaceId)).map(({ nodeId }) => nodeId)).toEqual([child])
})

it('[MD126] a machine claimed into another space has a node of its own there and nothing of the old one, which stays its space’s', async () => {
  const there = await otherSpace()
  const machineGuid = newUuid<MachineGuid>()
  const here = await knownAgent(machineGuid)
  const moved = await claimAgent(lab.metadata, there, { machineGuid })
  expect(moved.nodeId).not.toBe(here.nodeId)
  expect(await lab.metadata.contexts.list(there, moved.nodeId)).toEqual([])
  await expect(lab.metadata.contexts.snapshot(moved, here.nodeId, [])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  // Another space's token ends nothing here; the owner does.
  expect(await lab.metadata.claims.find(here.claimId)).toEqual(here)
  await remove(here.nodeId)
  expect(await nodes().list(lab.spaceId)).toEqual([])
  expect(await lab.metadata.claims.find(moved.claimId)).toEqual(moved)
})

it('[MD126] the claim id of a removed node may be claimed into another space', async () => {
  const there = await otherSpace()
  const machineGuid = newUuid<MachineGuid>()
  const claimId = machineGuid as string as ClaimId
  const here = await claimAgent(lab.metadata, lab.spaceId, { claimId, machineGuid })
  await expect(claimAgent(lab.metadata, there, { claimId, machineGuid })).rejects.toMatchObject({ code: 'CLAIM_CONFLICT' })
  await remove(here.nodeId)
  const moved = await claimAgent(lab.metadata, there, { claimId, machineGuid })
  expect(moved).toMatchObject({ spaceId: there, claimId })
  expect(await nodes().list(lab.spaceId)).toEqual([])
})

it.each(['before', 'after'] as const)('[MD127] a crash %s any write of a removal leaves what a second removal takes away', async (when) => {
  for (let nth = 1; ; nth++) {
    const agent = await knownAgent()
    failing.failAt(nth, when)
    await remove(agent.nodeId).catch(() => undefined)
    const hasFailed = failing.heal()
    // What a process remembered dies with it.
    const again = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
    await again.nodes.remove(lab.spaceId, agent.nodeId)
    expect(await again.nodes.list(lab.spaceId)).toEqual([])
    expect(await again.claims.find(agent.claimId)).toBeUndefined()
    expect((await sorts()).filter((sort) => sort.includes(`/${agent.nodeId}`))).toEqual([])
    if (!hasFailed) break
  }
})

it('[MD128] the fate of a claim is known for removed and superseded ones only', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const first = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  const second = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  expect(await lab.metadata.claims.fate(first.claimId)).toEqual({ spaceId: lab.spaceId, state: 'superseded' })
  expect(await lab.metadata.claims.fate(second.claimId)).toBeUndefined()
  await remove(second.nodeId)
  expect(await lab.metadata.claims.fate(second.claimId)).toEqual({ spaceId: lab.spaceId, state: 'removed' })
  expect(await lab.metadata.claims.fate(newUuid<ClaimId>())).toBeUndefined()
})

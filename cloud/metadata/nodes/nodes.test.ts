import { afterEach, beforeEach, expect, it } from 'vitest'
import { capabilities, claimAgent, newUuid, nodeInfo, someContexts, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { MachineGuid, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { NodeInfo } from '../../../src/domain/model.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { metadataLimits } from '../limits.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let agent: ClaimedAgent
beforeEach(async () => {
  lab = await startMetadata()
  agent = await claimAgent(lab.metadata, lab.spaceId, { hostname: 'parent' })
})
afterEach(() => lab.dispose())

const nodes = () => lab.metadata.nodes
const get = async (nodeId: NodeId) => {
  const node = await nodes().get(lab.spaceId, nodeId)
  if (node === undefined) throw new Error('the node is not there')
  return node
}
const addChild = (hostname = 'child', machineGuid = newUuid<MachineGuid>()) => nodes().nodeOf(agent, { machineGuid, hostname, hops: 1 })

it('[MD17] a machine has one node in a space for life, its own claim or not', async () => {
  expect(await nodes().nodeOf(agent, { machineGuid: agent.machineGuid, hostname: 'parent', hops: 0 })).toBe(agent.nodeId)
  const machineGuid = newUuid<MachineGuid>()
  const child = await addChild('child', machineGuid)
  expect(await addChild('child', machineGuid)).toBe(child)
  const claimed = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  expect(claimed.nodeId).toBe(child)
  expect((await nodes().list(lab.spaceId)).map(({ nodeId }) => nodeId).sort()).toEqual([agent.nodeId, child].sort())
})

it('[MD17] many announcements of one new machine at once make one node', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const ids = await Promise.all(Array.from({ length: 10 }, () => addChild('child', machineGuid)))
  expect(new Set(ids).size).toBe(1)
})

it('[MD18] an instance is kept with its hops and abilities, for the own node and for announced ones', async () => {
  const child = await addChild()
  expect(await nodes().instance(agent, { nodeId: agent.nodeId, hops: 0, capabilities })).toBe('known')
  expect(await nodes().instance(agent, { nodeId: child, hops: 1, capabilities: capabilities.slice(0, 2) })).toBe('known')
  expect((await get(agent.nodeId)).instances).toEqual({ [agent.claimId]: { hops: 0, capabilities } })
  expect((await get(child)).instances).toEqual({ [agent.claimId]: { hops: 1, capabilities: capabilities.slice(0, 2) } })
})

it('[MD19] an agent cannot speak for nodes it never announced, be they absent, of its space or of another', async () => {
  const stranger = await claimAgent(lab.metadata, lab.spaceId)
  const foreign: ClaimedAgent = { ...agent, spaceId: newUuid<SpaceId>() }
  for (const [who, nodeId] of [
    [stranger, agent.nodeId],
    [agent, newUuid<NodeId>()],
    [{ ...foreign, nodeId: newUuid<NodeId>() }, agent.nodeId],
  ] as const) {
    expect(await nodes().instance(who, { nodeId, hops: 1, capabilities: [] })).toBeUndefined()
    for (const call of [
      () => nodes().collectors(who, nodeId, []),
      () => lab.metadata.contexts.snapshot(who, nodeId, []),
      () => lab.metadata.contexts.versionHash(who, nodeId),
      () => lab.metadata.alerts.snapshot(who, nodeId, []),
      () => lab.metadata.alerts.position(who, nodeId),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  }
  expect((await get(agent.nodeId)).instances).toEqual({})
  await expect(nodes().lastSeen(newUuid<NodeId>(), lab.spaceId, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('[MD20] after a re-claim the agent goes on with its nodes, and what was known through the old claim ends', async () => {
  const child = await addChild()
  await nodes().instance(agent, { nodeId: agent.nodeId, hops: 0, capabilities })
  await lab.metadata.contexts.snapshot(agent, child, someContexts(5))
  const again = await claimAgent(lab.metadata, lab.spaceId, { machineGuid: agent.machineGuid, key: 'B' })
  expect(await nodes().instance(again, { nodeId: agent.nodeId, hops: 0, capabilities })).toBe('known')
  expect(await nodes().instance(again, { nodeId: child, hops: 1, capabilities })).toBe('known')
  expect(Object.keys((await get(agent.nodeId)).instances)).toEqual([again.claimId])
  expect(Object.keys((await get(child)).instances)).toEqual([again.claimId])
  expect(await lab.metadata.contexts.list(lab.spaceId, child)).toEqual([])
})

it('[MD21] keeps the facts of a node field by field and nothing else of what was sent', async () => {
  const info = nodeInfo('web-1')
  await nodes().info(agent, agent.machineGuid, { ...info, secret: 'x' } as NodeInfo)
  const node = await get(agent.nodeId)
  expect(node.info).toEqual(info)
  expect(node.hostname).toBe('web-1')
})

it('[MD22] facts of a child may come before it is announced, and give it a node in the rooms of its parent', async () => {
  const machineGuid = newUuid<MachineGuid>()
  await nodes().info(agent, machineGuid, { ...nodeInfo('child-1'), isChild: true })
  const child = await addChild('child-1', machineGuid)
  expect(await get(child)).toMatchObject({ hostname: 'child-1', info: { isChild: true } })
})

it('[MD23] what a node says of itself counts more than what a parent says of it', async () => {
  const machineGuid = newUuid<MachineGuid>()
  const child = await addChild('as the parent says', machineGuid)
  await nodes().info(agent, machineGuid, nodeInfo('as the parent says'))
  const own = await claimAgent(lab.metadata, lab.spaceId, { machineGuid })
  await nodes().instance(own, { nodeId: child, hops: 0, capabilities })
  await nodes().info(own, machineGuid, nodeInfo('as it says itself'))
  await nodes().info(agent, machineGuid, nodeInfo('as the parent says'))
  await addChild('as the parent says', machineGuid)
  expect(await get(child)).toMatchObject({ hostname: 'as it says itself', info: { hostname: 'as it says itself' } })
  expect(Object.keys((await get(child)).instances).length).toBe(2)
})

it('[MD24] cleans host names: no control, bidirectional or broken characters, at most 253 bytes, never empty', async () => {
  const rows = [
    ['a\u0000b\nc', 'abc'],
    ['x\u202egpj.exe', 'xgpj.exe'],
    ['half\ud800', 'half'],
    ['\u200e\u0007', 'unnamed'],
    ['<b>bold</b>', '<b>bold</b>'],
    ['ü'.repeat(300), 'ü'.repeat(126)],
  ] as const
  for (const [hostname, kept] of rows) {
    await nodes().nodeOf(agent, { machineGuid: agent.machineGuid, hostname, hops: 0 })
    expect((await get(agent.nodeId)).hostname).toBe(kept)
  }
})

it('[MD25] holds labels to 256 of 200 and 800 bytes, and takes a label named __proto__ for a label', async () => {
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`l${String(n).padStart(3, '0')}`, 'v']))
  await nodes().info(agent, agent.machineGuid, { ...nodeInfo('h'), labels: many })
  expect(Object.keys((await get(agent.nodeId)).info?.labels ?? {})).toHaveLength(256)
  const labels = JSON.parse(`{"__proto__":"text","${'k'.repeat(300)}":"${'v'.repeat(900)}","bad\\u0000":"x\\ny"}`) as Record<string, string>
  await nodes().info(agent, agent.machineGuid, { ...nodeInfo('h'), labels })
  expect(Object.entries((await get(agent.nodeId)).info?.labels ?? {})).toEqual([
    ['__proto__', 'text'],
    ['bad', 'xy'],
    ['k'.repeat(200), 'v'.repeat(800)],
  ])
})

it('[MD25] stores the largest node an agent can describe', async () => {
  const text = (n: number) => `"${n}\\${'\\"'.repeat(120)}`
  const labels = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}${text(n)}`.slice(0, 200), text(n).repeat(4)]))
  await nodes().info(agent, agent.machineGuid, { ...nodeInfo(text(1)), labels, cpus: Number.NaN })
  await nodes().collectors(
    agent,
    agent.nodeId,
    Array.from({ length: 3000 }, (_, n) => ({ plugin: text(n), module: text(n) })),
  )
  expect((await get(agent.nodeId)).info?.cpus).toBe(0)
  expect((await get(agent.nodeId)).collectors.length).toBeLessThanOrEqual(metadataLimits.collectors)
})

it('[MD26] keeps collectors each once in an order of their own, so that the same ones again write nothing', async () => {
  const collectors = [
    { plugin: 'proc', module: 'stat' },
    { plugin: 'apps', module: '' },
    { plugin: 'proc', module: 'stat' },
  ]
  await nodes().collectors(agent, agent.nodeId, collectors)
  expect((await get(agent.nodeId)).collectors).toEqual([
    { plugin: 'apps', module: '' },
    { plugin: 'proc', module: 'stat' },
  ])
})

it('[MD27] remembers when a node was last seen, and never moves it back', async () => {
  expect((await get(agent.nodeId)).lastSeenAtMs).toBeUndefined()
  await nodes().lastSeen(agent.nodeId, lab.spaceId, 2000)
  await nodes().lastSeen(agent.nodeId, lab.spaceId, 1000)
  expect((await get(agent.nodeId)).lastSeenAtMs).toBe(2000)
  expect(await nodes().isIn(lab.spaceId, agent.nodeId)).toBe(true)
  expect(await nodes().isIn(newUuid<SpaceId>(), agent.nodeId)).toBe(false)
})

it('[MD28] changes of one node from many sides at once are all kept', async () => {
  const others = await Promise.all(Array.from({ length: 6 }, () => claimAgent(lab.metadata, lab.spaceId)))
  const machineGuid = newUuid<MachineGuid>()
  const ids = await Promise.all(others.map((other) => nodes().nodeOf(other, { machineGuid, hostname: 'child', hops: 1 })))
  expect(new Set(ids).size).toBe(1)
  const [nodeId = agent.nodeId] = ids
  await Promise.all(others.map((other, n) => nodes().instance(other, { nodeId, hops: n + 1, capabilities: [] })))
  expect(
    Object.values((await get(nodeId)).instances)
      .map(({ hops }) => hops)
      .sort((a, b) => a - b),
  ).toEqual([1, 2, 3, 4, 5, 6])
})

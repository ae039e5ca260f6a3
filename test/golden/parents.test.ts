import { afterEach, expect, it } from 'vitest'
import { ContextsSnapshotSchema, ContextsUpdatedSchema, ContextsCheckpointSchema } from '../../src/aclk/messages/index.ts'
import { encodeAnswer } from '../../src/aclk/query/response.ts'
import type { MachineGuid } from '../../src/domain/ids.ts'
import { contextsVersionHash } from '../../src/domain/version-hash.ts'
import { createCountingStore, type CountingStore } from '../doubles/stores/counting-store.ts'
import { newUuid, someContexts } from '../doubles/agents/metadata-agents.ts'
import { openSessionLab, type LabLink, type SessionLab } from '../doubles/agents/session-lab.ts'
import { questionOf } from '../doubles/agents/lab-questions.ts'

const labs: SessionLab[] = []
afterEach(() => {
  for (const lab of labs.splice(0)) lab.presence.close()
})
async function open(options: Parameters<typeof openSessionLab>[0] = {}) {
  const lab = await openSessionLab(options)
  labs.push(lab)
  return lab
}

const data = { method: 'GET', target: '/api/v1/data?context=system.cpu', timeoutMs: 1_000 } as const
const info = { method: 'GET', target: '/api/v1/info', timeoutMs: 1_000 } as const
const never = () => new AbortController().signal

const snapshot = (link: LabLink, nodeId: string, firstS: number, count = 1) => {
  const contexts = someContexts(count, firstS).map(({ firstEntryS, lastEntryS, priority, ...rest }) => ({
    ...rest,
    firstEntry: firstEntryS,
    lastEntry: lastEntryS,
    priority: BigInt(priority),
  }))
  const version = contextsVersionHash(
    contexts.map(({ version, firstEntry, lastEntry }) => ({ version, firstEntryS: firstEntry, lastEntryS: lastEntry })),
  )
  return link.tell('contexts-snapshot', ContextsSnapshotSchema, { claimId: link.agent.claimId, nodeId, contexts, version })
}

/** Two parents of one child, the second with the longer history. */
async function openParents() {
  const lab = await open()
  const guid = newUuid<MachineGuid>()
  const parents: LabLink[] = []
  for (const [index, firstS] of [1_795_000_000, 1_790_000_000].entries()) {
    const link = lab.connect(await lab.claim(), BigInt(index + 1))
    await link.reachable()
    await link.report(link.agent.nodeId, 'live', 0)
    const nodeId = await link.announce(guid, index + 1)
    await link.report(nodeId, 'live', index + 1)
    await snapshot(link, nodeId, firstS)
    parents.push(link)
  }
  const [near, far] = parents
  if (near === undefined || far === undefined) throw new Error('no parents')
  const nodeId = await near.announce(guid, 1)
  return { lab, near, far, nodeId }
}

it('[GW108] data of a child is asked of the parent with the longest history, the rest of the nearest; a reconnect knows it at once', async () => {
  const { lab, near, far, nodeId } = await openParents()
  const claims = () => [lab.bus.route(nodeId, 'data')?.claimId, lab.bus.route(nodeId, 'function')?.claimId]
  expect(claims()).toEqual([far.agent.claimId, near.agent.claimId])

  far.session.end(0)
  expect(claims()).toEqual([near.agent.claimId, near.agent.claimId])
  const again = lab.connect(far.agent, 9n)
  await again.reachable()
  await again.report(nodeId, 'live', 2)
  expect(claims()).toEqual([far.agent.claimId, near.agent.claimId])

  // Its old data is gone: its retention ended.
  const [context] = someContexts(1, 1_796_000_000)
  if (context === undefined) throw new Error('no context')
  const update = { ...context, firstEntry: context.firstEntryS, lastEntry: context.lastEntryS, priority: 1n }
  await again.tell('contexts-updated', ContextsUpdatedSchema, {
    claimId: far.agent.claimId,
    nodeId,
    contextUpdates: [update],
    versionHash: 1n,
  })
  expect(claims()).toEqual([near.agent.claimId, near.agent.claimId])

  // A parent that can only answer for the past is asked after one through which data flows.
  await near.report(nodeId, 'stale', 1)
  expect(claims()).toEqual([far.agent.claimId, far.agent.claimId])
})

it('[GW109] a question at a parent whose link ends is asked of the other parent at once', async () => {
  const { lab, near, far, nodeId } = await openParents()
  const pending = lab.bus.ask(nodeId, data, never())
  const lost = await questionOf(far)
  expect(lost.target).toBe(`/node/${nodeId}${data.target}`)
  far.session.end(0)
  const question = await questionOf(near)
  expect(question.target).toBe(`/node/${nodeId}${data.target}`)
  const { messageId } = question
  const answer = { messageId, httpStatus: 200, contentType: 'application/json', isGzip: false, body: Buffer.from('{}') }
  near.session.answer(messageId, Buffer.from(encodeAnswer({ ...answer, sessionIdUs: 1n, nowUs: 1n, executionUs: 1 })))
  await expect(pending).resolves.toMatchObject({ httpStatus: 200 })
  const next = lab.bus.ask(nodeId, info, never())
  near.session.answer((await questionOf(near)).messageId, Buffer.alloc(0))
  await expect(next).rejects.toMatchObject({ code: 'AGENT_PROTOCOL' })
})

it('[GW110] a child that its parents forgot has no route and is offline, and is known all the same', async () => {
  const { lab, near, far, nodeId } = await openParents()
  await near.report(nodeId, 'gone', 1)
  expect([lab.presence.stateOf(nodeId), lab.bus.route(nodeId)?.claimId]).toEqual(['live', far.agent.claimId])
  await far.report(nodeId, 'gone', 2)
  expect([lab.presence.stateOf(nodeId), lab.bus.route(nodeId), lab.presence.instancesOf(nodeId)]).toEqual(['offline', undefined, []])
  expect(await lab.metadata.nodes.isIn(lab.spaceId, nodeId)).toBe(true)
  // It may come back under its id.
  await near.report(nodeId, 'live', 1)
  expect([lab.presence.stateOf(nodeId), lab.bus.route(nodeId)?.claimId]).toEqual(['live', near.agent.claimId])
})

it('[GW111] a virtual node, which says no hops, is reached through its agent with one', async () => {
  const lab = await open()
  const link = lab.connect(await lab.claim(), 1n)
  await link.reachable()
  const nodeId = await link.announce(newUuid<MachineGuid>(), 0)
  await link.report(nodeId, 'live', 0)
  expect(nodeId).not.toBe(link.agent.nodeId)
  expect(lab.presence.instancesOf(nodeId)).toMatchObject([{ claimId: link.agent.claimId, hops: 1, isLive: true }])
})

it('[GW112] 20,000 contexts of a node are kept, and a reconnect of a parent with children and nothing new writes nothing', async () => {
  let counting: CountingStore | undefined
  const lab = await open({ wrap: (store) => (counting = createCountingStore(store)) })
  const agent = await lab.claim()
  const guids = Array.from({ length: 20 }, () => newUuid<MachineGuid>())
  const meet = async (sessionId: bigint) => {
    const link = lab.connect(agent, sessionId)
    await link.reachable()
    await link.report(await link.announce(agent.machineGuid, 0), 'live', 0)
    const nodeIds = [agent.nodeId]
    for (const guid of guids) {
      const nodeId = await link.announce(guid, 1)
      await link.report(nodeId, 'live', 1)
      nodeIds.push(nodeId)
    }
    return { link, nodeIds }
  }
  const { link, nodeIds } = await meet(1n)
  for (const [index, nodeId] of nodeIds.entries()) await snapshot(link, nodeId, 1_795_000_000, index === 0 ? 20_000 : 500)
  expect(await lab.metadata.contexts.list(lab.spaceId, agent.nodeId)).toHaveLength(20_000)
  link.session.end(0)
  counting?.take()

  const again = await meet(2n)
  const checkpoints = again.link.take('ContextsCheckpoint', ContextsCheckpointSchema)
  expect(checkpoints).toHaveLength(21)
  for (const { versionHash, nodeId } of checkpoints) {
    // What agents answer with silence: the hash is their own.
    expect(versionHash).toBe(contextsVersionHash(someContexts(nodeId === agent.nodeId ? 20_000 : 500, 1_795_000_000)))
  }
  expect(counting?.take()).toEqual({ total: 0, byKind: {} })
})

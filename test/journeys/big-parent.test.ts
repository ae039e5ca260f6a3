import { expect, it } from 'vitest'
import type { MachineGuid, NodeId } from '../../src/domain/ids.ts'
import { connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { someContexts } from '../doubles/agents/metadata-agents.ts'
import { openParentLab } from '../doubles/agents/parent-lab.ts'
import { connectParent } from '../bench/big-parent.ts'

const size = { children: 12, contexts: 2_000 }

it('[SIM3] a child with 2,000 contexts of the second parent like it costs at most 12 write units', async () => {
  const { store, metadata, spaceId, cloud, claim, door } = await openParentLab()
  const first = await connectParent(cloud, await claim('parent-1'), size)
  await first.settled()
  expect(first.children().every((nodeId) => nodeId !== undefined && door.presence.stateOf(nodeId) === 'live')).toBe(true)

  const second = await claim('parent-2')
  store.take()
  const parent = await connectParent(cloud, second, size)
  await parent.settled()
  const units = store.take()
  expect(units.total / size.children, JSON.stringify(units.byKind)).toBeLessThanOrEqual(12)
  expect(units.byKind['context-sheet']).toBeUndefined()
  const [childId] = parent.children()
  expect(await metadata.contexts.list(spaceId, childId as NodeId)).toHaveLength(size.contexts)
  expect(door.gateway.counts()).toMatchObject({ undecodable: 0, mismatched: 0, unannounced: 0, flooded: 0, storeTroubles: 0 })
})

it('[SIM4] a parent that returns with its children as they were writes nothing', async () => {
  const { store, cloud, claim, door } = await openParentLab()
  const identity = await claim('parent')
  const children = Array.from({ length: 5 }, (_, place) => ({
    machineGuid: `00000000-0000-4000-8000-00000000000${place}` as MachineGuid,
    hostname: `child-${place}`,
  }))
  const wishes = { children, childContexts: () => someContexts(300), contexts: someContexts(300) }
  const before = await connectSimulated(cloud, identity, wishes)
  await before.settled()
  before.close()
  await before.closed
  store.take()
  const known = children.map((child, place) => {
    const nodeId = before.children()[place]
    return nodeId === undefined ? child : { ...child, nodeId }
  })
  const after = await connectSimulated(cloud, identity, { ...wishes, children: known, nodeId: before.nodeId })
  await after.settled()
  expect(after.children()).toEqual(before.children())
  expect(store.take()).toEqual({ total: 0, byKind: {} })
  expect(door.presence.stateOf(after.nodeId)).toBe('live')
})

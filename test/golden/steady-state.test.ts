import { create, toBinary } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import {
  ContextsCheckpointSchema,
  ContextsSnapshotSchema,
  CreateNodeInstanceSchema,
  CreateNodeInstanceResultSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../src/aclk/messages/index.ts'
import { topicOf } from '../../src/aclk/topics/topics.ts'
import { contextsVersionHash } from '../../src/domain/version-hash.ts'
import { createCountingStore, type CountingStore } from '../doubles/stores/counting-store.ts'
import { newUuid, someContexts } from '../doubles/agents/metadata-agents.ts'
import { openMetadataDoor } from '../doubles/agents/metadata-door.ts'
import { bytesOf } from '../doubles/agents/stand-in-agent.ts'

const wire = (count: number) =>
  someContexts(count).map(({ id, version, firstEntryS, lastEntryS, title, priority, chartType, units, family }) => ({
    id,
    version,
    firstEntry: firstEntryS,
    lastEntry: lastEntryS,
    title,
    priority: BigInt(priority),
    chartType,
    units,
    family,
  }))

it('[GW112] over real sockets, a parent with 20,000 contexts and its children reconnect unchanged without one write', async () => {
  let counting: CountingStore | undefined
  const { door, claim, link, metadata, spaceId } = await openMetadataDoor((store) => (counting = createCountingStore(store)))
  const parent = await claim()
  const guids = Array.from({ length: 5 }, () => newUuid<string>())

  const meet = async (sessionId: bigint) => {
    const agent = await link(parent, sessionId)
    const { claimId } = agent
    await agent.sayReachable()
    await agent.announce()
    const nodeIds = [agent.nodeId as string]
    for (const machineGuid of guids) {
      await agent.publish('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid, hostname: machineGuid, hops: 1 })
      const { nodeId } = await agent.command('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, nodeIds.length + 1)
      const report = { claimId, nodeId, sessionId, liveness: true, queryable: true, hops: 1 }
      await agent.publish('node-instance-connection', UpdateNodeInstanceConnectionSchema, report)
      nodeIds.push(nodeId)
    }
    return { agent, nodeIds }
  }
  const { agent, nodeIds } = await meet(1n)
  for (const [index, nodeId] of nodeIds.entries()) {
    const count = index === 0 ? 20_000 : 300
    const message = { claimId: agent.claimId, nodeId, contexts: wire(count), version: contextsVersionHash(someContexts(count)) }
    const payload = Buffer.from(toBinary(ContextsSnapshotSchema, create(ContextsSnapshotSchema, message)))
    const topic = topicOf('contexts-snapshot', agent.claimId)
    const packetId = 1_000 + index
    const packet = bytesOf({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId: packetId })
    // Agents never send a frame above 128 KiB.
    const frames = Array.from({ length: Math.ceil(packet.length / 131_072) }, (_, n) => Math.min(131_072, packet.length - n * 131_072))
    agent.raw.send(packet, frames)
    await agent.acknowledged(packetId)
  }
  expect(await metadata.contexts.list(spaceId, agent.nodeId)).toHaveLength(20_000)
  agent.raw.socket.terminate()
  counting?.take()

  const again = await meet(2n)
  const hashes = []
  for (let nth = 1; nth <= nodeIds.length; nth++)
    hashes.push((await again.agent.command('ContextsCheckpoint', ContextsCheckpointSchema, nth)).versionHash)
  const expected = [20_000, 300, 300, 300, 300, 300].map((count) => contextsVersionHash(someContexts(count)))
  expect(hashes).toEqual(expected)
  expect(counting?.take()).toEqual({ total: 0, byKind: {} })
  expect(door.gateway.counts()).toMatchObject({ undecodable: 0, mismatched: 0, unannounced: 0 })
})

import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryMetadata } from '../../../test/doubles/stores/memory-metadata.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  ContextsCheckpointSchema,
  ContextsSnapshotSchema,
  ContextsUpdatedSchema,
  CreateNodeInstanceResultSchema,
  CreateNodeInstanceSchema,
  ProvideAlarmConfigurationSchema,
  SendAlarmConfigurationSchema,
  StartAlarmStreamingSchema,
  StopStreamingContextsSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeCollectorsSchema,
  UpdateNodeInfoSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../../src/aclk/messages/index.ts'
import type { CommandName, TopicName } from '../../../src/aclk/topics/topics.ts'
import type { AlertConfigHash, ClaimId, MachineGuid } from '../../../src/domain/ids.ts'
import { unknownVersionHash } from '../../../src/domain/version-hash.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createLocalBus } from '../../bus/local/local-bus.ts'
import { createPresence } from '../../presence/presence.ts'
import { createCounters } from '../counters.ts'
import type { AgentPublish } from '../link/link-session.ts'
import { createQuietWarn } from '../quiet-warn.ts'
import { AgentSession } from './agent-session.ts'
import { createAskedConfigs } from './asked-configs.ts'
import { createUnsettled } from './unsettled.ts'

const sessionId = 1_795_297_082_882_983n

async function setup({ wasLongAway = false }: { wasLongAway?: boolean } = {}) {
  const doubles = { isDouble: false }
  const clock = createHandClock()
  const metadata = createMemoryMetadata()
  const counters = createCounters()
  const presence = createPresence({ clock, log: silentLog })
  const bus = createLocalBus()
  const shared = {
    clock,
    warn: createQuietWarn({ log: silentLog, clock }),
    counters,
    ports: metadata.ports,
    presence,
    bus,
    askedConfigs: createAskedConfigs({ clock }),
    unsettled: createUnsettled(),
    isDouble: () => doubles.isDouble,
  }
  const claimId = randomUUID() as string as ClaimId
  const machineGuid = randomUUID() as string as MachineGuid
  await metadata.ports.claims.claim({ claimId, machineGuid, hostname: 'h', token: metadata.token, roomIds: [], publicKeyPem: 'pem' })
  const agent = await metadata.ports.claims.find(claimId)
  if (agent === undefined) throw new Error('not claimed')

  const begin = (isLongAway = wasLongAway) => {
    const sent: { name: string; payload: Uint8Array }[] = []
    const released: AgentPublish[] = []
    const resubmitted: AgentPublish[] = []
    const send = (topic: string, payload: Uint8Array) => {
      sent.push({ name: topic.split('/').at(-1) ?? '', payload })
      return true
    }
    const link = {
      send,
      ask: send,
      resubmit: (publish: AgentPublish) => void resubmitted.push(publish),
      release: (publish: AgentPublish) => void released.push(publish),
    }
    const session = new AgentSession(shared, link, agent, isLongAway)
    const tell = <Desc extends DescMessage>(name: TopicName, schema: Desc, message: MessageInitShape<Desc>) =>
      session.handle({ name, payload: Buffer.from(toBinary(schema, create(schema, message))), packetId: 1 })
    const commands = <Desc extends DescMessage>(name: CommandName, schema: Desc): MessageShape<Desc>[] =>
      sent.filter((command) => command.name === name).map(({ payload }) => fromBinary(schema, payload))
    const reachable = (capabilities: { name: string; version: number; enabled: boolean }[] = []) =>
      tell('agent-connection', UpdateAgentConnectionSchema, { claimId, sessionId, reachable: true, capabilities })
    const connection = (
      report: { claimId?: string; nodeId?: string; sessionId?: bigint; liveness?: boolean; queryable?: boolean; hops?: number } = {},
    ) =>
      tell('node-instance-connection', UpdateNodeInstanceConnectionSchema, {
        claimId,
        nodeId: agent.nodeId,
        sessionId,
        liveness: true,
        queryable: true,
        ...report,
      })
    return { sent, released, resubmitted, session, tell, commands, reachable, connection }
  }
  const node = () => {
    const found = metadata.nodes.get(agent.nodeId)
    if (found === undefined) throw new Error('no node')
    return found
  }
  return { clock, metadata, counters, presence, bus, agent, claimId, machineGuid, begin, node, doubles }
}

const context = (id: string, version = 5n) => ({ id, version, firstEntry: 1n, title: id })

describe('nodes', () => {
  it('[GW40] a reachable agent is up and is asked for its nodes; its own host gets the node id of its machine, every time', async () => {
    const { begin, agent, claimId, machineGuid, presence } = await setup()
    const { reachable, tell, commands, sent } = begin()
    await reachable()
    expect(sent.map(({ name }) => name)).toEqual(['SendNodeInstances'])
    expect(presence.counts().links).toBe(1)
    for (let i = 0; i < 2; i++) await tell('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid, hostname: 'h' })
    const result = expect.objectContaining({ nodeId: agent.nodeId, machineGuid }) as unknown
    expect(commands('CreateNodeInstanceResult', CreateNodeInstanceResultSchema)).toEqual([result, result])
  })

  it('[GW103] a link begins after what the older link of its claim was still storing', async () => {
    const { begin, agent, claimId, metadata, node } = await setup()
    const older = begin()
    await older.reachable()
    await older.connection()
    let open = () => {}
    metadata.gate = new Promise((resolve) => (open = resolve))
    const late = { claimId, nodeId: agent.nodeId, contextUpdates: [context('late')], versionHash: 4n }
    const storing = older.tell('contexts-updated', ContextsUpdatedSchema, late)
    older.session.end(0)
    const newer = begin()
    const started = newer.reachable().then(() => newer.connection())
    await new Promise((resolve) => setImmediate(resolve))
    expect(newer.sent).toEqual([])
    metadata.gate = undefined
    open()
    await Promise.all([storing, started])
    expect([...node().contexts.keys()]).toEqual(['late'])
    expect(newer.commands('ContextsCheckpoint', ContextsCheckpointSchema).map(({ versionHash }) => versionHash)).toEqual([4n])
  })

  it('[GW104] what a copied machine says of its node is not kept while the one that was claimed later is linked', async () => {
    const { begin, doubles, agent, claimId, machineGuid, metadata, bus } = await setup()
    doubles.isDouble = true
    const { reachable, connection, tell, session, commands } = begin()
    await reachable()
    await tell('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid, hostname: 'copy' })
    expect(commands('CreateNodeInstanceResult', CreateNodeInstanceResultSchema)).toMatchObject([{ nodeId: agent.nodeId }])
    await connection()
    await tell('node-instance-info', UpdateNodeInfoSchema, { claimId, machineGuid, data: { name: 'copy' } })
    await tell('node-instance-collectors', UpdateNodeCollectorsSchema, { claimId, nodeId: agent.nodeId })
    expect(metadata.writes).toEqual(['instance'])
    expect(bus.route(agent.nodeId)).toMatchObject({ isDouble: true })
    doubles.isDouble = false
    session.tick(1_000)
    expect(bus.route(agent.nodeId)).toMatchObject({ isDouble: false })
  })

  it('[GW41] a node that can be asked has a route; one that cannot has none; live, stale and gone are told apart', async () => {
    const { begin, agent, bus, presence } = await setup()
    const { reachable, connection } = begin()
    await reachable()
    await connection()
    expect([bus.route(agent.nodeId)?.hops, presence.stateOf(agent.nodeId)]).toEqual([0, 'live'])
    await connection({ liveness: false })
    expect([bus.route(agent.nodeId)?.hops, presence.stateOf(agent.nodeId)]).toEqual([0, 'stale'])
    await connection({ liveness: false, queryable: false })
    expect([bus.route(agent.nodeId), presence.stateOf(agent.nodeId)]).toEqual([undefined, 'offline'])
  })

  it('[GW42] a report of an older session changes nothing', async () => {
    const { begin, agent, bus } = await setup()
    const { reachable, connection } = begin()
    await reachable()
    await connection({ sessionId: sessionId - 1n })
    expect(bus.route(agent.nodeId)).toBeUndefined()
  })

  it('[GW43] an own host under a node id of somebody else is told its own, three times at most in a connection', async () => {
    const { begin, agent, machineGuid, metadata } = await setup()
    const { reachable, connection, commands } = begin()
    await reachable()
    for (let i = 0; i < 5; i++) await connection({ nodeId: randomUUID() })
    const told = commands('CreateNodeInstanceResult', CreateNodeInstanceResultSchema)
    expect(told.map(({ nodeId }) => nodeId)).toEqual([agent.nodeId, agent.nodeId, agent.nodeId])
    expect(told[0]?.machineGuid).toBe(machineGuid)
    expect(metadata.nodes.size).toBe(1)
  })

  it('[GW44] a child has at least one hop, whatever its agent says, and its facts may come before it', async () => {
    const { begin, claimId, metadata } = await setup()
    const { reachable, tell, connection, commands } = begin()
    const childGuid = randomUUID()
    await reachable()
    await tell('node-instance-info', UpdateNodeInfoSchema, {
      claimId,
      machineGuid: childGuid,
      child: true,
      data: { name: 'child', version: 'v2.10.4' },
    })
    await tell('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid: childGuid, hostname: 'child', hops: 0 })
    const [childId, child] = metadata.nodeByGuid(childGuid) ?? []
    expect(commands('CreateNodeInstanceResult', CreateNodeInstanceResultSchema).map(({ nodeId }) => nodeId)).toEqual([childId])
    await connection({ nodeId: childId ?? '', hops: 0 })
    expect([child?.info?.hostname, child?.info?.isChild, [...(child?.instances.values() ?? [])].map(({ hops }) => hops)]).toEqual([
      'child',
      true,
      [1],
    ])
  })

  it('[GW45] facts under another node id than ours are kept under ours, and the agent is told', async () => {
    const { begin, claimId, machineGuid, agent, node } = await setup()
    const { reachable, tell, commands } = begin()
    await reachable()
    await tell('node-instance-info', UpdateNodeInfoSchema, { claimId, machineGuid, nodeId: randomUUID(), data: { name: 'me' } })
    await tell('node-instance-info', UpdateNodeInfoSchema, {
      claimId,
      machineGuid,
      nodeId: '00000000-0000-0000-0000-000000000000',
      data: { name: 'me' },
    })
    expect(node().info?.hostname).toBe('me')
    expect(commands('CreateNodeInstanceResult', CreateNodeInstanceResultSchema).map(({ nodeId }) => nodeId)).toEqual([agent.nodeId])
  })

  it('[GW46] an agent speaks for 2,000 children and no more', async () => {
    const { begin, claimId, counters, metadata } = await setup()
    const { reachable, tell } = begin()
    await reachable()
    for (let i = 0; i < linkLimits.children + 5; i++)
      await tell('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid: randomUUID(), hostname: 'c', hops: 1 })
    expect(counters.mismatched).toBeGreaterThan(0)
    expect(metadata.nodes.size).toBeLessThanOrEqual(linkLimits.children + 2)
  })
})

describe('identity', () => {
  it('[GW47] what speaks for another claim, a stranger’s host, or an unclaimed session is dropped and counted', async () => {
    const { begin, agent, counters, metadata } = await setup()
    const { reachable, tell, connection } = begin()
    const claimId = randomUUID()
    await reachable()
    await connection({ claimId })
    await tell('agent-connection', UpdateAgentConnectionSchema, { claimId, sessionId, reachable: true })
    await tell('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid: agent.machineGuid, hostname: 'x' })
    await tell('node-instance-info', UpdateNodeInfoSchema, { claimId, machineGuid: agent.machineGuid, data: { name: 'x' } })
    await tell('contexts-updated', ContextsUpdatedSchema, { claimId, nodeId: agent.nodeId, contextUpdates: [context('a')] })
    await tell('alarm-log-v2', AlarmLogEntrySchema, { claimId, nodeId: agent.nodeId, name: 'a', chart: 'c' })
    await tell('node-instance-collectors', UpdateNodeCollectorsSchema, { claimId, nodeId: agent.nodeId })
    await tell('node-instance-info', UpdateNodeInfoSchema, {
      claimId: agent.claimId,
      machineGuid: randomUUID(),
      child: false,
      data: { name: 'x' },
    })
    expect(counters.mismatched).toBe(8)
    expect(metadata.writes).toEqual([])
  })

  it('[GW48] a message for a node that was not announced waits for its announcement, and is given up after 15 seconds', async () => {
    const { begin, agent, clock, counters, claimId, metadata } = await setup()
    const { reachable, tell, connection, resubmitted, released, session } = begin()
    await reachable()
    const childGuid = randomUUID() as string as MachineGuid
    const childId = await metadata.ports.nodes.nodeOf(agent, { machineGuid: childGuid, hostname: 'child', hops: 1 })
    const early = { claimId, nodeId: childId, collectors: [{ plugin: 'p', module: 'm' }] }
    expect(await tell('node-instance-collectors', UpdateNodeCollectorsSchema, early)).toBe('held')
    await connection({ nodeId: childId, hops: 1 })
    expect(resubmitted.map(({ name }) => name)).toEqual(['node-instance-collectors'])
    expect(await tell('node-instance-collectors', UpdateNodeCollectorsSchema, early)).toBe('done')

    expect(await tell('node-instance-collectors', UpdateNodeCollectorsSchema, { ...early, nodeId: randomUUID() })).toBe('held')
    clock.advance(15_000)
    session.tick(clock.monotonicMs())
    expect([released.length, counters.unannounced]).toEqual([1, 1])
  })

  it('[GW48] no more than 32 messages wait', async () => {
    const { begin, claimId, counters } = await setup()
    const { reachable, tell } = begin()
    await reachable()
    const outcomes: string[] = []
    for (let i = 0; i < 40; i++)
      outcomes.push(await tell('node-instance-collectors', UpdateNodeCollectorsSchema, { claimId, nodeId: randomUUID() }))
    expect([outcomes.filter((outcome) => outcome === 'held').length, counters.unannounced]).toEqual([32, 8])
  })
})

describe('contexts', () => {
  it('[GW49] streams start once in a connection, with the impossible hash for a node nothing is stored of', async () => {
    const { begin, agent, claimId } = await setup()
    const { reachable, connection, commands } = begin()
    await reachable()
    for (let i = 0; i < 3; i++) await connection()
    expect(commands('ContextsCheckpoint', ContextsCheckpointSchema)).toEqual([
      expect.objectContaining({ claimId, nodeId: agent.nodeId, versionHash: unknownVersionHash }),
    ])
    expect(commands('StartAlarmStreaming', StartAlarmStreamingSchema)).toHaveLength(1)
  })

  it('[GW50] a returning agent gets the stored hash, or the impossible one when it was away for more than ten minutes', async () => {
    const { begin, agent, claimId } = await setup()
    const first = begin()
    await first.reachable()
    await first.tell('contexts-snapshot', ContextsSnapshotSchema, {
      claimId,
      nodeId: agent.nodeId,
      version: 8n,
      contexts: [context('a'), context('b')],
    })
    first.session.end(0)
    for (const [isLongAway, hash] of [
      [false, 8n],
      [true, unknownVersionHash],
    ] as const) {
      const next = begin(isLongAway)
      await next.reachable()
      await next.connection()
      expect(next.commands('ContextsCheckpoint', ContextsCheckpointSchema).map(({ versionHash }) => versionHash)).toEqual([hash])
      next.session.end(0)
    }
  })

  it('[GW51] a difference brings a checkpoint with our hash at once, then ever later, and from the fourth the impossible one', async () => {
    const { begin, agent, claimId, clock } = await setup()
    const { reachable, tell, commands, session } = begin()
    await reachable()
    const differ = () =>
      tell('contexts-updated', ContextsUpdatedSchema, { claimId, nodeId: agent.nodeId, versionHash: 99n, contextUpdates: [context('a')] })
    const hashes = () => commands('ContextsCheckpoint', ContextsCheckpointSchema).map(({ versionHash }) => versionHash)
    await differ()
    expect(hashes()).toEqual([4n])
    await differ()
    await differ()
    expect(hashes()).toEqual([4n])
    clock.advance(10_000)
    session.tick(clock.monotonicMs())
    expect(hashes()).toEqual([4n, 4n])
    await differ()
    clock.advance(60_000)
    session.tick(clock.monotonicMs())
    expect(hashes()).toEqual([4n, 4n, unknownVersionHash])
    await tell('contexts-updated', ContextsUpdatedSchema, {
      claimId,
      nodeId: agent.nodeId,
      versionHash: 4n,
      contextUpdates: [context('a')],
    })
    clock.advance(3_600_000)
    session.tick(clock.monotonicMs())
    expect(hashes()).toHaveLength(3)
  })

  it('[GW52] a snapshot replaces, an update changes and deletes; 64-bit hashes wrap', async () => {
    const { begin, agent, claimId, node } = await setup()
    const { reachable, tell, commands } = begin()
    await reachable()
    await tell('contexts-snapshot', ContextsSnapshotSchema, {
      claimId,
      nodeId: agent.nodeId,
      version: 8n,
      contexts: [context('a'), context('b')],
    })
    await tell('contexts-updated', ContextsUpdatedSchema, {
      claimId,
      nodeId: agent.nodeId,
      versionHash: 3n,
      contextUpdates: [{ ...context('a'), deleted: true }, context('c', 18_446_744_073_709_551_615n)],
    })
    await tell('contexts-snapshot', ContextsSnapshotSchema, {
      claimId,
      nodeId: agent.nodeId,
      version: 4n,
      contexts: [context('d'), { ...context('e'), deleted: true }],
    })
    expect([...node().contexts.keys()]).toEqual(['d'])
    expect(commands('ContextsCheckpoint', ContextsCheckpointSchema).map(({ versionHash }) => versionHash)).toEqual([
      BigInt.asUintN(64, 4n + 18_446_744_073_709_551_614n),
    ])
  })
})

describe('floods', () => {
  const flood = async () => {
    const lab = await setup()
    const link = lab.begin()
    await link.reachable()
    const update = (version: bigint) =>
      link.tell('contexts-updated', ContextsUpdatedSchema, {
        claimId: lab.claimId,
        nodeId: lab.agent.nodeId,
        versionHash: version - 1n,
        contextUpdates: [context('a', version)],
      })
    for (let n = 0; n < 121; n++) await update(5n)
    const stops = () => link.commands('StopStreamingContexts', StopStreamingContextsSchema)
    const checkpoints = () => link.commands('ContextsCheckpoint', ContextsCheckpointSchema).map(({ versionHash }) => versionHash)
    return { ...lab, ...link, update, stops, checkpoints }
  }

  it('[GW171] a node that tells of its contexts more than 120 times in a minute is stopped, once, and what comes then is not stored', async () => {
    const { stops, update, agent, claimId, counters, metadata } = await flood()
    expect(stops()).toEqual([expect.objectContaining({ claimId, nodeId: agent.nodeId, reason: 0 })])
    for (let n = 0; n < 10; n++) expect(await update(6n)).toBe('done')
    expect(stops()).toHaveLength(1)
    expect([counters.flooded, metadata.writes.length]).toEqual([11, 120])
  })

  it('[GW172] after the pause a checkpoint takes the stream up again, and the next flood is stopped for longer', async () => {
    const { stops, update, checkpoints, clock, session, counters } = await flood()
    const pass = (ms: number) => {
      clock.advance(ms)
      session.tick(clock.monotonicMs())
    }
    pass(59_000)
    expect(checkpoints()).toEqual([])
    pass(1_000)
    expect(checkpoints()).toEqual([4n])
    await update(9n)
    expect(counters.flooded).toBe(1)
    for (let n = 0; n < 121; n++) await update(9n)
    expect(stops()).toHaveLength(2)
    pass(60_000)
    expect(checkpoints()).toHaveLength(1)
    pass(240_000)
    expect(checkpoints()).toEqual([4n, 8n])
  })
})

describe('alerts', () => {
  const alert = (name: string, fields: MessageInitShape<typeof AlarmLogEntrySchema> = {}) => ({
    name,
    chart: 'c',
    chartContext: 'ctx',
    status: 5,
    oldStatus: 4,
    when: 1_700_000_000n,
    value: 42.5,
    oldValue: 41.5,
    valueString: '42.5 %',
    oldValueString: '41.5 %',
    renderedInfo: 'it is 42.5 %',
    ...fields,
  })

  it('[GW53] a transition is told without any of its values', async () => {
    const { begin, agent, claimId, node } = await setup()
    const { reachable, tell } = begin()
    await reachable()
    await tell('alarm-log-v2', AlarmLogEntrySchema, {
      claimId,
      nodeId: agent.nodeId,
      ...alert('cpu', { alertVersion: 7n, sequenceId: 3n, transitionId: agent.nodeId }),
    })
    expect(node().transitions).toEqual([
      {
        chart: 'c',
        name: 'cpu',
        context: 'ctx',
        status: 'warning',
        oldStatus: 'clear',
        whenS: 1_700_000_000,
        configHash: undefined,
        transitionId: agent.nodeId,
        version: 7n,
        sequenceId: 3n,
      },
    ])
  })

  it.each([
    [[], { resets: false, startSequnceId: 4n, version: 7n }],
    [[{ name: 'health', version: 1, enabled: true }], { resets: true, startSequnceId: 4n, version: 7n }],
    [[{ name: 'health', version: 2, enabled: true }], { resets: false, startSequnceId: 4n, version: 7n }],
  ])('[GW54] alerts start where the store stands: for capabilities %j with %o', async (capabilities, expected) => {
    const { begin, agent, claimId } = await setup()
    const first = begin()
    await first.reachable()
    await first.tell('alarm-log-v2', AlarmLogEntrySchema, {
      claimId,
      nodeId: agent.nodeId,
      ...alert('cpu', { alertVersion: 7n, sequenceId: 3n }),
    })
    const next = begin()
    await next.reachable(capabilities)
    await next.connection()
    expect(next.commands('StartAlarmStreaming', StartAlarmStreamingSchema)).toEqual([
      expect.objectContaining({ nodeId: agent.nodeId, batchId: 1n, ...expected }),
    ])
  })

  it('[GW55] the chunks of a snapshot are stored together with the last; a chunk out of order drops what was collected', async () => {
    const { begin, agent, claimId, node, metadata } = await setup()
    const { reachable, tell } = begin()
    await reachable()
    const chunk = (number: number, name: string, snapshotUuid = 'one') =>
      tell('alarm-snapshot-v2', AlarmSnapshotSchema, {
        claimId,
        nodeId: agent.nodeId,
        chunks: 3,
        chunk: number,
        snapshotUuid,
        alarms: [alert(name)],
      })
    await chunk(1, 'a')
    await chunk(3, 'c')
    await chunk(2, 'b')
    expect(metadata.writes).toEqual([])
    await chunk(1, 'a', 'two')
    await chunk(2, 'b', 'two')
    await chunk(3, 'c', 'two')
    expect([...node().alerts.values()].map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(metadata.writes).toEqual(['alerts-snapshot'])
  })

  it('[GW56] an unseen configuration is asked for once, by all agents of the space together, 32 at a time', async () => {
    const { begin, agent, claimId, clock, metadata } = await setup()
    const { reachable, tell, commands, session } = begin()
    await reachable()
    const hashes = Array.from({ length: 40 }, () => randomUUID())
    const alarms = hashes.flatMap((configHash, i) => [alert(`a${i}`, { configHash }), alert(`b${i}`, { configHash })])
    const snapshot = { claimId, nodeId: agent.nodeId, chunks: 1, chunk: 1, snapshotUuid: 'x', alarms }
    await tell('alarm-snapshot-v2', AlarmSnapshotSchema, snapshot)
    const asked = () => commands('SendAlarmConfiguration', SendAlarmConfigurationSchema).map(({ configHash }) => configHash)
    expect(asked()).toEqual(hashes.slice(0, linkLimits.alertConfigsAsked))
    session.tick(clock.monotonicMs())
    expect(asked()).toEqual(hashes)
    const other = begin()
    await other.reachable()
    await other.tell('alarm-snapshot-v2', AlarmSnapshotSchema, snapshot)
    expect(other.commands('SendAlarmConfiguration', SendAlarmConfigurationSchema)).toEqual([])
    await tell('alarm-config', ProvideAlarmConfigurationSchema, {
      configHash: hashes[0] ?? '',
      config: { alarm: 'a0', warningExpr: '$this > 1', pDbLookupAfter: -60 },
    })
    expect(metadata.configs.get(hashes[0] as AlertConfigHash)).toEqual({
      hash: hashes[0],
      name: 'a0',
      fields: { alarm: 'a0', warning_expr: '$this > 1', p_db_lookup_after: -60 },
    })
    session.end(0)
    const returned = begin()
    await returned.reachable()
    await returned.tell('alarm-snapshot-v2', AlarmSnapshotSchema, snapshot)
    returned.session.tick(clock.monotonicMs())
    expect(new Set(returned.commands('SendAlarmConfiguration', SendAlarmConfigurationSchema).map(({ configHash }) => configHash))).toEqual(
      new Set(hashes.slice(1)),
    )
  })

  it('[GW57] a configuration over 16 KiB is refused', async () => {
    const { begin, metadata, counters } = await setup()
    const { reachable, tell } = begin()
    await reachable()
    await tell('alarm-config', ProvideAlarmConfigurationSchema, {
      configHash: randomUUID(),
      config: { alarm: 'a', info: 'x'.repeat(17_000) },
    })
    expect([counters.undecodable, metadata.configs.size]).toEqual([1, 0])
  })
})

describe('the end', () => {
  it('[GW58] a goodbye takes the node and its route away at once, also under the claim id of before a re-claim', async () => {
    const { begin, agent, bus, presence, clock } = await setup()
    const { reachable, connection, tell } = begin()
    await reachable()
    await connection()
    const question = bus.ask(agent.nodeId, { method: 'GET', target: '/api/v1/info', timeoutMs: 1 }, new AbortController().signal)
    await tell('agent-connection', UpdateAgentConnectionSchema, { claimId: randomUUID(), sessionId, reachable: false })
    expect([bus.route(agent.nodeId), presence.counts().links]).toEqual([undefined, 0])
    await expect(question).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
    clock.advance(61_000)
    expect(presence.stateOf(agent.nodeId)).toBe('offline')
  })

  it('[GW59] the end of a link fails its questions and takes its nodes with it', async () => {
    const { begin, agent, bus, presence } = await setup()
    const { reachable, connection, session } = begin()
    await reachable()
    await connection()
    const question = bus.ask(agent.nodeId, { method: 'GET', target: '/api/v1/info', timeoutMs: 1 }, new AbortController().signal)
    session.end(0)
    await expect(question).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
    expect([bus.route(agent.nodeId), presence.counts().links]).toEqual([undefined, 0])
  })

  it('[GW60] a cancel is sent only to agents that understand it', async () => {
    const { begin, agent, bus } = await setup()
    for (const [capabilities, expected] of [
      [[], 0],
      [[{ name: 'req_cancel', version: 1, enabled: true }], 1],
    ] as const) {
      const { reachable, connection, sent, session } = begin()
      await reachable([...capabilities])
      await connection()
      const viewer = new AbortController()
      const question = bus.ask(agent.nodeId, { method: 'GET', target: '/api/v1/info', timeoutMs: 1 }, viewer.signal)
      viewer.abort()
      await expect(question).rejects.toMatchObject({ code: 'CANCELLED' })
      expect(sent.filter(({ name }) => name === 'CancelPendingRequest')).toHaveLength(expected)
      session.end(0)
    }
  })
})

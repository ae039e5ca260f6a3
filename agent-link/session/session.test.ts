import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  ContextsCheckpointSchema,
  ContextsSnapshotSchema,
  ContextsUpdatedSchema,
  CreateNodeInstanceResultSchema,
  CreateNodeInstanceSchema,
  DisconnectReqSchema,
  ProvideAlarmConfigurationSchema,
  SendAlarmCheckpointSchema,
  SendAlarmConfigurationSchema,
  SendAlarmSnapshotSchema,
  StartAlarmStreamingSchema,
  StopStreamingContextsSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeCollectorsSchema,
  UpdateNodeInfoSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../src/aclk/messages/index.ts'
import { encodeQuestion } from '../../src/aclk/query/request.ts'
import { decodeAnswer } from '../../src/aclk/query/response.ts'
import type { TopicName } from '../../src/aclk/topics/topics.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import { contextsVersionHash, unknownVersionHash } from '../../src/domain/version-hash.ts'
import { silentLog } from '../../src/support/log.ts'
import type { SourceTransition } from '../sources/source.ts'
import { createFakeSource, fakeAlert, fakeContext } from '../../test/doubles/hosts/fake-source.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { noFunctions } from '../functions/host-functions.ts'
import type { HostFunctions } from '../functions/host-functions.ts'
import type { OpenLink } from '../link/link.ts'
import { createSession } from './session.ts'
import { readTold, writeTold } from './told-alerts.ts'
import type { ToldAlerts } from './told-alerts.ts'
import { testGate } from '../../test/doubles/hosts/test-gate.ts'

const gate = testGate()

const claimId = '0844e0a0-1b8d-48fb-94ec-51ca9120991f' as ClaimId
const machineGuid = '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid
const nodeId = '7d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22' as NodeId
const node = { claimId, nodeId }

function scene(
  options: Parameters<typeof createFakeSource>[0] & {
    nodeId?: NodeId | undefined
    open?: boolean
    functions?: HostFunctions | undefined
    earlier?: ToldAlerts | undefined
  } = {},
) {
  const clock = createHandClock()
  const source = createFakeSource(options)
  const saved: NodeId[] = []
  let kept: ToldAlerts | undefined
  let isDeaf = false
  const known = 'nodeId' in options ? options.nodeId : nodeId
  const claim = { claimId, machineGuid, hostname: 'edge-1', nodeId: known }
  const session = createSession({
    source: gate.source(source),
    functions: options.functions && gate.functions(options.functions),
    gate,
    claim,
    saveNodeId: (id) => Promise.resolve(void saved.push(id)),
    told: { earlier: options.earlier, keep: (told) => void (kept = told()) },
    clock,
    log: silentLog,
  })
  const sent: { name: TopicName; payload: Uint8Array }[] = []
  const replies: Uint8Array[] = []
  const orders: unknown[] = []
  const link: OpenLink = {
    sessionIdUs: 1_700_000_000_000_001n,
    maximumPacketBytes: undefined,
    publish(name, payload) {
      sent.push({ name, payload })
      return isDeaf ? Promise.reject(new Error('the link ended')) : Promise.resolve()
    },
    reply: (_topic, payload) => Promise.resolve(void replies.push(payload)),
    leave: (order) => void orders.push(order),
  }
  const tell = <Desc extends DescMessage>(command: string, schema: Desc, fields: MessageInitShape<Desc>) =>
    session.onMessage(command, toBinary(schema, create(schema, fields)))
  /** The messages of a topic so far, decoded; forgets everything sent. */
  const take = <Desc extends DescMessage>(name: TopicName, schema: Desc): MessageShape<Desc>[] =>
    sent
      .splice(0)
      .filter((message) => message.name === name)
      .map(({ payload }) => fromBinary(schema, payload))
  if (options.open !== false) {
    session.onOpen(link)
    sent.length = 0
  }
  return {
    clock,
    source,
    session,
    sent,
    replies,
    orders,
    saved,
    link,
    tell,
    take,
    kept: () => kept,
    fall: () => (isDeaf = true),
    heal: () => (isDeaf = false),
  }
}

it('[AL20] says hello, farewell and its will with the claim, the session and who speaks; only the will keeps silent about capabilities', () => {
  const { session, link, sent, clock } = scene({ open: false })
  session.onOpen(link)
  expect(sent.map(({ name }) => name)).toEqual(['agent-connection'])
  const hello = fromBinary(UpdateAgentConnectionSchema, sent[0]?.payload ?? new Uint8Array())
  expect(hello).toMatchObject({ claimId, reachable: true, sessionId: link.sessionIdUs, updateSource: 1 })
  expect(Number(hello.updatedAt?.seconds) * 1000).toBe(clock.nowMs())
  const farewell = fromBinary(UpdateAgentConnectionSchema, session.farewell(5n))
  expect(farewell).toMatchObject({ claimId, reachable: false, sessionId: 5n, updateSource: 1 })
  expect(farewell.capabilities).toEqual(hello.capabilities)
  expect(fromBinary(UpdateAgentConnectionSchema, session.will(5n))).toMatchObject({
    claimId,
    reachable: false,
    sessionId: 5n,
    updateSource: 2,
    capabilities: [],
  })
})

it.each([true, false])('[AL20] announces what it can do, health only when the source has alerts (%s), and no API v2', (hasAlerts) => {
  const { session } = scene({ hasAlerts })
  const { capabilities } = fromBinary(UpdateAgentConnectionSchema, session.farewell(1n))
  const list = capabilities.map(({ name, version, enabled }) => `${name} ${version} ${enabled}`)
  expect(list).toEqual([
    'json 2 false',
    'proto 1 true',
    'ctx 1 true',
    'funcs 0 false',
    'ml 0 false',
    'mc 0 false',
    'req_cancel 1 true',
    `health 2 ${hasAlerts}`,
  ])
})

it('[HF10] announces functions only while they are offered', () => {
  const announced = (functions: HostFunctions | undefined) => {
    const { session } = scene({ functions })
    return fromBinary(UpdateAgentConnectionSchema, session.farewell(1n)).capabilities.find(({ name }) => name === 'funcs')
  }
  expect(announced(noFunctions)).toMatchObject({ version: 1, enabled: true })
  expect(announced(undefined)).toMatchObject({ version: 0, enabled: false })
})

it('[AL16] asks for a node id when it has none, keeps the one it gets and then tells state, facts and collectors', () => {
  const { tell, take, session, sent, saved, link } = scene({ nodeId: undefined })
  session.onMessage('SendNodeInstances', new Uint8Array())
  expect(take('create-node-instance', CreateNodeInstanceSchema)).toMatchObject([{ claimId, machineGuid, hostname: 'edge-1', hops: 0 }])

  tell('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, { nodeId, machineGuid })

  expect(saved).toEqual([nodeId])
  expect(sent.map(({ name }) => name)).toEqual(['node-instance-connection', 'node-instance-info', 'node-instance-collectors'])
  const [state, info, collectors] = sent
  expect(fromBinary(UpdateNodeInstanceConnectionSchema, state?.payload ?? new Uint8Array())).toMatchObject({
    ...node,
    liveness: true,
    queryable: true,
    sessionId: link.sessionIdUs,
    hops: 0,
  })
  expect(fromBinary(UpdateNodeInfoSchema, info?.payload ?? new Uint8Array())).toMatchObject({
    ...node,
    machineGuid,
    child: false,
    data: {
      name: 'edge-1',
      os: 'linux',
      osName: 'Debian',
      cpus: 4,
      memory: '1024',
      version: 'v1.2.3',
      machineGuid,
      hostLabels: { _os_name: 'Debian' },
    },
  })
  expect(fromBinary(UpdateNodeCollectorsSchema, collectors?.payload ?? new Uint8Array())).toMatchObject({
    ...node,
    collectors: [{ plugin: 'proc.plugin', module: '/proc/stat' }],
  })
})

it('[AL16] with a stored node id it tells state at every connection and facts once a run, again when they change or the node id does', () => {
  const { session, sent, link, source, tell } = scene()
  session.onMessage('SendNodeInstances', new Uint8Array())
  expect(sent.map(({ name }) => name)).toEqual(['node-instance-connection', 'node-instance-info', 'node-instance-collectors'])
  session.onClosed()
  session.onOpen(link)
  sent.length = 0
  session.onMessage('SendNodeInstances', new Uint8Array())
  expect(sent.map(({ name }) => name)).toEqual(['node-instance-connection'])
  source.emit('info')
  expect(sent.map(({ name }) => name).slice(1)).toEqual(['node-instance-info', 'node-instance-collectors'])
  sent.length = 0
  tell('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, { nodeId: machineGuid, machineGuid })
  expect(sent.length).toBe(3)
})

it('[AL17] ignores results for other machines, node ids that are none, and checkpoints of other claims or nodes', () => {
  const { tell, sent, saved } = scene({ contexts: [fakeContext('system.cpu')] })
  tell('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, { nodeId: machineGuid, machineGuid: nodeId })
  tell('CreateNodeInstanceResult', CreateNodeInstanceResultSchema, { nodeId: 'x', machineGuid })
  tell('ContextsCheckpoint', ContextsCheckpointSchema, { claimId, nodeId: machineGuid, versionHash: 1n })
  tell('ContextsCheckpoint', ContextsCheckpointSchema, { claimId: machineGuid, nodeId, versionHash: 1n })
  tell('SendAlarmSnapshot', SendAlarmSnapshotSchema, { claimId: machineGuid, nodeId })
  expect({ sent, saved }).toEqual({ sent: [], saved: [] })
})

it('[AL27] ignores unknown commands and garbage, and goes on', () => {
  const { session, sent } = scene()
  for (const command of [
    'Nonsense',
    'constructor',
    '__proto__',
    'ContextsCheckpoint',
    'CreateNodeInstanceResult',
    'DisconnectReq',
    'SendAlarmSnapshot',
  ]) {
    session.onMessage(command, new Uint8Array([0xff, 0xff, 0xff]))
  }
  expect(sent).toEqual([])
  session.onMessage('SendNodeInstances', new Uint8Array())
  expect(sent.length).toBe(3)
})

it('[AL18] answers a checkpoint that differs with everything, and one that agrees with silence', () => {
  const contexts = [fakeContext('system.cpu'), fakeContext('system.load', { lastEntryS: 1_700_000_100n })]
  const { tell, take, sent } = scene({ contexts })
  const versionHash = contextsVersionHash(contexts)
  tell('ContextsCheckpoint', ContextsCheckpointSchema, { ...node, versionHash: unknownVersionHash })
  const [snapshot] = take('contexts-snapshot', ContextsSnapshotSchema)
  expect(snapshot).toMatchObject({ ...node, version: versionHash })
  expect(snapshot?.contexts.map(({ id, lastEntry, title, priority }) => ({ id, lastEntry, title, priority }))).toEqual([
    { id: 'system.cpu', lastEntry: 0n, title: 'Title of system.cpu', priority: 100n },
    { id: 'system.load', lastEntry: 1_700_000_100n, title: 'Title of system.load', priority: 100n },
  ])
  tell('ContextsCheckpoint', ContextsCheckpointSchema, { ...node, versionHash })
  expect(sent).toEqual([])
})

it('[AL18] tells changes only between a checkpoint and a stop, with the hash of the whole set after them', () => {
  const before = [fakeContext('a'), fakeContext('b')]
  const { tell, take, sent, source, session, link } = scene({ contexts: before })
  source.emit('contexts')
  expect(sent).toEqual([])
  tell('ContextsCheckpoint', ContextsCheckpointSchema, { ...node, versionHash: contextsVersionHash(before) })
  const after = [fakeContext('b', { lastEntryS: 1_700_000_500n }), fakeContext('c')]
  source.setContexts(after)
  source.emit('contexts')
  source.emit('contexts')
  const [update, ...more] = take('contexts-updated', ContextsUpdatedSchema)
  expect(more).toEqual([])
  expect(update).toMatchObject({ ...node, versionHash: contextsVersionHash(after) })
  expect(update?.contextUpdates.map(({ id, deleted }) => [id, deleted])).toEqual([
    ['b', false],
    ['c', false],
    ['a', true],
  ])
  // What happens while the link is down is told at the next one.
  session.onClosed()
  source.setContexts([])
  source.emit('contexts')
  expect(sent).toEqual([])
  session.onOpen(link)
  expect(take('contexts-updated', ContextsUpdatedSchema)).toMatchObject([{ versionHash: 0n }])
  tell('StopStreamingContexts', StopStreamingContextsSchema, node)
  source.setContexts(before)
  source.emit('contexts')
  expect(sent).toEqual([])
})

it('[AL19] starts alerts with a snapshot when the versions differ, and with nothing when they agree or the check is skipped', () => {
  const alerts = [fakeAlert('one'), fakeAlert('two', { status: 'warning', whenS: 1_700_000_010 })]
  for (const [version, chunks] of [
    [0n, 1],
    [1n, 0],
    [3_400_000_010n, 0],
  ] as const) {
    const { tell, take } = scene({ alerts })
    tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version, batchId: 1n, resets: true })
    const snapshots = take('alarm-snapshot-v2', AlarmSnapshotSchema)
    expect(snapshots.length).toBe(chunks)
    if (chunks === 0) continue
    expect(snapshots[0]).toMatchObject({ ...node, chunks: 1, chunkSize: 2, chunk: 1 })
    expect(snapshots[0]?.alarms[1]).toMatchObject({
      ...node,
      name: 'two',
      chart: 'system.cpu',
      status: 5,
      oldStatus: 1,
      when: 1_700_000_010n,
      alertVersion: 1_700_000_010n,
      eventId: 1n,
      timezone: 'UTC',
    })
  }
})

it('[AL19] splits a snapshot into chunks of a thousand under one id', () => {
  const alerts = Array.from({ length: 2_001 }, (_, index) => fakeAlert(`alert-${index}`))
  const { tell, take } = scene({ alerts })
  tell('SendAlarmSnapshot', SendAlarmSnapshotSchema, node)
  const snapshots = take('alarm-snapshot-v2', AlarmSnapshotSchema)
  expect(snapshots.map(({ chunk, chunks, chunkSize }) => [chunk, chunks, chunkSize])).toEqual([
    [1, 3, 1000],
    [2, 3, 1000],
    [3, 3, 1],
  ])
  expect(new Set(snapshots.map(({ snapshotUuid }) => snapshotUuid)).size).toBe(1)
})

it('[AL19] tells each transition once while streaming, the removed too, and counts them as told before', () => {
  const { tell, take, source, sent } = scene({ alerts: [fakeAlert('one'), fakeAlert('two')] })
  source.emit('alerts')
  expect(sent).toEqual([])
  tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 1n })
  source.setAlerts([fakeAlert('one', { status: 'critical', whenS: 1_700_000_050, valueText: '99 %', value: 99 })])
  source.emit('alerts')
  source.emit('alerts')
  const entries = take('alarm-log-v2', AlarmLogEntrySchema)
  expect(entries.map(({ name, status, oldStatus, eventId }) => ({ name, status, oldStatus, eventId }))).toEqual([
    { name: 'one', status: 6, oldStatus: 4, eventId: 2n },
    { name: 'two', status: 2, oldStatus: 4, eventId: 2n },
  ])
  expect(entries[0]).toMatchObject({
    valueString: '99 %',
    value: 99,
    silenced: true,
    delay: 1n,
    delayUpToTimestamp: 2n,
    lastRepeat: 3n,
    chartContext: 'system.cpu',
  })
  expect(entries[0]?.transitionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
})

const change = (
  sequence: number,
  status: SourceTransition['alert']['status'],
  oldStatus: SourceTransition['oldStatus'],
  whenS: number,
): SourceTransition => ({
  sequence,
  oldStatus,
  eventId: sequence,
  alert: fakeAlert('one', { status, whenS }),
})
const raised = change(11, 'warning', 'clear', 1_700_000_020)
const ended = change(12, 'clear', 'warning', 1_700_000_025)
const told = (entries: readonly { name: string; status: number; oldStatus: number; when: bigint; eventId: bigint }[]) =>
  entries.map(({ name, status, oldStatus, when, eventId }) => [name, status, oldStatus, Number(when) - 1_700_000_000, Number(eventId)])
const bothTold = [
  ['one', 5, 4, 20, 11],
  ['one', 4, 5, 25, 12],
]

it('[AL29] tells every change of the log in order and once, also those that ended before anybody looked', () => {
  const { tell, take, source } = scene({ alerts: [fakeAlert('one')] })
  tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 1n })
  source.setAlerts([ended.alert], [change(10, 'clear', 'unknown', 1_700_000_000), raised, ended])
  source.emit('alerts')
  source.emit('alerts')
  expect(told(take('alarm-log-v2', AlarmLogEntrySchema))).toEqual(bothTold)
  tell('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { ...node, version: 1_700_000_025n })
  expect(take('alarm-log-v2', AlarmLogEntrySchema)).toEqual([])
})

it('[AL29] what happened before the first look is history; a checkpoint that meets news is answered with the news alone', () => {
  const { tell, take, sent, source } = scene({ alerts: [fakeAlert('one')], open: true })
  source.setAlerts([fakeAlert('one')], [change(10, 'clear', 'warning', 1_700_000_000)])
  tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 1_700_000_000n })
  expect(sent).toEqual([])
  source.setAlerts([ended.alert], [change(10, 'clear', 'warning', 1_700_000_000), raised, ended])
  tell('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { ...node, version: 1_700_000_000n })
  expect(sent.map(({ name }) => name)).toEqual(['alarm-log-v2', 'alarm-log-v2'])
  expect(told(take('alarm-log-v2', AlarmLogEntrySchema))).toEqual(bothTold)
})

it('[AL29] what a lost link did not acknowledge is told again at the next, under its id', async () => {
  const { tell, take, source, session, link, fall, heal } = scene({ alerts: [fakeAlert('one')] })
  tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 1n })
  fall()
  source.setAlerts([ended.alert], [raised, ended])
  source.emit('alerts')
  const first = take('alarm-log-v2', AlarmLogEntrySchema)
  await new Promise(setImmediate)
  session.onClosed()
  heal()
  session.onOpen(link)
  const again = take('alarm-log-v2', AlarmLogEntrySchema)
  expect(told(again)).toEqual(bothTold)
  expect(again.map(({ transitionId }) => transitionId)).toEqual(first.map(({ transitionId }) => transitionId))
  await new Promise(setImmediate)
  session.onClosed()
  session.onOpen(link)
  expect(take('alarm-log-v2', AlarmLogEntrySchema)).toEqual([])
})

it('[AL29] a restart goes on where the cloud was: nothing is told twice, nothing that happened meanwhile is lost', async () => {
  const before = scene({ alerts: [fakeAlert('one'), fakeAlert('gone')] })
  before.tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 0n })
  before.source.setAlerts([raised.alert, fakeAlert('gone')], [raised])
  before.source.emit('alerts')
  await new Promise(setImmediate)
  const text = writeTold({ claimId, nodeId }, before.kept() ?? { isStreaming: false, sequence: 0, alerts: [] })
  expect(text).not.toContain('1 %')
  const earlier = readTold({ claimId, nodeId }, text)

  const after = scene({ alerts: [], earlier, open: false })
  after.source.setAlerts([ended.alert], [raised, ended])
  after.session.onOpen(after.link)
  expect(told(after.take('alarm-log-v2', AlarmLogEntrySchema))).toEqual([
    ['one', 4, 5, 25, 12],
    ['gone', 2, 4, Math.trunc(after.clock.nowMs() / 1000) - 1_700_000_000, 2],
  ])
  after.tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 1_700_000_025n })
  expect(after.sent).toEqual([])
})

it('[AL29] what was told to another cloud, and what is damaged, counts for nothing', () => {
  const text = writeTold({ claimId, nodeId }, { isStreaming: true, sequence: 5, alerts: [] })
  expect(readTold({ claimId, nodeId }, text)).toEqual({ isStreaming: true, sequence: 5, alerts: [] })
  expect(readTold({ claimId: nodeId, nodeId }, text)).toBeUndefined()
  expect(readTold({ claimId, nodeId: claimId }, text)).toBeUndefined()
  expect(readTold({ claimId, nodeId }, text.slice(0, -5))).toBeUndefined()
  expect(readTold({ claimId, nodeId }, '{}')).toBeUndefined()
})

it('[AL29] a log that began anew tells what is newer than what was told', () => {
  const { tell, take, source } = scene({ alerts: [fakeAlert('one')] })
  tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 1n })
  source.setAlerts([raised.alert], [raised])
  source.emit('alerts')
  take('alarm-log-v2', AlarmLogEntrySchema)
  source.setAlerts([ended.alert], [change(1, 'clear', 'unknown', 1_700_000_001), { ...raised, sequence: 2 }, { ...ended, sequence: 3 }])
  source.emit('alerts')
  expect(told(take('alarm-log-v2', AlarmLogEntrySchema))).toEqual([['one', 4, 5, 25, 12]])
})

it('[AL19] compares at a checkpoint, and is silent when equal, when there is no alert, and when the source has none', () => {
  const { tell, sent } = scene({ alerts: [fakeAlert('one')] })
  tell('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { ...node, version: 1_700_000_000n })
  expect(sent).toEqual([])
  tell('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { ...node, version: 7n })
  expect(sent.map(({ name }) => name)).toEqual(['alarm-snapshot-v2'])
  for (const quiet of [scene({ alerts: [] }), scene({ alerts: [fakeAlert('one')], hasAlerts: false })]) {
    quiet.tell('StartAlarmStreaming', StartAlarmStreamingSchema, { nodeId, version: 0n })
    quiet.tell('SendAlarmCheckpoint', SendAlarmCheckpointSchema, { ...node, version: 0n })
    expect(quiet.sent).toEqual([])
  }
})

it('[AL19] provides an alert configuration it knows, and is silent about others', () => {
  const { tell, take, sent } = scene({ configs: { h1: { template: 'cpu', pDbLookupAfter: -600 } } })
  tell('SendAlarmConfiguration', SendAlarmConfigurationSchema, { configHash: 'h2' })
  expect(sent).toEqual([])
  tell('SendAlarmConfiguration', SendAlarmConfigurationSchema, { configHash: 'h1' })
  expect(take('alarm-config', ProvideAlarmConfigurationSchema)).toMatchObject([
    { configHash: 'h1', config: { template: 'cpu', pDbLookupAfter: -600 } },
  ])
})

it.each([true, false])('[AL20] announces dyncfg 2 only when the alerts of the source can be configured (%s)', (isConfigurable) => {
  const { session } = scene({ isConfigurable })
  const { capabilities } = fromBinary(UpdateAgentConnectionSchema, session.farewell(1n))
  expect(capabilities.filter(({ name }) => name === 'dyncfg').map(({ version, enabled }) => [version, enabled])).toEqual(
    isConfigurable ? [[2, true]] : [],
  )
})

it('[AL13] passes an order to disconnect on, its wait bounded by a week', () => {
  const { tell, orders } = scene()
  tell('DisconnectReq', DisconnectReqSchema, { reconnectAfterSeconds: 30n })
  tell('DisconnectReq', DisconnectReqSchema, { reconnectAfterSeconds: 2n ** 63n, permaban: true })
  expect(orders).toEqual([
    { reconnectAfterS: 30, ban: false },
    { reconnectAfterS: 604_800, ban: true },
  ])
})

it('[AL21] answers a question about this node by node id, machine guid and hostname', async () => {
  const { session, replies } = scene()
  const names = [nodeId, machineGuid, 'edge-1', 'stranger']
  for (const name of names)
    session.onMessage('cmd', encodeQuestion(name, '/r', { method: 'GET', target: `/node/${name}/api/v1/info`, timeoutMs: 0 }))
  await new Promise(setImmediate)
  const answers = replies.map(decodeAnswer).map(({ messageId, httpStatus }) => [messageId, httpStatus] as const)
  expect(new Map(answers)).toEqual(new Map(names.map((name) => [name, name === 'stranger' ? 404 : 200])))
})

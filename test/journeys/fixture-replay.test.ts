import { fromBinary } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { machineContent } from '../../cloud/metadata/claims/claim-record.ts'
import { keys } from '../../cloud/metadata/keys.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { ContextsCheckpointSchema, StartAlarmStreamingSchema } from '../../src/aclk/messages/index.ts'
import { alertStatusOf } from '../../src/aclk/messages/alert-status.ts'
import type { AlertConfigHash, MachineGuid, NodeId, PersonId } from '../../src/domain/ids.ts'
import { unknownVersionHash } from '../../src/domain/version-hash.ts'
import { silentLog } from '../../src/support/log.ts'
import { createAgentRules } from '../doubles/agents/agent-rules.ts'
import { behindEdgeAndTap } from '../doubles/agents/agent-tap.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { openGatewayDoor } from '../doubles/agents/gateway-door.ts'
import type { MemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import { createMemoryMetadata } from '../doubles/stores/memory-metadata.ts'
import type { Recording, RecordedLine } from '../doubles/agents/recording.ts'
import { hasRecordings, listRecordings, readRecording, recordingsFolder } from '../doubles/agents/recording.ts'
import { replay } from './fixture-replay.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

it('[GW1] the recorded sessions of stock agents are there to be replayed', () => {
  expect(hasRecordings, `no recordings at ${recordingsFolder}: the replay suite cannot run`).toBe(true)
})

async function replayed(version: string, scenario: string) {
  const recording = readRecording(version, scenario)
  const metadata = createMemoryMetadata({ nodeIds: recording.nodeIds, token: 'fixture-space-token' })
  const door = await openGatewayDoor(metadata.ports)
  return { recording, metadata, door, seen: await replay(recording, door, metadata.ports) }
}

describe.each(listRecordings())('$version $scenario', ({ version, scenario }) => {
  it('[GW2] [GW3] [GW4] [GW5] [GW6] takes every byte the agent sent, and every effect happens', async () => {
    const { recording, metadata, door, seen } = await replayed(version, scenario)

    expect(seen.complaints).toEqual([])
    expect(seen.published).toBe(publishesOf(recording).length)
    expect(door.gateway.counts()).toMatchObject({
      linksRefused: 0,
      undecodable: 0,
      mismatched: 0,
      unannounced: 0,
      lateAnswers: 0,
      takeovers: 0,
      storeTroubles: 0,
    })

    expect(seen.answers).toBe(publishesOf(recording).filter(({ response }) => response).length)
    expect(seen.wrongAnswers).toEqual([])

    // The one difference there is in all recordings: an agent killed while it wrote (fixtures README row 5).
    expect(seen.differences).toEqual(version === '1.37.1' && scenario === 'tcp-cut' ? [59_348] : [])
    expect(factsOf(metadata)).toEqual(recordedFacts(recording))
    expect(alertsOf(metadata)).toEqual(recordedAlerts(recording))
    expect([...metadata.configs.keys()].sort()).toEqual(recordedConfigs(recording))

    door.clock.advance(61_000)
    expect([...recording.nodeIds.values()].map((nodeId) => door.presence.stateOf(nodeId as NodeId))).toEqual(
      [...recording.nodeIds].map(() => 'offline'),
    )
    expect([...recording.nodeIds.values()].map((nodeId) => door.bus.route(nodeId as NodeId))).toEqual(
      [...recording.nodeIds].map(() => undefined),
    )
    expect([...metadata.nodes.values()].every(({ lastSeenAtMs }) => lastSeenAtMs !== undefined)).toBe(true)
  })
})

describe.each(listRecordings())('$version $scenario on the real metadata', ({ version, scenario }) => {
  it('[GW74] every message is stored in the embedded store as the agent announced it', async () => {
    const recording = readRecording(version, scenario)
    const clock = createHandClock()
    const store = createSqliteStore({ path: join(temporaryFolder(), 'metadata.db'), clock, log: silentLog })
    onTestFinished(() => store.close())
    const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
    const { spaceId } = await metadata.spaces.ensureFirst({ name: 'space', adminPersonId: randomUUID() as string as PersonId })
    // The recorded node ids are known beforehand: they stand in the recorded payloads.
    for (const [machineGuid, nodeId] of recording.nodeIds) {
      await store.write({ ...keys.machine(spaceId, machineGuid as MachineGuid), ...machineContent(nodeId as NodeId, []) }, 'absent')
    }
    const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 60_000, uses: 1 })
    const door = await openGatewayDoor(metadata, clock)
    const seen = await replay(recording, door, metadata, (body) =>
      body.replace('fixture-space-token', token).replace(/("rooms"\s*:\s*)\[[^\]]*\]/, '$1[]'),
    )

    expect(seen.complaints).toEqual([])
    expect(door.gateway.counts()).toMatchObject({ linksRefused: 0, undecodable: 0, mismatched: 0, unannounced: 0, storeTroubles: 0 })
    expect(seen.differences).toEqual(version === '1.37.1' && scenario === 'tcp-cut' ? [59_348] : [])
    const nodes = await metadata.nodes.list(spaceId)
    expect(nodes.map(({ nodeId, hostname }) => ({ nodeId, hostname })).sort(byNodeId)).toEqual(
      recordedFacts(recording)
        .map(({ nodeId, hostname }) => ({ nodeId, hostname }))
        .sort(byNodeId),
    )
    const alerts: Record<string, string> = {}
    for (const { nodeId } of nodes)
      for (const { chart, name, status } of await metadata.alerts.list(spaceId, nodeId)) alerts[`${nodeId} ${chart} ${name}`] = status
    expect(alerts).toEqual(recordedAlerts(recording))
    const hashes = recordedConfigs(recording) as AlertConfigHash[]
    expect((await metadata.alerts.configs(spaceId, hashes)).map(({ hash }) => hash).sort()).toEqual(hashes)
  })
})

describe.each(listRecordings())('$version $scenario through the real edge', ({ version, scenario }) => {
  it('[GW180] everything the cloud sends, byte by byte, keeps the rules of agents, and every publish is acknowledged once', async () => {
    const recording = readRecording(version, scenario)
    const metadata = createMemoryMetadata({ nodeIds: recording.nodeIds, token: 'fixture-space-token' })
    const clock = createHandClock()
    const rules = createAgentRules(() => clock.nowMs())
    const door = await openGatewayDoor(metadata.ports, clock, behindEdgeAndTap(rules))
    const seen = await replay(recording, door, metadata.ports)
    clock.advance(11 * 60_000)

    expect(seen.complaints).toEqual([])
    expect(seen.published).toBe(publishesOf(recording).length)
    expect(rules.faults).toEqual([])
    const links = recording.lines.filter(({ dir, kind }) => dir === 'agent' && kind === 'ws-open').length
    expect(rules.seen).toMatchObject({ upgrades: links })
    expect(rules.seen.frames).toBeGreaterThan(seen.published)
  })
})

const byNodeId = (a: { nodeId: string }, b: { nodeId: string }) => (a.nodeId < b.nodeId ? -1 : 1)

describe.each(['1.37.1', '2.10.4', '2.11.0-84-nightly'].filter(() => hasRecordings))('%s', (version) => {
  it('[GW7] asks an unknown node for everything, and a known one from where the store stands', async () => {
    const { recording, seen } = await replayed(version, 'reconnect-known-state')
    const checkpoints = seen.commands
      .filter(({ name }) => name === 'ContextsCheckpoint')
      .map(({ payload }) => fromBinary(ContextsCheckpointSchema, payload).versionHash)
    const starts = seen.commands
      .filter(({ name }) => name === 'StartAlarmStreaming')
      .map(({ payload }) => fromBinary(StartAlarmStreamingSchema, payload))

    expect(checkpoints).toEqual([unknownVersionHash, ...recordedHashesAtReconnect(recording)])
    expect(starts.map(({ nodeId, batchId, startSequnceId }) => ({ nodeId, batchId, startSequnceId }))[0]).toEqual({
      nodeId: [...recording.nodeIds.values()][0],
      batchId: 1n,
      startSequnceId: 1n,
    })
    const recordedStarts = commandsOf(recording, 'StartAlarmStreaming').slice(1)
    if (version === '1.37.1')
      expect(starts.slice(1).map(({ startSequnceId }) => startSequnceId)).toEqual(
        recordedStarts.map((message) => BigInt(String(message['start_sequnce_id']))),
      )
    else expect(starts.slice(1).map((start) => start.version)).toEqual(recordedStarts.map((message) => BigInt(String(message['version']))))
  })

  it('[GW8] an alert raises and clears', async () => {
    const { metadata } = await replayed(version, 'alert-transition')
    const [node] = metadata.nodes.values()
    const flips = node?.transitions.filter(({ name }) => name === 'fx_flip').map(({ status }) => status) ?? []
    expect(flips.filter((status, i) => status !== flips[i - 1])).toEqual(expect.arrayContaining(['clear', 'warning', 'critical']))
    expect([...(node?.alerts.values() ?? [])].find(({ name }) => name === 'fx_flip')?.status).toBe('clear')
  })

  it('[GW9] four links end without a goodbye, and each return within the grace is shown as nothing', async () => {
    const { seen, recording } = await replayed(version, 'tcp-cut')
    const [nodeId] = recording.nodeIds.values()
    expect(seen.states).toEqual([
      { nodeId, state: 'unseen' },
      { nodeId, state: 'live' },
    ])
  })
})

describe.each(['2.10.4', '2.11.0-84-nightly'].filter(() => hasRecordings))('%s', (version) => {
  it('[GW10] a streaming child appears, stops, returns and is removed', async () => {
    const { metadata, seen, recording } = await replayed(version, 'parent-child')
    const [, [childGuid, childId] = []] = recording.nodeIds
    expect(seen.states.filter(({ nodeId }) => nodeId === childId).map(({ state }) => state)).toEqual([
      'unseen',
      'live',
      'stale',
      'live',
      'stale',
      'offline',
    ])
    const [, child] = metadata.nodeByGuid(childGuid ?? '') ?? []
    expect([...(child?.instances.values() ?? [])].map(({ hops }) => hops)).toEqual([1])
    expect(child?.info?.isChild).toBe(true)
  })
})

function publishesOf(recording: Recording): RecordedLine[] {
  return recording.lines.filter(({ dir, cmd }) => dir === 'agent' && cmd === 'publish')
}

function messagesOf(recording: Recording, ...names: string[]): Readonly<Record<string, unknown>>[] {
  return publishesOf(recording).flatMap(({ name, message }) => (message && names.includes(name ?? '') ? [message] : []))
}

function commandsOf(recording: Recording, command: string): Readonly<Record<string, unknown>>[] {
  return recording.lines.flatMap(({ dir, name, message }) => (dir === 'cloud' && name === command && message ? [message] : []))
}

/** The announced hash that was current when each link but the first began. */
function recordedHashesAtReconnect(recording: Recording): bigint[] {
  const hashes: bigint[] = []
  let hash = 0n
  for (const { name, message, dir, cmd } of recording.lines) {
    if (dir === 'agent' && (name === 'contexts-snapshot' || name === 'contexts-updated'))
      hash = BigInt(String(message?.['version_hash'] ?? message?.['version']))
    if (dir === 'agent' && cmd === 'connect') hashes.push(hash)
  }
  return hashes.slice(1)
}

interface Facts {
  readonly nodeId: string
  readonly hostname: string
  readonly agentVersion: string
  readonly hasCollectors: boolean
}

function factsOf(metadata: MemoryMetadata): Facts[] {
  return [...metadata.nodes].map(([nodeId, { info, collectors }]) => ({
    nodeId,
    hostname: info?.hostname ?? '',
    agentVersion: info?.agentVersion ?? '',
    hasCollectors: collectors.length > 0,
  }))
}

function recordedFacts(recording: Recording): Facts[] {
  return [...recording.nodeIds].map(([machineGuid, nodeId]) => {
    const info = messagesOf(recording, 'node-instance-info').findLast((message) => message['machine_guid'] === machineGuid)
    const data = info?.['data'] as { name: string; version: string } | undefined
    const hasCollectors = messagesOf(recording, 'node-instance-collectors').some((message) => message['node_id'] === nodeId)
    return { nodeId, hostname: data?.name ?? '', agentVersion: data?.version ?? '', hasCollectors }
  })
}

interface WireAlert {
  readonly node_id: string
  readonly chart: string
  readonly name: string
  readonly status?: number
  readonly when?: string
}

/** Node, chart and name to status, of alerts that are not removed. */
function alertsOf(metadata: MemoryMetadata): Record<string, string> {
  return Object.fromEntries(
    [...metadata.nodes].flatMap(([nodeId, { alerts }]) =>
      [...alerts.values()].map(({ chart, name, status }) => [`${nodeId} ${chart} ${name}`, status]),
    ),
  )
}

function recordedAlerts(recording: Recording): Record<string, string> {
  const alerts = new Map<string, string>()
  const times = new Map<string, number>()
  const apply = ({ node_id, chart, name, status = 0, when = '0' }: WireAlert) => {
    const key = `${node_id} ${chart} ${name}`
    // 1.37.1 tells the end of an alert's former life after the beginning of the next, under its older time.
    if ((times.get(key) ?? 0) > Number(when)) return
    times.set(key, Number(when))
    if (alertStatusOf(status) === 'removed') alerts.delete(key)
    else alerts.set(key, alertStatusOf(status))
  }
  for (const message of messagesOf(recording, 'alarm-log', 'alarm-log-v2', 'alarm-snapshot', 'alarm-snapshot-v2')) {
    if (message['chunk'] === undefined) {
      apply(message as unknown as WireAlert)
      continue
    }
    if (message['chunk'] === 1) for (const key of alerts.keys()) if (key.startsWith(String(message['node_id']))) alerts.delete(key)
    for (const alert of message['alerts'] as WireAlert[]) apply(alert)
  }
  return Object.fromEntries(alerts)
}

function recordedConfigs(recording: Recording): string[] {
  return [...new Set(messagesOf(recording, 'alarm-config').map((message) => String(message['config_hash'])))].sort()
}

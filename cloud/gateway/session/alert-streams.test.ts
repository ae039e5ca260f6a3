import { fromBinary } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryMetadata } from '../../../test/doubles/stores/memory-metadata.ts'
import {
  SendAlarmCheckpointSchema,
  SendAlarmLogHealthSchema,
  SendAlarmSnapshotSchema,
  StartAlarmStreamingSchema,
} from '../../../src/aclk/messages/index.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../../src/domain/ids.ts'
import type { AlertTransition } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createQuietWarn } from '../quiet-warn.ts'
import type { AlertGeneration } from './alert-streams.ts'
import { alertGeneration, AlertStreams } from './alert-streams.ts'
import type { Command } from './commands.ts'

const periodMs = 10 * 60_000

async function setup(generation: AlertGeneration) {
  const clock = createHandClock()
  const claimId = randomUUID() as string as ClaimId
  const machineGuid = randomUUID() as string as MachineGuid
  // A node whose comparisons fall in the middle of each ten minutes.
  const metadata = createMemoryMetadata({ nodeIds: new Map([[machineGuid, '80000000-0000-4000-8000-000000000001']]) })
  await metadata.ports.claims.claim({ claimId, machineGuid, hostname: 'h', token: metadata.token, roomIds: [], publicKeyPem: 'pem' })
  const agent = await metadata.ports.claims.find(claimId)
  if (agent === undefined) throw new Error('not claimed')
  const { nodeId } = agent
  const sent: Command[] = []
  const warned: string[] = []
  const warn = createQuietWarn({ log: { ...silentLog, warn: (event) => void warned.push(event) }, clock })
  const streams = new AlertStreams({ agent, alerts: metadata.ports.alerts, clock, warn, send: (command) => void sent.push(command) })
  const tell = (name: string, change: Partial<AlertTransition> = {}) =>
    metadata.ports.alerts.transition(agent, nodeId, {
      chart: 'c',
      name,
      context: 'ctx',
      status: 'warning',
      oldStatus: 'clear',
      whenS: 1_700_000_000,
      configHash: undefined,
      transitionId: undefined,
      version: 7n,
      sequenceId: 0n,
      ...change,
    })
  /** Lets `ms` pass with a look each second, and answers what was sent meanwhile. */
  const pass = async (ms: number): Promise<Command[]> => {
    const before = sent.length
    for (let at = 0; at < ms; at += 1_000) {
      clock.advance(1_000)
      streams.tick(clock.monotonicMs())
    }
    await new Promise((resolve) => setImmediate(resolve))
    return sent.slice(before)
  }
  const start = async () => {
    await streams.start(nodeId, generation)
    return sent.splice(0).map(({ payload }) => fromBinary(StartAlarmStreamingSchema, payload))[0]
  }
  return { clock, metadata, agent, nodeId, streams, sent, warned, tell, pass, start }
}

const names = (commands: readonly Command[]) => commands.map(({ name }) => name)

it('[GW160] the generation follows from the health capability, of the node instance first, even when health is off', () => {
  const health = (version: number, enabled = true) => [{ name: 'health', version, enabled }]
  expect([
    alertGeneration([], []),
    alertGeneration([], health(1)),
    alertGeneration(health(2), health(1)),
    alertGeneration(health(2, false), []),
    alertGeneration([], health(3)),
  ]).toEqual(['A', 'B', 'C', 'C', 'C'])
})

it.each([
  ['A', 'SendAlarmLogHealth'],
  ['B', 'SendAlarmCheckpoint'],
  ['C', 'SendAlarmCheckpoint'],
] as const)('[GW161] what is stored of generation %s is compared once in ten minutes by %s', async (generation, command) => {
  const { start, pass, streams, nodeId } = await setup(generation)
  await start()
  expect(names(await pass(periodMs))).toEqual([command])
  expect(names(await pass(periodMs))).toEqual([command])
  streams.stop(nodeId)
  expect(await pass(3 * periodMs)).toEqual([])
})

it('[GW161] the comparisons of many nodes are spread over the ten minutes', async () => {
  const { streams, pass } = await setup('A')
  for (let n = 0; n < 200; n++) await streams.start(randomUUID() as string as NodeId, 'A').catch(() => {})
  const asked = []
  for (let minute = 0; minute < 10; minute++) asked.push((await pass(60_000)).length)
  expect(asked.reduce((sum, each) => sum + each, 0)).toBe(200)
  expect(Math.max(...asked)).toBeLessThan(60)
})

it('[GW162] a store that cannot answer is warned of, and asked again the next time', async () => {
  const { start, pass, warned, metadata, agent } = await setup('C')
  await start()
  const events = metadata.ports.alerts
  const working = { ...events }
  Object.assign(events, { position: () => Promise.reject(new ThroughlineError('STORE_UNAVAILABLE', 'No.')) })
  expect(await pass(periodMs)).toEqual([])
  expect(warned).toEqual(['alerts_not_compared'])
  Object.assign(events, working)
  expect(fromBinary(SendAlarmCheckpointSchema, (await pass(periodMs))[0]?.payload ?? Buffer.of())).toMatchObject({ claimId: agent.claimId })
})

describe('generation A', () => {
  const health = async (lab: Awaited<ReturnType<typeof setup>>, first: bigint, last: bigint) => {
    const before = lab.sent.length
    await lab.streams.logHealth({ claimId: lab.agent.claimId, nodeId: lab.nodeId, firstSequenceId: first, lastSequenceId: last })
    return lab.sent.slice(before).map(({ payload }) => fromBinary(StartAlarmStreamingSchema, payload).startSequnceId)
  }

  it('[GW163] a gap that is still there fifteen seconds later is asked for from the stored position', async () => {
    const lab = await setup('A')
    await lab.tell('a', { sequenceId: 3n })
    expect((await lab.start())?.startSequnceId).toBe(4n)
    const [asked] = await lab.pass(periodMs)
    expect(fromBinary(SendAlarmLogHealthSchema, asked?.payload ?? Buffer.of()).nodeId).toBe(lab.nodeId)
    expect(await health(lab, 1n, 5n)).toEqual([])
    expect(names(await lab.pass(16_000))).toEqual(['SendAlarmLogHealth'])
    expect(await health(lab, 1n, 5n)).toEqual([4n])
  })

  it('[GW163] entries that were on their way are no gap', async () => {
    const lab = await setup('A')
    await lab.tell('a', { sequenceId: 3n })
    await lab.start()
    await lab.pass(periodMs)
    await health(lab, 1n, 5n)
    await lab.tell('b', { sequenceId: 5n })
    await lab.pass(16_000)
    expect(await health(lab, 1n, 5n)).toEqual([])
    expect(await lab.pass(60_000)).toEqual([])
  })

  it.each([
    ['began anew', 1n, 2n],
    ['no longer has what is missing', 9n, 12n],
  ])('[GW164] a log that %s is asked for from its start', async (_, first, last) => {
    const lab = await setup('A')
    await lab.tell('a', { sequenceId: 3n })
    await lab.start()
    await lab.pass(periodMs)
    const told = [...(await health(lab, first, last))]
    await lab.pass(16_000)
    told.push(...(await health(lab, first, last)))
    expect(told).toEqual([1n])
  })

  it('[GW165] an answer nobody asked for, an equal one and one of an empty log change nothing', async () => {
    const lab = await setup('A')
    await lab.tell('a', { sequenceId: 3n })
    await lab.start()
    expect(await health(lab, 1n, 1n)).toEqual([])
    await lab.pass(periodMs)
    expect(await health(lab, 1n, 3n)).toEqual([])
    await lab.pass(periodMs)
    expect(await health(lab, 0n, 0n)).toEqual([])
  })
})

describe('generation B', () => {
  const told = async (lab: Awaited<ReturnType<typeof setup>>, checksum: Uint8Array) => {
    const before = lab.sent.length
    await lab.streams.checkpoint({ claimId: lab.agent.claimId, nodeId: lab.nodeId, checksum })
    return lab.sent.slice(before)
  }

  it('[GW166] a checksum other than ours brings a snapshot under a uuid, an equal one brings nothing', async () => {
    const lab = await setup('B')
    expect((await lab.start())?.resets).toBe(true)
    await lab.tell('a')
    const ours = await lab.metadata.ports.alerts.raisedChecksum(lab.agent, lab.nodeId)
    await lab.pass(periodMs)
    expect(await told(lab, ours)).toEqual([])
    await lab.pass(periodMs)
    const [snapshot] = await told(lab, Buffer.alloc(32))
    expect(snapshot?.name).toBe('SendAlarmSnapshot')
    expect(fromBinary(SendAlarmSnapshotSchema, snapshot?.payload ?? Buffer.of())).toMatchObject({
      nodeId: lab.nodeId,
      claimId: lab.agent.claimId,
      snapshotUuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
    expect(await told(lab, Buffer.alloc(32))).toEqual([])
  })

  it('[GW167] after three snapshots that did not help, one is asked for at each sixth difference', async () => {
    const lab = await setup('B')
    await lab.start()
    const asked: number[] = []
    for (let n = 1; n <= 12; n++) {
      await lab.pass(periodMs)
      if ((await told(lab, Buffer.alloc(32))).length > 0) asked.push(n)
    }
    expect(asked).toEqual([1, 2, 3, 6, 12])
  })

  it('[GW168] no other generation is ever asked for a snapshot by its uuid', async () => {
    for (const generation of ['A', 'C'] as const) {
      const lab = await setup(generation)
      await lab.start()
      await lab.pass(periodMs)
      expect(await told(lab, Buffer.alloc(32))).toEqual([])
    }
  })
})

describe('generation C', () => {
  it('[GW169] the stored version is compared, and a version of 1 is told as 0', async () => {
    for (const [stored, compared] of [
      [41n, 41n],
      [1n, 0n],
    ] as const) {
      const lab = await setup('C')
      await lab.tell('a', { version: stored })
      expect((await lab.start())?.version).toBe(compared)
      const [asked] = await lab.pass(periodMs)
      expect(fromBinary(SendAlarmCheckpointSchema, asked?.payload ?? Buffer.of())).toMatchObject({
        nodeId: lab.nodeId,
        claimId: lab.agent.claimId,
        version: compared,
      })
    }
  })

  it('[GW170] an alert told as removed is compared fifteen seconds later', async () => {
    for (const [status, expected] of [
      ['removed', ['SendAlarmCheckpoint']],
      ['clear', []],
    ] as const) {
      const lab = await setup('C')
      await lab.start()
      await lab.pass(periodMs)
      await lab.tell('a', { status })
      const [transition] = lab.metadata.nodes.get(lab.nodeId)?.transitions ?? []
      if (transition) lab.streams.told(lab.nodeId, transition)
      expect(names(await lab.pass(16_000))).toEqual(expected)
    }
  })
})

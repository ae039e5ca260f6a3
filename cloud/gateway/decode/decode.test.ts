import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { linkLimits } from '../../../src/aclk/limits.ts'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  ContextsSnapshotSchema,
  CreateNodeInstanceSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeCollectorsSchema,
  UpdateNodeInfoSchema,
} from '../../../src/aclk/messages/index.ts'
import { decodeAlarmLogEntry, decodeAlarmSnapshot } from './alerts.ts'
import { decodeContextsSnapshot } from './contexts.ts'
import { decodeCollectors, decodeNodeInfo } from './node-info.ts'
import { decodeAgentConnection, decodeCreateNodeInstance } from './presence.ts'
import { cut } from './texts.ts'

const bytesOf = <Desc extends DescMessage>(schema: Desc, message: MessageInitShape<Desc>) => toBinary(schema, create(schema, message))
const undecodable = expect.objectContaining({ code: 'AGENT_PROTOCOL' }) as Error
const nodeId = randomUUID()
const machineGuid = randomUUID()

it('[GW67] labels are bounded in number and bytes, sorted, and never reach a prototype', () => {
  const hostLabels = {
    ...Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${String(i).padStart(3, '0')}`, 'v'])),
    a: 'é'.repeat(900),
    ['x'.repeat(201)]: 'v',
  }
  Object.defineProperty(hostLabels, '__proto__', { value: 'evil', enumerable: true })
  const { info } = decodeNodeInfo(bytesOf(UpdateNodeInfoSchema, { machineGuid, data: { hostLabels } }))
  const keys = Object.keys(info.labels)
  expect(keys).toHaveLength(linkLimits.labels)
  expect(keys).toEqual(keys.toSorted())
  expect(Buffer.byteLength(info.labels['a'] ?? '')).toBe(linkLimits.labelValueBytes)
  expect(keys).not.toContain('x'.repeat(201))
  expect(Object.getPrototypeOf(info.labels)).toBe(Object.prototype)
})

it('[GW68] texts are cut, not in the middle of a character; markup stays text', () => {
  expect(cut('ab😀', 3)).toBe('ab')
  expect(cut('ab😀', 4)).toBe('ab😀')
  const { info } = decodeNodeInfo(bytesOf(UpdateNodeInfoSchema, { machineGuid, data: { name: '<img src=x>', osName: 'y'.repeat(5_000) } }))
  expect([info.hostname, info.osName.length]).toEqual(['<img src=x>', linkLimits.nameChars])
})

it('[GW69] lists are bounded: capabilities by name once, collectors, contexts, alerts', () => {
  const capabilities = Array.from({ length: 300 }, (_, i) => ({ name: `c${i % 100}`, version: i, enabled: true }))
  expect(decodeAgentConnection(bytesOf(UpdateAgentConnectionSchema, { sessionId: 1n, capabilities })).capabilities).toHaveLength(
    linkLimits.capabilities,
  )
  const collectors = Array.from({ length: 3_000 }, () => ({ plugin: 'p', module: 'm' }))
  expect(decodeCollectors(bytesOf(UpdateNodeCollectorsSchema, { nodeId, collectors })).collectors).toHaveLength(linkLimits.collectors)
  const contexts = Array.from({ length: linkLimits.contexts + 1 }, (_, i) => ({ id: `c${i}` }))
  expect(() => decodeContextsSnapshot(bytesOf(ContextsSnapshotSchema, { nodeId, contexts }))).toThrow(undecodable)
  const alarms = Array.from({ length: linkLimits.alerts + 1 }, () => ({ name: 'a' }))
  expect(() => decodeAlarmSnapshot(bytesOf(AlarmSnapshotSchema, { nodeId, alarms }))).toThrow(undecodable)
})

it.each<[string, () => unknown]>([
  ['a node id that is no UUID', () => decodeAlarmLogEntry(bytesOf(AlarmLogEntrySchema, { nodeId: 'x', name: 'a' }))],
  ['an alert without a name', () => decodeAlarmLogEntry(bytesOf(AlarmLogEntrySchema, { nodeId, name: '' }))],
  ['a machine guid that is no UUID', () => decodeCreateNodeInstance(bytesOf(CreateNodeInstanceSchema, { machineGuid: 'x' }))],
  ['negative hops', () => decodeCreateNodeInstance(bytesOf(CreateNodeInstanceSchema, { machineGuid, hops: -1 }))],
  ['a session id of 0', () => decodeAgentConnection(bytesOf(UpdateAgentConnectionSchema, { sessionId: 0n }))],
  ['a chunk beyond the last', () => decodeAlarmSnapshot(bytesOf(AlarmSnapshotSchema, { nodeId, chunk: 3, chunks: 2 }))],
  ['node info without data', () => decodeNodeInfo(bytesOf(UpdateNodeInfoSchema, { machineGuid }))],
  ['a small message of 300 KiB', () => decodeNodeInfo(bytesOf(UpdateNodeInfoSchema, { machineGuid, data: { name: 'x'.repeat(300_000) } }))],
  ['groups in groups in groups', () => decodeNodeInfo(Buffer.alloc(200_000, 0x0b))],
])('[GW70] %s is refused without its content', (_name, decode) => {
  expect(decode).toThrow(undecodable)
})

it('[GW71] a context without a usable id is left out; numbers beyond range are bounded', () => {
  const { contexts } = decodeContextsSnapshot(
    bytesOf(ContextsSnapshotSchema, {
      nodeId,
      contexts: [
        { id: '' },
        { id: 'x'.repeat(201) },
        { id: 'a', priority: 18_446_744_073_709_551_615n, deleted: true },
        { id: 'b', priority: 18_446_744_073_709_551_615n },
      ],
    }),
  )
  expect(contexts.map(({ id, priority }) => [id, priority])).toEqual([['b', 4_294_967_295]])
})

import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { alertStatusOf, wireAlertStatus } from './alert-status.ts'
import { countField } from './count-field.ts'
import {
  ContextsCheckpointSchema,
  ContextsUpdatedSchema,
  ProvideAlarmConfigurationSchema,
  StartAlarmStreamingSchema,
  UpdateAgentConnectionSchema,
} from './index.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

it('[AK17] commands have the bytes of the tables: field numbers, defaults left out', () => {
  expect(
    hex(
      toBinary(
        StartAlarmStreamingSchema,
        create(StartAlarmStreamingSchema, { nodeId: 'n', batchId: 1n, startSequnceId: 1n, resets: true, version: 0n }),
      ),
    ),
  ).toBe('0a016e100118012001')
  expect(
    hex(
      toBinary(
        ContextsCheckpointSchema,
        create(ContextsCheckpointSchema, { claimId: 'c', nodeId: 'n', versionHash: 9_007_199_254_740_991n }),
      ),
    ),
  ).toBe('0a016312016e18ffffffffffffff0f')
})

it('[AK18] 64-bit numbers stay whole, negative 32-bit ones come as ten bytes', () => {
  const updated = fromBinary(
    ContextsUpdatedSchema,
    toBinary(ContextsUpdatedSchema, create(ContextsUpdatedSchema, { versionHash: 18_446_744_073_709_551_615n })),
  )
  expect(updated.versionHash).toBe(18_446_744_073_709_551_615n)
  const wire = Buffer.from('0a0168120fe001c4ffffffffffffffff010a0161', 'hex')
  expect(fromBinary(ProvideAlarmConfigurationSchema, wire).config).toMatchObject({ pDbLookupAfter: -60, alarm: 'a' })
})

it('[AK19] unknown fields are passed over', () => {
  const known = toBinary(UpdateAgentConnectionSchema, create(UpdateAgentConnectionSchema, { claimId: 'c', reachable: true, sessionId: 5n }))
  const message = fromBinary(UpdateAgentConnectionSchema, Buffer.concat([known, Buffer.from('fa070178', 'hex')]))
  expect(message).toMatchObject({ claimId: 'c', reachable: true, sessionId: 5n })
})

it('[AK20] alert statuses have our words, and numbers no version uses are unknown', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 4_000_000_000].map(alertStatusOf)).toEqual([
    'null',
    'unknown',
    'removed',
    'undefined',
    'clear',
    'warning',
    'critical',
    'unknown',
    'unknown',
  ])
  expect(wireAlertStatus('critical')).toBe(6)
})

it.each([
  ['', 0],
  ['0a000a001001', 2],
  ['0a0161120162', 1],
  ['0d010000000a00', 2],
  ['0901020304050607080a00', 2],
])('[AK21] counts field 1 at the top of %s', (bytes, count) => {
  expect(countField(Buffer.from(bytes, 'hex'), 1)).toBe(count)
})

it.each(['0a', '0a05', '0b', '08', '0affffffffffffffffffff', '80'])(
  '[AK22] bytes that are no message count as infinitely many: %s',
  (bytes) => {
    expect(countField(Buffer.from(bytes, 'hex'), 1)).toBe(Number.POSITIVE_INFINITY)
  },
)

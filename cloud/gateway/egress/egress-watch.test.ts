import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, it } from 'vitest'
import { ContextsSnapshotSchema, UpdateNodeInfoSchema } from '../../../src/aclk/messages/index.ts'
import { manifestHash, manifestStatement, type ManifestFields } from '../../../src/aclk/egress/manifest-form.ts'
import type { ClaimId, MachineGuid, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { ClaimedAgent } from '../ports.ts'
import { createEgressWatch } from './egress-watch.ts'
import { readStatement, type EgressStatement } from './read-statement.ts'

const id = (digit: string) => `${digit.repeat(8)}-1b8d-48fb-94ec-51ca9120991f`
const agent: ClaimedAgent = {
  claimId: id('1') as ClaimId,
  spaceId: id('2') as SpaceId,
  machineGuid: id('3') as MachineGuid,
  nodeId: id('4') as NodeId,
  publicKeyPem: '',
}

function scene(stored?: ManifestFields) {
  const clock = createHandClock()
  const refused: string[] = []
  const told: EgressStatement[] = []
  const watch = createEgressWatch({
    clock,
    events: {
      told: (_agent, statement) => Promise.resolve(void told.push(statement)),
      manifestOf: () => Promise.resolve(stored),
      refused: (_agent, field) => void refused.push(field),
    },
  })
  return { clock, watch, refused, told }
}

const info = Buffer.from(
  toBinary(
    UpdateNodeInfoSchema,
    create(UpdateNodeInfoSchema, {
      claimId: agent.claimId,
      machineGuid: agent.machineGuid,
      data: { name: 'edge-1', os: 'linux', hostLabels: { team: 'orchid' } },
    }),
  ),
)
const allowed = { 'nodeinstance.v1.UpdateNodeInfo': ['claimId', 'machineGuid', 'data.name', 'data.os'] }

it('[MK30] (D8) (P3) a field that the confirmed list does not hold is taken out of a message, counted, and audited once a field and hour', async () => {
  const { clock, watch, refused } = scene(allowed)
  for (let times = 0; times < 3; times++) {
    const admitted = fromBinary(UpdateNodeInfoSchema, await watch.admit(agent, 'node-instance-info', info))
    expect([admitted.data?.name, admitted.data?.os, admitted.data?.hostLabels]).toEqual(['edge-1', 'linux', {}])
  }
  expect(watch.refused(agent.claimId)).toEqual({ 'nodeinstance.v1.UpdateNodeInfo data.hostLabels': 3 })
  expect(refused).toEqual(['nodeinstance.v1.UpdateNodeInfo data.hostLabels'])
  clock.advance(3_600_000)
  await watch.admit(agent, 'node-instance-info', info)
  expect(refused).toHaveLength(2)
})

it('[MK30] a message within the list, and one of a claim without a list, are the bytes that came', async () => {
  const stock = scene()
  expect(await stock.watch.admit(agent, 'node-instance-info', info)).toBe(info)
  const all = scene({ 'nodeinstance.v1.UpdateNodeInfo': [...allowed['nodeinstance.v1.UpdateNodeInfo'], 'data.hostLabels'] })
  expect(await all.watch.admit(agent, 'node-instance-info', info)).toBe(info)
  const broken = Buffer.from([0xff, 0xff])
  expect(await all.watch.admit(agent, 'node-instance-info', broken)).toBe(broken)
})

it('[MK30] a message that the list does not name is left without anything, and members of lists are looked into', async () => {
  const { watch } = scene({ 'context.v1.ContextsSnapshot': ['claimId', 'contexts.id'] })
  const snapshot = {
    claimId: agent.claimId,
    nodeId: agent.nodeId,
    contexts: [
      { id: 'system.cpu', title: 'CPU' },
      { id: 'a.b', family: 'orchid' },
    ],
  }
  const bytes = Buffer.from(toBinary(ContextsSnapshotSchema, create(ContextsSnapshotSchema, snapshot)))
  const admitted = fromBinary(ContextsSnapshotSchema, await watch.admit(agent, 'contexts-snapshot', bytes))
  expect([admitted.nodeId, admitted.contexts.map(({ id: context, title, family }) => [context, title, family])]).toEqual([
    '',
    [
      ['system.cpu', '', ''],
      ['a.b', '', ''],
    ],
  ])
  const nothing = fromBinary(UpdateNodeInfoSchema, await watch.admit(agent, 'node-instance-info', info))
  expect([nothing.claimId, nothing.data?.name]).toEqual(['', ''])
})

it('[MK31] a list that a claim tells holds from then on', async () => {
  const { watch, told } = scene(allowed)
  const fields = { 'nodeinstance.v1.UpdateNodeInfo': ['claimId'] }
  await watch.tell(agent, { version: 1, hash: manifestHash(fields), fields, confirmedAtMs: 1, by: 'flag', pending: [] })
  expect(told).toHaveLength(1)
  const admitted = fromBinary(UpdateNodeInfoSchema, await watch.admit(agent, 'node-instance-info', info))
  expect([admitted.claimId, admitted.machineGuid, admitted.data?.name]).toEqual([agent.claimId, '', ''])
})

it('[MK31] what a claim says of its list must be of its form, of its hash, and signed with the key of the claim', () => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const hash = manifestHash(allowed)
  const signed = (claimId: string, of = hash) =>
    sign('sha256', Buffer.from(manifestStatement(claimId, of, [])), pair.privateKey).toString('base64')
  const said = { version: 1, hash, fields: allowed, confirmedAtMs: 1, by: 'flag', pending: [], signature: signed(agent.claimId) }
  const read = (member: unknown) => () => readStatement(member, agent.claimId, pair.publicKey)
  expect(read(said)()).toMatchObject({ hash, fields: allowed })
  const wrong = [
    { ...said, more: 1 },
    { ...said, fields: { ...allowed, more: ['a'] } },
    { ...said, signature: signed(id('9')) },
    { ...said, pending: ['query answer more'] },
    { ...said, signature: '' },
    { ...said, fields: { a: Array.from({ length: 300 }, String) } },
    'egress',
    null,
  ]
  for (const member of wrong) expect(read(member)).toThrow(expect.objectContaining({ code: 'BODY_UNPROCESSABLE' }))
})

import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { systemClock } from '../../src/support/clock.ts'
import { createFakeSource, fakeAlert, fakeContext } from '../../test/doubles/hosts/fake-source.ts'
import { startFakeCloud } from '../../test/doubles/agents/fake-cloud.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { testGate } from '../../test/doubles/hosts/test-gate.ts'
import { createAgent } from '../agent.ts'
import type { HostFunctions } from '../functions/host-functions.ts'
import { functionsOfThisHost } from '../functions/this-host.ts'
import { agentCapabilities } from '../session/capabilities.ts'
import { contextsUpdated, encodeMessage } from '../session/messages.ts'
import { jsonAnswer } from '../sources/source.ts'
import { claimBody } from '../claim/claim.ts'
import { confirmation } from './confirmed.ts'
import { describeEgress, sessionMessages } from './describe.ts'
import { fieldPaths } from '../../src/aclk/egress/manifest-form.ts'
import { egressManifest } from './manifest.ts'
import { egressMember, type EgressMember } from './tell-manifest.ts'

const machineGuid = '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid
const source = createFakeSource({
  contexts: [fakeContext('system.cpu')],
  alerts: [fakeAlert('one', { configHash: 'h1' })],
  configs: { h1: { template: 'one' } },
})
const speaker = {
  claimId: machineGuid as string as ClaimId,
  machineGuid,
  hostname: 'edge-1',
  capabilities: agentCapabilities(source, undefined),
}
const messages = [
  ...sessionMessages(speaker, source, 1_800_000_000_000),
  contextsUpdated(speaker, machineGuid as string as NodeId, [{ ...fakeContext('a'), deleted: false }], 1n, 1_800_000_000_000),
]

it('[EG1] every field of every message is in the manifest, and every message of the manifest is sent', () => {
  const sent = new Set(messages.map(({ schema }) => schema.typeName))
  for (const { schema, fields } of messages) {
    const present = fieldPaths(fields)
    const listed = Object.keys(egressManifest[schema.typeName] ?? {})
    expect(present.filter((path) => !listed.includes(path))).toEqual([])
    // A definition holds what it needs of its fields.
    expect(listed.filter((path) => !path.startsWith('config.') && !present.includes(path))).toEqual([])
  }
  expect(Object.keys(egressManifest).filter((name) => name.includes('.v1.') && !sent.has(name))).toEqual([])
})

const wish = {
  source,
  url: 'https://cloud.example:8443',
  token: 'token-1',
  roomIds: ['room-1'],
  machineGuid,
  hostname: 'edge-1',
  clock: createHandClock(),
  gate: testGate(),
}

it('[EG2] prints each request and message in the order of sending, with its bytes', async () => {
  const sections: string[] = []
  for await (const section of describeEgress(wish)) sections.push(section)
  const titles = sections.map((section) => /^=== (.*) ===/.exec(section)?.[1])
  expect(titles).toEqual([
    'claim request',
    'discovery request',
    'challenge request',
    'password request',
    'MQTT CONNECT',
    'MQTT SUBSCRIBE',
    'agent.v1.UpdateAgentConnection',
    'agent.v1.UpdateAgentConnection',
    'nodeinstance.v1.CreateNodeInstance',
    'nodeinstance.v1.UpdateNodeInstanceConnection',
    'nodeinstance.v1.UpdateNodeInfo',
    'nodeinstance.v1.UpdateNodeCollectors',
    'context.v1.ContextsSnapshot',
    'alarms.v1.AlarmSnapshot',
    'alarms.v1.AlarmLogEntry',
    'alarms.v1.ProvideAlarmConfiguration',
    'agent.v1.UpdateAgentConnection',
    'query answer',
    'answer to GET /api/v1/info',
    'answer to GET /api/v1/contexts',
    'answer to GET /api/v1/context?context=system.cpu',
    'answer to GET /api/v1/charts',
    'answer to GET /api/v1/chart?chart=system.cpu',
    'answer to GET /api/v1/data?context=system.cpu&after=-1&points=1&options=jsonwrap',
    'answer to GET /api/v1/alarms',
    'answer to GET /api/v1/alarms_values',
    'answer to GET /api/v1/alarm_count',
    'answer to GET /api/v1/alarm_log',
    'answer to GET /api/v1/alarm_variables?chart=system.cpu',
    'functions',
  ])
  const text = sections.join('\n')
  for (const fact of [
    '"token":"token-1"',
    '"rooms":["room-1"]',
    `"mGUID":"${machineGuid}"`,
    '"name": "edge-1"',
    '"id": "system.cpu"',
    '"value": 1',
  ]) {
    expect(text).toContain(fact)
  }
  const claim = /\/nodes\/(\S+)/.exec(text)?.[1]
  const create = messages.find(({ topic }) => topic === 'create-node-instance')
  const bytes = create && encodeMessage(testGate().message({ ...create, fields: { ...create.fields, claimId: claim } }))
  expect(text).toContain(`base64: ${Buffer.from(bytes ?? []).toString('base64')}`)
})

it('[EG2] shows the list that the claim tells, at the size the claim will have', async () => {
  const [section = ''] = (await describeEgress(wish).next()).value?.split('\n  node.id:') ?? []
  const line = section.split('\n').find((each: string) => each.startsWith('{')) ?? ''
  const shown = JSON.parse(line) as { readonly egress: Omit<EgressMember, 'signature'> }
  const confirmed = confirmation('flag', wish.clock.nowMs())
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const member = egressMember(confirmed, [], speaker.claimId, pair.privateKey)
  expect(shown.egress).toEqual({ ...member, signature: '<signature with that key>' })
  const real = claimBody(wish, speaker.claimId, pair.publicKey, member)
  expect(section).toContain(`${Buffer.byteLength(real)} bytes of body`)
})

it('[EG5] (D8) a name that was chosen is told whatever the source says', async () => {
  const sections: string[] = []
  for await (const section of describeEgress({ ...wish, hostname: 'chosen-1', chosenName: 'chosen-1' })) sections.push(section)
  const told = sections.find((section) => section.startsWith('=== nodeinstance.v1.UpdateNodeInfo ==='))
  expect([told?.includes('"name": "chosen-1"'), source.info().node.hostname]).toEqual([true, 'edge-1'])
})

it('[EG4] tells which functions may be asked and what each sends, and when none is offered', async () => {
  const lines = async (functions?: HostFunctions) => {
    const sections: string[] = []
    for await (const section of describeEgress({ ...wish, functions })) sections.push(section)
    return sections
  }
  const list = { processes: { help: 'What runs.' } }
  const functions: HostFunctions = {
    list: () => list,
    answer: ({ command, query, permissions }) =>
      Promise.resolve(
        jsonAnswer(200, JSON.stringify({ query, permissions, functions: list, long: 'x'.repeat(command === 'function' ? 9_000 : 1) })),
      ),
  }
  const offered = (await lines(functions)).join('')
  for (const fact of ['GET /api/v1/function\n', 'answer to GET /api/v1/functions', '"query":"function=processes"', '"permissions":27']) {
    expect(offered).toContain(fact)
  }
  for (const name of Object.keys(egressManifest['function answer'] ?? {})) expect(offered).toContain(`  ${name}: `)
  expect(offered).not.toContain('x'.repeat(3_000))
  const off = (await lines()).join('')
  expect([off.includes('GET /api/v1/function'), off.includes('Switched off')]).toEqual([false, true])
})

it('[EG4] every function of this host is in the manifest', ({ skip }) => {
  if (process.platform !== 'linux') skip('needs a Linux kernel')
  const names = Object.keys(functionsOfThisHost({ clock: systemClock, log: silentLog }).list())
  expect(names.filter((name) => egressManifest['function answer']?.[name] === undefined)).toEqual([])
})

it('[EG2] shows what is told of the configuration of alerts, when they can be configured', async () => {
  const sections: string[] = []
  for await (const section of describeEgress({ ...wish, source: createFakeSource({ isConfigurable: true }) })) sections.push(section)
  const shown = sections.find((section) => section.startsWith('=== answer to GET /api/v1/config ==='))
  expect(shown).toContain('definitions of alerts')
})

it('[EG3] the dry run of an agent sends nothing and leaves no file', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const cloud = await startFakeCloud()
  const folder = await mkdtemp(join(tmpdir(), 'throughline-dry-'))
  onTestFinished(async () => {
    await cloud.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const agent = createAgent({ folder, sourceKind: 'host', clock: systemClock, log: silentLog })
  let size = 0
  for await (const section of agent.describeEgress({ url: cloud.url, token: 't', roomIds: [] })) size += section.length
  expect(size).toBeGreaterThan(10_000)
  expect(await readdir(folder)).toEqual([])
  expect(cloud.requests).toEqual([])
})

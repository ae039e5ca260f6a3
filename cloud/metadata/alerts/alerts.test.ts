import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCountingStore, type CountingStore } from '../../../test/doubles/stores/counting-store.ts'
import { claimAgent, newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { AlertConfigHash, NodeId } from '../../../src/domain/ids.ts'
import type { AlertTransition } from '../../../src/domain/model.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { createMetadata } from '../metadata.ts'
import { keys } from '../keys.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let counting: CountingStore
let agent: ClaimedAgent
beforeEach(async () => {
  lab = await startMetadata((store) => (counting = createCountingStore(store)))
  agent = await claimAgent(lab.metadata, lab.spaceId)
  counting.take()
})
afterEach(() => lab.dispose())

const alerts = () => lab.metadata.alerts
const list = (nodeId: NodeId = agent.nodeId) => alerts().list(lab.spaceId, nodeId)

function transition(name: string, change: Partial<AlertTransition> = {}): AlertTransition {
  return {
    chart: 'system.cpu',
    name,
    context: 'system.cpu',
    status: 'warning',
    oldStatus: 'clear',
    whenS: 1_795_296_440,
    configHash: newUuid<AlertConfigHash>(),
    transitionId: newUuid<string>(),
    version: 1_795_296_440n,
    sequenceId: 0n,
    ...change,
  }
}

it('[MD29] keeps the newest state of each alert, by chart and name', async () => {
  const [a, b] = [transition('a'), transition('b')]
  await alerts().snapshot(agent, agent.nodeId, [b, a])
  expect(await list()).toEqual([a, b])
  const cleared = { ...a, status: 'clear' as const, oldStatus: 'warning' as const, whenS: a.whenS + 60 }
  const elsewhere = transition('a', { chart: 'disk.io' })
  await alerts().transition(agent, agent.nodeId, cleared)
  await alerts().transition(agent, agent.nodeId, elsewhere)
  expect(await list()).toEqual([elsewhere, cleared, b])
})

it('[MD30] a redelivered older transition changes nothing, nor does it bring back a removed alert', async () => {
  const first = transition('a', { whenS: 100, sequenceId: 4n })
  const removed = transition('a', { whenS: 200, status: 'removed', sequenceId: 5n })
  await alerts().transition(agent, agent.nodeId, first)
  await alerts().transition(agent, agent.nodeId, removed)
  counting.take()
  await alerts().transition(agent, agent.nodeId, first)
  await alerts().transition(agent, agent.nodeId, removed)
  expect(counting.take().total).toBe(0)
  expect(await list()).toEqual([])
})

it('[MD31] the position is the sum of the versions of what is not removed, in 64 bits, and the highest sequence id ever', async () => {
  expect(await alerts().position(agent, agent.nodeId)).toBeUndefined()
  await alerts().snapshot(agent, agent.nodeId, [])
  expect(await alerts().position(agent, agent.nodeId)).toEqual({ version: 0n, sequenceId: 0n })
  await alerts().snapshot(agent, agent.nodeId, [
    transition('a', { version: 2n ** 64n - 1n, sequenceId: 7n }),
    transition('b', { version: 3n, sequenceId: 9n, status: 'removed' }),
    transition('c', { version: 4n, status: 'undefined' }),
  ])
  expect(await alerts().position(agent, agent.nodeId)).toEqual({ version: 3n, sequenceId: 9n })
  await alerts().snapshot(agent, agent.nodeId, [])
  expect(await alerts().position(agent, agent.nodeId)).toEqual({ version: 0n, sequenceId: 9n })
})

it('[MD32] stores no value, whatever comes with a transition', async () => {
  const withValues = { ...transition('a'), value: 86.5, valueString: '86.5 %', oldValue: 2, renderedInfo: 'is 86.5 %' }
  await alerts().transition(agent, agent.nodeId, withValues)
  const item = await lab.store.read(keys.alerts(lab.spaceId, agent.nodeId, agent.claimId))
  const text = JSON.stringify(item?.data) + inflateRawSync(item?.blob ?? new Uint8Array()).toString()
  expect(text).toContain('system.cpu')
  expect(text).not.toMatch(/86\.5|value|rendered/i)
})

it('[MD33] keeps only the last 200 removed alerts', async () => {
  const gone = Array.from({ length: 300 }, (_, n) => transition(`gone-${n}`, { status: 'removed', whenS: 1000 + n }))
  await alerts().snapshot(agent, agent.nodeId, [...gone, transition('here')])
  const item = await lab.store.read(keys.alerts(lab.spaceId, agent.nodeId, agent.claimId))
  expect(item?.data).toMatchObject({ alerts: 201 })
  expect((await list()).map(({ name }) => name)).toEqual(['here'])
})

it('[MD33] refuses more than 20,000 alerts of a node and changes nothing', async () => {
  const many = Array.from({ length: 20_001 }, (_, n) => transition(`a-${n}`, { configHash: undefined, transitionId: undefined }))
  await expect(alerts().snapshot(agent, agent.nodeId, many)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  expect(await list()).toEqual([])
})

it('[MD34] stores a configuration once in a space, and asks only for those that are not there', async () => {
  const [known, unknown] = [newUuid<AlertConfigHash>(), newUuid<AlertConfigHash>()]
  const config = { hash: known, name: 'cpu', fields: { alarm: 'cpu', on_chart: 'system.cpu', p_update_every: 10 } }
  expect(await alerts().missingConfigs(agent, [known, unknown, known])).toEqual([known, unknown])
  await alerts().config(agent, config)
  counting.take()
  await alerts().config(agent, config)
  expect(counting.take().total).toBe(0)
  const second = await claimAgent(lab.metadata, lab.spaceId)
  expect(await alerts().missingConfigs(second, [known, unknown])).toEqual([unknown])
  const fresh = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
  expect(await fresh.alerts.missingConfigs(second, [known, unknown])).toEqual([unknown])
  expect(await fresh.alerts.configs(lab.spaceId, [known, unknown])).toEqual([config])
})

it('[MD35] keeps only the listed fields of a configuration', async () => {
  const hash = newUuid<AlertConfigHash>()
  const fields = { alarm: 'cpu', exec_secret: 'x', __proto__x: 'y', green: Number.NaN, info: 'text' }
  await alerts().config(agent, { hash, name: 'cpu', fields })
  expect(await alerts().configs(lab.spaceId, [hash])).toEqual([{ hash, name: 'cpu', fields: { alarm: 'cpu', info: 'text' } }])
})

it('[MD36] drops a configuration over 16 KiB or under no UUID, and does not ask for it again', async () => {
  const hash = newUuid<AlertConfigHash>()
  await alerts().config(agent, { hash, name: 'big', fields: { info: 'x'.repeat(17 * 1024) } })
  await alerts().config(agent, { hash: '../x' as AlertConfigHash, name: 'odd', fields: {} })
  expect(await alerts().missingConfigs(agent, [hash, '../x' as AlertConfigHash])).toEqual([])
  expect(await alerts().configs(lab.spaceId, [hash])).toEqual([])
})

it('[MD36] drops configurations above 4,000 of one agent', async () => {
  const hashes = Array.from({ length: 4_010 }, () => newUuid<AlertConfigHash>())
  await Promise.all(hashes.map((hash) => alerts().config(agent, { hash, name: 'n', fields: { alarm: 'n' } })))
  expect((await alerts().configs(lab.spaceId, hashes)).length).toBe(4_000)
})

it('[MD140] a checksum is made of what is raised alone, by name and then chart, of text as UTF-8', async () => {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const checksum = async () => Buffer.from(await alerts().raisedChecksum(agent, agent.nodeId)).toString('hex')
  expect(await checksum()).toBe(sha(''))
  await alerts().snapshot(agent, agent.nodeId, [
    transition('b', { status: 'critical' }),
    transition('a', { chart: 'disk.io' }),
    transition('a', { chart: 'cpu.cpu0' }),
    transition('é', { status: 'critical' }),
    transition('clear', { status: 'clear' }),
    transition('gone', { status: 'removed' }),
  ])
  expect(await checksum()).toBe(sha('acpu.cpu0Wadisk.ioWbsystem.cpuCésystem.cpuC'))
})

it('[MD141] a log of generation A that began anew takes the position down with it', async () => {
  const position = async () => (await alerts().position(agent, agent.nodeId))?.sequenceId
  await alerts().transition(agent, agent.nodeId, transition('a', { whenS: 100, sequenceId: 40n }))
  await alerts().transition(agent, agent.nodeId, transition('b', { whenS: 110, sequenceId: 41n }))
  await alerts().transition(agent, agent.nodeId, transition('c', { whenS: 105, sequenceId: 39n }))
  expect(await position()).toBe(41n)
  await alerts().transition(agent, agent.nodeId, transition('a', { whenS: 200, sequenceId: 1n }))
  expect(await position()).toBe(1n)
  await alerts().transition(agent, agent.nodeId, transition('b', { whenS: 210, sequenceId: 2n }))
  expect(await position()).toBe(2n)
})

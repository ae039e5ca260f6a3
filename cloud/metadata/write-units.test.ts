import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCountingStore, type CountingStore } from '../../test/doubles/stores/counting-store.ts'
import { capabilities, claimAgent, nodeInfo, someContexts, startMetadata } from '../../test/doubles/agents/metadata-agents.ts'
import type { AlertConfigHash } from '../../src/domain/ids.ts'

let counting: CountingStore
let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata((store) => (counting = createCountingStore(store)))
})
afterEach(() => lab.dispose())

const collectors = [
  '/proc/stat',
  '/proc/meminfo',
  '/proc/diskstats',
  '/proc/net/dev',
  '/proc/loadavg',
  '/proc/uptime',
  '/proc/pressure',
].map((module) => ({
  plugin: 'proc.plugin',
  module,
}))

/** Everything an agent tells of its host from the claim on, in the order of aclk §8. */
async function joinAs(hostname: string, startS: number) {
  const { metadata, spaceId } = lab
  const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: 1 })
  counting.take()
  const agent = await claimAgent(metadata, spaceId, { token, hostname })
  const link = async () => {
    await metadata.nodes.nodeOf(agent, { machineGuid: agent.machineGuid, hostname, hops: 0 })
    await metadata.nodes.instance(agent, { nodeId: agent.nodeId, hops: 0, capabilities })
    await metadata.nodes.info(agent, agent.machineGuid, nodeInfo(hostname))
    await metadata.contexts.snapshot(agent, agent.nodeId, someContexts(500, startS))
    await metadata.nodes.collectors(agent, agent.nodeId, collectors)
  }
  await link()
  return { agent, link }
}

it('[CTX1] the first claim of the second similar node with 500 contexts costs at most 12 write units', async () => {
  await joinAs('web-1', 1_795_296_434)
  await joinAs('web-2', 1_795_300_977)
  const units = counting.take()
  expect(units.total, JSON.stringify(units.byKind)).toBeLessThanOrEqual(12)
  expect(units.byKind['context-sheet']).toBeUndefined()
})

it('[MD1] a reconnect that changes nothing costs no write unit', async () => {
  const { agent, link } = await joinAs('web-1', 1_795_296_434)
  const { alerts, contexts } = lab.metadata
  const transition = {
    chart: 'system.cpu',
    name: '10min_cpu_usage',
    context: 'system.cpu',
    status: 'clear',
    oldStatus: 'null',
    whenS: 1_795_296_440,
    configHash: '11111111-2222-4333-8444-555555555555' as AlertConfigHash,
    transitionId: undefined,
    version: 1_795_296_440n,
    sequenceId: 0n,
  } as const
  await alerts.snapshot(agent, agent.nodeId, [transition])
  counting.take()

  await link()
  await alerts.transition(agent, agent.nodeId, transition)
  await alerts.snapshot(agent, agent.nodeId, [transition])
  await contexts.updated(agent, agent.nodeId, [])
  await contexts.versionHash(agent, agent.nodeId)
  expect(counting.take()).toEqual({ total: 0, byKind: {} })
})

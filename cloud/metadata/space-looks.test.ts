import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCountingStore, type CountingStore } from '../../test/doubles/stores/counting-store.ts'
import { claimAgent, newUuid, someContexts, startMetadata } from '../../test/doubles/agents/metadata-agents.ts'
import type { AlertConfigHash } from '../../src/domain/ids.ts'
import type { AlertTransition, Context } from '../../src/domain/model.ts'
import type { MetadataStore } from '../store/port.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let counting: CountingStore
let lists: string[]
let isAway: boolean
beforeEach(async () => {
  lists = []
  isAway = false
  lab = await startMetadata((store) => {
    counting = createCountingStore(store)
    const list: MetadataStore['list'] = (partition, options) => {
      lists.push(options?.prefix ?? '')
      if (isAway) return Promise.reject(new TypeError('away'))
      return counting.list(partition, options)
    }
    return { ...counting, list }
  })
})
afterEach(() => lab.dispose())

const transition = (name: string, change: Partial<AlertTransition> = {}): AlertTransition => ({
  chart: 'system.cpu',
  name,
  context: 'system.cpu',
  status: 'warning',
  oldStatus: 'clear',
  whenS: 1_795_296_440,
  configHash: newUuid<AlertConfigHash>(),
  transitionId: newUuid<string>(),
  version: 1n,
  sequenceId: 0n,
  ...change,
})
const later = () => lab.clock.advance(1_001)

it('[API205] answers what is raised of every node that has any, the newest state where two agents tell of one alert', async () => {
  const { alerts } = lab.metadata
  const [a, b] = [await claimAgent(lab.metadata, lab.spaceId), await claimAgent(lab.metadata, lab.spaceId)]
  const [warning, critical] = [transition('w'), transition('c', { status: 'critical' })]
  await alerts.snapshot(a, a.nodeId, [warning, critical, transition('fine', { status: 'clear' })])
  await alerts.snapshot(b, b.nodeId, [transition('fine', { status: 'clear' })])
  const raised = await alerts.raised(lab.spaceId)
  expect([...raised]).toEqual([[a.nodeId, [critical, warning]]])

  await alerts.transition(a, a.nodeId, { ...critical, status: 'clear', whenS: critical.whenS + 1 })
  later()
  expect([...(await alerts.raised(lab.spaceId))]).toEqual([[a.nodeId, [warning]]])
})

it('[API205] everybody who asks within a second shares one list, and asking writes nothing', async () => {
  const { alerts, contexts } = lab.metadata
  const agent = await claimAgent(lab.metadata, lab.spaceId)
  await alerts.snapshot(agent, agent.nodeId, [transition('w')])
  await contexts.snapshot(agent, agent.nodeId, someContexts(10))
  counting.take()
  lists = []
  const looks = () => Promise.all([alerts.raised(lab.spaceId), alerts.raised(lab.spaceId), contexts.ofSpace(lab.spaceId)])
  await looks()
  await looks()
  expect(lists.sort()).toEqual(['alerts/', 'contexts/'])
  later()
  const again = await looks()
  expect(lists.sort()).toEqual(['alerts/', 'alerts/', 'contexts/', 'contexts/'])
  later()
  // Nothing changed, so nothing was read apart: the very same answer stands.
  expect((await looks())[2]).toBe(again[2])
  expect(counting.take().total).toBe(0)
})

it('[API204] puts the contexts of all nodes together, nodes that collect the same beside each other', async () => {
  const { contexts } = lab.metadata
  const agents = await Promise.all(Array.from({ length: 4 }, () => claimAgent(lab.metadata, lab.spaceId)))
  const [a, b, c] = someContexts(3).map((context): Context => Object.assign({}, context, { lastEntryS: 0n })) as [Context, Context, Context]
  const [first, second, third, fourth] = agents as [(typeof agents)[0], (typeof agents)[0], (typeof agents)[0], (typeof agents)[0]]
  await contexts.snapshot(first, first.nodeId, [a, b])
  await contexts.snapshot(second, second.nodeId, [a])
  await contexts.snapshot(third, third.nodeId, [a, b])
  // No longer collected: not there.
  await contexts.snapshot(fourth, fourth.nodeId, [Object.assign({}, c, { lastEntryS: 5n })])
  const { nodeIds, nodeSets, contexts: all } = await contexts.ofSpace(lab.spaceId)
  const nodesOf = (id: string) => {
    const runs = nodeSets[all.find((context) => context.id === id)?.nodeSet ?? -1] ?? []
    return runs.flatMap((from, at) => (at % 2 === 0 ? nodeIds.slice(from, from + (runs[at + 1] ?? 0)) : [])).sort()
  }
  expect(all.map(({ id }) => id).sort()).toEqual([a.id, b.id].sort())
  expect(nodesOf(a.id)).toEqual([first, second, third].map(({ nodeId }) => nodeId).sort())
  expect(nodesOf(b.id)).toEqual([first, third].map(({ nodeId }) => nodeId).sort())
  expect(nodeSets.every((runs) => runs.length === 2)).toBe(true)
})

it('[API205] a look that failed is not remembered', async () => {
  const { alerts } = lab.metadata
  const agent = await claimAgent(lab.metadata, lab.spaceId)
  await alerts.snapshot(agent, agent.nodeId, [transition('w')])
  isAway = true
  await expect(alerts.raised(lab.spaceId)).rejects.toThrow('away')
  isAway = false
  expect((await alerts.raised(lab.spaceId)).size).toBe(1)
})

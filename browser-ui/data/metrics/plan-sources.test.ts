import { expect, it } from 'vitest'
import type { NodeAgent } from '../../link/api.ts'
import { defaultChoice, type ChartChoice } from './metrics-feed.ts'
import { agentsMax, eachSecondMax, pageNodesMax, planSources, type PlanNode } from './plan-sources.ts'

const disk = defaultChoice({ id: 'disk.io' }, false)
const agent = (claimId: string, generation: NodeAgent['generation'] = 'C'): NodeAgent => ({ claimId, hops: 0, generation })
const node = (nodeId: string, by?: NodeAgent | null, state: PlanNode['state'] = 'live'): PlanNode => ({ nodeId, state, agent: by })
const plan = (choice: Partial<ChartChoice>, nodes: readonly PlanNode[], knowledge: Partial<Parameters<typeof planSources>[2]> = {}) =>
  planSources({ ...disk, ...choice }, nodes, { hasContext: () => undefined, losesSigns: () => false, isApart: () => false, ...knowledge })
const many = (count: number, by: (index: number) => NodeAgent) => Array.from({ length: count }, (_, index) => node(`n${index}`, by(index)))

it('[MX35] nodes of one agent that can aggregate are asked together, the rest one by one', () => {
  const nodes = [node('d', agent('p')), node('a', agent('p')), node('b', agent('old', 'A')), node('c', agent('x', 'B')), node('e')]
  expect(plan({}, nodes)).toMatchObject({
    agents: [{ claimId: 'p', generation: 'C', nodeIds: ['a', 'd'] }],
    singles: ['b', 'e', 'c'],
    leftOut: [],
    isForcedApart: false,
  })
})

it('[MX35] only chosen nodes are asked, and only those that may have the context', () => {
  const nodes = many(4, () => agent('p'))
  const result = plan({ nodeIds: ['n1', 'n2', 'n9'] }, nodes, { hasContext: (nodeId) => (nodeId === 'n2' ? false : undefined) })
  expect(result).toMatchObject({ chosen: ['n1', 'n2'], without: ['n2'], singles: ['n1'], agents: [] })
})

it('[MX36] groups that would cost signs, and filters that cannot be written, are left to the page', () => {
  const nodes = many(3, () => agent('p', 'B'))
  const apart = { singles: ['n0', 'n1', 'n2'], agents: [], isForcedApart: true }
  expect(plan({ groupBy: ['node'] }, nodes, { losesSigns: () => true })).toMatchObject(apart)
  expect(plan({}, nodes, { losesSigns: () => true }).agents).toHaveLength(1)
  for (const value of ['a&b', 'a|b', 'a,b', 'a*', '!a', '"', '']) {
    expect(plan({ labels: [{ key: 'device', value }] }, nodes)).toMatchObject(apart)
  }
  const two = [
    { key: 'device', value: 'a' },
    { key: 'model', value: 'b' },
  ]
  expect(plan({ labels: two }, nodes)).toMatchObject(apart)
  expect(
    plan(
      { labels: two },
      many(3, () => agent('p', 'C')),
    ).agents,
  ).toHaveLength(1)
})

it('[MX36] any node that cannot be added up is asked alone, up to five hundred; more are left out', () => {
  for (const generation of ['A', 'C'] as const) {
    const forty = plan(
      {},
      many(40, (index) => agent(`own ${index}`, generation)),
    )
    expect([forty.singles.length, forty.agents.length, forty.leftOut.length]).toEqual([40, 0, 0])
  }
  const crowd = plan(
    {},
    many(700, (index) => agent(`own ${index}`, 'A')),
  )
  expect([crowd.singles.length, crowd.agents.length, crowd.leftOut.length]).toEqual([pageNodesMax, 0, 700 - pageNodesMax])
})

it('[MX36] of nodes that exceed what a page merges, or whose metrics do, the sums of their own agents are taken', () => {
  const crowd = plan(
    {},
    many(700, (index) => agent(`own ${index}`)),
  )
  expect([crowd.singles.length, crowd.agents.length, crowd.leftOut.length]).toEqual([
    pageNodesMax,
    agentsMax,
    700 - agentsMax - pageNodesMax,
  ])
  const wide = (metrics: number) =>
    plan(
      {},
      many(40, (index) => agent(`own ${index}`)),
      { metricsPerNode: () => metrics },
    )
  expect([wide(2_048).singles.length, wide(2_048).agents.length]).toEqual([19, 21])
  expect([wide(1e9).singles.length, wide(1e9).agents.length]).toEqual([eachSecondMax, 40 - eachSecondMax])
})

it('[MX36] live nodes go first, and nodes that are away are asked while there is room, since they may come back', () => {
  const nodes = [node('a', null, 'offline'), node('b', agent('x', 'A'), 'stale'), node('c', agent('y', 'A'))]
  expect(plan({}, nodes)).toMatchObject({ singles: ['c', 'b', 'a'], away: ['a'] })
})

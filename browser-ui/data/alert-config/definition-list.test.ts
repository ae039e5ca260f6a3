import { expect, it } from 'vitest'
import type { DefinitionRow, DocumentRow } from './config-answers.ts'
import { filterDefinitions, listDefinitions, readDefinitionFilter, worstOf } from './definition-list.ts'

const row = (name: string, more: Partial<DefinitionRow> = {}): DefinitionRow => ({
  name,
  on: 'system.cpu',
  kind: 'template',
  hashes: ['a'],
  class: 'Utilization',
  component: 'CPU',
  type: 'System',
  nodes: 3,
  raised: 0,
  critical: 0,
  document: null,
  ...more,
})
const kept = (name: string, nodes: DocumentRow['nodes'], version = 2): DocumentRow => ({
  documentId: `id-${name}`,
  name,
  version,
  changedAtMs: 1,
  changedBy: null,
  nodes,
})
const node = (state: DocumentRow['nodes'][number]['state'], wanted: number | null = 2) => ({
  nodeId: 'n',
  hostname: 'web-1',
  wanted,
  state,
  applied: wanted,
  problem: null,
  hasOriginal: true,
  atMs: 1,
})

it('[AG1] a definition is ours, older on some nodes, or the agents’ own, and says on how many nodes it drifted; one that runs nowhere is listed', () => {
  const all = listDefinitions(
    [row('cpu_high', { document: { documentId: 'id-cpu_high', version: 2 } }), row('ram_low'), row('disk_full')],
    [kept('cpu_high', [node('drifted'), node('applied')]), kept('disk_full', [node('applied', 1)]), kept('new_one', [])],
  )
  expect(all.map(({ name, origin, drifted, nodes }) => [name, origin, drifted, nodes])).toEqual([
    ['cpu_high', 'ours', 1, 3],
    ['ram_low', 'agents', 0, 3],
    ['disk_full', 'older', 0, 3],
    ['new_one', 'ours', 0, 0],
  ])
  expect([row('a'), row('b', { raised: 2 }), row('c', { raised: 2, critical: 1 })].map(worstOf)).toEqual([undefined, 'warning', 'critical'])
})

it('[AG2] the list is narrowed by words, origin, class, raised and drifted as its address says, and sorted', () => {
  const all = listDefinitions(
    [row('cpu_high', { raised: 2 }), row('ram_low', { on: 'system.ram', class: 'Errors' }), row('disk_full', { raised: 5 })],
    [kept('ram_low', [node('drifted')])],
  )
  const names = (search: string) => filterDefinitions(all, readDefinitionFilter(search)).map(({ name }) => name)
  expect(names('')).toEqual(['cpu_high', 'disk_full', 'ram_low'])
  expect(names('?q=system.ram')).toEqual(['ram_low'])
  expect(names('?q=cpu%20high')).toEqual(['cpu_high'])
  expect(names('?class=Errors')).toEqual(['ram_low'])
  expect(names('?origin=ours')).toEqual(['ram_low'])
  expect(names('?raised=1&sort=raised')).toEqual(['disk_full', 'cpu_high'])
  expect(names('?drifted=1')).toEqual(['ram_low'])
  expect(names('?origin=nonsense&sort=nonsense')).toEqual(['cpu_high', 'disk_full', 'ram_low'])
})

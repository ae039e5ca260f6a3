import { expect, it } from 'vitest'
import type { NodeSummary } from '../../link/api.ts'
import { csvText } from '../../../src/support/csv.ts'
import { columnsOf, defaultColumnIds, nextSort, nodeColumns, orderNodes, parseSort, sortText } from './node-columns.ts'

const node = (hostname: string, rest: Partial<NodeSummary> = {}): NodeSummary => ({
  nodeId: hostname,
  hostname,
  state: 'live',
  createdAtMs: 0,
  ...rest,
})
const nodes = [
  node('c', { cpus: 4, agentVersion: 'v2', labels: { env: 'prod', _os: 'linux' } }),
  node('a', { cpus: 16, state: 'offline', lastSeenAtMs: 5 }),
  node('b', { agentVersion: 'v1', alerts: { warning: 9, critical: 0 }, memoryBytes: '8589934592' }),
  node('d', { alerts: { warning: 0, critical: 1 } }),
]
const cpu: Readonly<Record<string, number>> = { a: 5, c: 50, d: 5 }
const context = { latest: (nodeId: string) => cpu[nodeId], nowMs: 0 }
const order = (sort: string) =>
  orderNodes(nodes, parseSort(sort), context)
    .map(({ hostname }) => hostname)
    .join('')

it('[HN11] sorts by any column, what has no value last either way, equal rows by name', () => {
  expect(order('')).toBe('bcda')
  expect(order('name')).toBe('abcd')
  expect(order('-name')).toBe('dcba')
  expect(order('-cpu')).toBe('cadb')
  expect(order('cpu')).toBe('adcb')
  expect(order('-cores')).toBe('acbd')
  expect(order('-alerts')).toBe('dbac')
  expect(order('version')).toBe('bcad')
  expect(order('label.env')).toBe('cabd')
  expect(order('no-such-column')).toBe('bcda')
  for (const { id } of nodeColumns) expect(order(id).length).toBe(4)
})

it('[HN11] a press on a head sorts numbers from the largest and words from the first, the next one turns it around', () => {
  const [name] = columnsOf(['name'])
  const [, load] = columnsOf(['name', 'load'])
  if (name === undefined || load === undefined) throw new TypeError('columns')
  expect(sortText(nextSort(undefined, name))).toBe('name')
  expect(sortText(nextSort(undefined, load))).toBe('-load')
  expect(sortText(nextSort(parseSort('-load'), load))).toBe('load')
})

it('[HN12] chosen columns come in their order, unknown ones are left out, and the name is always there', () => {
  expect(columnsOf(['cpu', 'nonsense', 'label.env', 'cpu']).map(({ id }) => id)).toEqual(['name', 'cpu', 'label.env'])
  expect(columnsOf(defaultColumnIds).map(({ id }) => id)).toEqual(defaultColumnIds)
})

it('[HN13] (U1) writes what is shown as CSV in which nothing is a formula', () => {
  const hostile = node('=HYPERLINK("http://evil")', { labels: { '@a': '+b' }, os: '-x', agentVersion: 'a,b\n"c"' })
  const columns = columnsOf(['name', 'cpu', 'os', 'version', 'labels'])
  const rows = [columns.map(({ title }) => title), columns.map((column) => column.text(hostile, { ...context, latest: () => -2.5 }))]
  expect(csvText(rows)).toBe('Node,CPU,System,Agent,Labels\r\n"\'=HYPERLINK(""http://evil"")",-2.5,"\'-x","a,b\n""c""","\'@a=+b"\r\n')
})

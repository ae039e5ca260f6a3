import { expect, it } from 'vitest'
import type { NodeSummary } from '../../link/api.ts'
import { labelKeys, matchNodes, parseQuery, queryText, toggleTerm } from './node-query.ts'

const node = (hostname: string, rest: Partial<NodeSummary> = {}): NodeSummary => ({
  nodeId: hostname,
  hostname,
  state: 'live',
  createdAtMs: 0,
  ...rest,
})
const nodes = [
  node('web-1', { labels: { env: 'prod', role: 'web' }, agentVersion: 'v2.6.1', os: 'Debian', osVersion: '12' }),
  node('web-2', { labels: { env: 'test' }, agentVersion: 'v1.37.1', state: 'stale', alerts: { warning: 1, critical: 0 } }),
  node('db (main)', { labels: { env: 'prod' }, state: 'offline', alerts: { warning: 0, critical: 2 }, architecture: 'aarch64' }),
]
const found = (query: string) => matchNodes(nodes, parseQuery(query)).map(({ hostname }) => hostname)

it.each([
  ['', ['web-1', 'web-2', 'db (main)']],
  [' WEB ', ['web-1', 'web-2']],
  ['web prod', ['web-1']],
  ['state:live', ['web-1']],
  ['state:live state:offline', ['web-1', 'db (main)']],
  ['state:LIVE label:env=prod', ['web-1']],
  ['label:env=prod', ['web-1', 'db (main)']],
  ['label:env=prod label:env=test', ['web-1', 'web-2', 'db (main)']],
  ['label:env=prod label:role=web', ['web-1']],
  ['label:role', ['web-1']],
  ['label:env=pr*', ['web-1', 'db (main)']],
  ['version:2.*', ['web-1']],
  ['version:v1', ['web-2']],
  ['alerts:any', ['web-2', 'db (main)']],
  ['alerts:critical', ['db (main)']],
  ['alerts:none -os:debian', []],
  ['-label:env=prod', ['web-2']],
  ['-web', ['db (main)']],
  ['name:web-*', ['web-1', 'web-2']],
  ['"db (main)"', ['db (main)']],
  ['name:"db (main)"', ['db (main)']],
  ['arch:aarch64', ['db (main)']],
  ['state:nonsense', []],
  ['unknown:thing', []],
  ['*', ['web-1', 'web-2', 'db (main)']],
  ['(', ['db (main)']],
  ['-', ['web-1', 'web-2']],
])('[HN10] the query %j finds %j', (query, expected) => {
  expect(found(query)).toEqual(expected)
})

it('[HN10] a query survives being written and read again, and a term is toggled', () => {
  const text = 'state:live -label:"a b=c d" "two words" web'
  expect(parseQuery(queryText(parseQuery(text)))).toEqual(parseQuery(text))
  const term = { field: 'state', pattern: 'stale', isNot: false } as const
  expect(toggleTerm('web', term)).toBe('web state:stale')
  expect(toggleTerm('web state:stale', term)).toBe('web')
  expect(parseQuery('x '.repeat(10_000)).length).toBe(50)
})

it('[HN26] lists the label keys of nodes, those that people gave first, and of each those that most nodes have', () => {
  expect(labelKeys(nodes)).toEqual([
    { key: 'env', values: 2 },
    { key: 'role', values: 1 },
  ])
  const [node] = nodes
  if (node === undefined) throw new Error('no node')
  const told = Object.fromEntries(Array.from({ length: 45 }, (_, n) => [`_fact_${n}`, 'x']))
  const fleet = [
    { ...node, labels: { ...told, rack: 'a' } },
    { ...node, labels: told },
  ]
  expect(labelKeys(fleet, 30)).toHaveLength(30)
  expect(labelKeys(fleet, 30)[0]).toEqual({ key: 'rack', values: 1 })
})

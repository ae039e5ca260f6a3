import { expect, it } from 'vitest'
import { nodesInScope, readScope, writeScope } from './node-scope.ts'

const all = { nodeIds: undefined, states: [], labels: [] }

it('[CX7] the chosen nodes of a page of metrics stand in its address, beside what others keep there', () => {
  const scope = { nodeIds: ['a-1', 'b-2'], states: ['live' as const], labels: ['role=edge & core'] }
  const search = writeScope('?zone=UTC&nodes=old', scope)
  expect(search).toContain('nodes=a-1,b-2')
  expect(new URLSearchParams(search).get('zone')).toBe('UTC')
  expect(readScope(`?${search}`)).toEqual(scope)
  expect(writeScope(`?${search}`, all)).toBe('zone=UTC')
})

it('[CX7] leaves out what is no node, no state and no label', () => {
  expect(readScope('?nodes=a,%3Cb%3E,,a&state=broken&label=x&label==y')).toEqual({ ...all, nodeIds: ['a'] })
})

it('[CX7] nodes of a scope have one of its states and, for every label key, one of its values', () => {
  const nodes = [
    { nodeId: 'a', state: 'live' as const, labels: { role: 'edge', rack: '1' } },
    { nodeId: 'b', state: 'live' as const, labels: { role: 'db', rack: '2' } },
    { nodeId: 'c', state: 'offline' as const, labels: { role: 'db', rack: '1' } },
    { nodeId: 'd', state: 'live' as const },
  ]
  const ids = (scope: Partial<Parameters<typeof nodesInScope>[1]>) => nodesInScope(nodes, { ...all, ...scope }).map(({ nodeId }) => nodeId)
  expect(ids({})).toEqual(['a', 'b', 'c', 'd'])
  expect(ids({ nodeIds: ['d', 'a', 'gone'] })).toEqual(['a', 'd'])
  expect(ids({ states: ['offline'] })).toEqual(['c'])
  expect(ids({ labels: ['role=edge', 'role=db', 'rack=1'] })).toEqual(['a', 'c'])
})

import { expect, it } from 'vitest'
import type { SpaceContexts } from '../../link/api.ts'
import { contextsOfNodes, nodesOfContext } from './space-contexts.ts'

const context = (id: string, nodeSet: number) => ({ id, title: '', units: '', family: '', priority: 1, chartType: 'line', nodeSet })
const space: SpaceContexts = {
  nodeIds: ['a', 'b', 'c', 'd'],
  nodeSets: [
    [0, 4],
    [0, 1, 2, 2],
  ],
  contexts: [context('system.cpu', 0), context('disk.io', 1), context('odd', 7)],
}

it('[HN1] reads which nodes have a context, and which contexts nodes have', () => {
  expect(space.contexts.map((each) => nodesOfContext(space, each))).toEqual([['a', 'b', 'c', 'd'], ['a', 'c', 'd'], []])
  expect(contextsOfNodes(space, new Set(['b'])).map(({ id }) => id)).toEqual(['system.cpu'])
  expect(contextsOfNodes(space, new Set(['b', 'd'])).map(({ id }) => id)).toEqual(['system.cpu', 'disk.io'])
  expect(contextsOfNodes(space, new Set())).toEqual([])
})

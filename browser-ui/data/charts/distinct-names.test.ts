import { expect, it } from 'vitest'
import { withDistinctNames } from './distinct-names.ts'

it('[CX16] nodes of one hostname are told apart by the start of their ids', () => {
  const nodes = [
    { nodeId: 'aaaa1111-2', hostname: 'web' },
    { nodeId: 'aaaa2222-2', hostname: 'web' },
    { nodeId: 'bbbb1111-2', hostname: 'db' },
  ]
  expect(withDistinctNames(nodes).map(({ hostname }) => hostname)).toEqual(['web (aaaa1111)', 'web (aaaa2222)', 'db'])
})

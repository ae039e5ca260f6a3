import { expect, it } from 'vitest'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node } from '../../../src/domain/model.ts'
import { shownClone, shownInstances } from './node-reach.ts'

const spaceId = 'space' as SpaceId
const nodeId = 'child' as NodeId
const own = 'own' as ClaimId
const parent = 'parent' as ClaimId
const former = 'former' as ClaimId

it('[PR104] a node shows the agents it is reached through by their hosts, and former ones as out of reach', async () => {
  const node = {
    nodeId,
    spaceId,
    instances: { [former]: { hops: 1, capabilities: [] }, [parent]: { hops: 1, capabilities: [] }, [own]: { hops: 0, capabilities: [] } },
  }
  const presence = {
    instancesOf: () => [
      { claimId: own, hops: 0, isLive: true, isQueryable: true, viaNodeId: nodeId },
      { claimId: parent, hops: 1, isLive: false, isQueryable: true, viaNodeId: undefined },
    ],
  }
  const nodes = { get: async () => ({ hostname: 'web-1' }) as Node }
  expect(await shownInstances(node, presence, nodes)).toEqual([
    { claimId: own, hops: 0, isLive: true, isQueryable: true, via: 'web-1' },
    { claimId: parent, hops: 1, isLive: false, isQueryable: true, via: null },
    { claimId: former, hops: 1, isLive: false, isQueryable: false, via: null },
  ])
})

it.each(['claim', 'machine-guid'] as const)('[PR106] a clone (%s) is shown with since when, what it is and how to mend it', (kind) => {
  const shown = shownClone({ kind, sinceMs: 5 })
  expect(shown).toMatchObject({ sinceMs: 5 })
  for (const word of [/^Two machines/, /cloud\.d/, /netdata\.public\.unique\.id/, /claim it again/]) expect(shown?.sentence).toMatch(word)
  expect(shownClone(undefined)).toBeNull()
})

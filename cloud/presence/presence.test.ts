import { expect, it } from 'vitest'
import type { ClaimId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import type { PresenceChange } from './port.ts'
import { createPresence } from './presence.ts'

const spaceId = 'space' as SpaceId
const claimId = 'claim' as ClaimId
const nodeId = 'node' as NodeId

function setUp(graceMs = 60_000, staleGraceMs = 0) {
  const clock = createHandClock()
  const presence = createPresence({ clock, graceMs, staleGraceMs, log: silentLog })
  const told: string[] = []
  presence.onChange((change: PresenceChange) => told.push(`${change.nodeId} ${change.state}`))
  const report = (sessionId: bigint, state: 'live' | 'stale' | 'gone', node = nodeId, claim = claimId, space = spaceId) =>
    presence.instance({
      claimId: claim,
      spaceId: space,
      nodeId: node,
      sessionId,
      isLive: state === 'live',
      isQueryable: state !== 'gone',
      hops: 0,
    })
  const up = (sessionId: bigint, claim = claimId) => presence.linkUp({ claimId: claim, spaceId, nodeId, sessionId })
  const down = (sessionId: bigint, claim = claimId) => presence.linkDown({ claimId: claim, sessionId })
  return { clock, presence, told, report, up, down }
}

it('[PR1] a node is live, stale or offline as its link says, and each change is told once', () => {
  const { presence, told, report, up } = setUp()
  expect(presence.stateOf(nodeId)).toBe('unseen')
  up(1n)
  report(1n, 'live')
  report(1n, 'live')
  report(1n, 'stale')
  report(1n, 'gone')
  expect(told).toEqual(['node live', 'node stale', 'node offline'])
  expect(presence.stateOf(nodeId)).toBe('offline')
})

it('[AE13] since when a node is as it is can be asked, as soon as a link told of it', () => {
  const { clock, presence, report, up } = setUp()
  expect(presence.sinceMs(nodeId)).toBeUndefined()
  up(1n)
  report(1n, 'live')
  const liveSinceMs = clock.nowMs()
  clock.advance(5_000)
  report(1n, 'live')
  expect(presence.sinceMs(nodeId)).toBe(liveSinceMs)
  report(1n, 'stale')
  expect(presence.sinceMs(nodeId)).toBe(liveSinceMs + 5_000)
})

it('[PR2] a lost link becomes an offline node only after the grace, told once', () => {
  const { clock, presence, told, report, up, down } = setUp()
  up(1n)
  report(1n, 'live')
  down(1n)
  clock.advance(59_000)
  expect(presence.stateOf(nodeId)).toBe('live')
  clock.advance(1_000)
  expect(presence.stateOf(nodeId)).toBe('offline')
  clock.advance(600_000)
  expect(told).toEqual(['node live', 'node offline'])
})

it('[PR3] a return within the grace shows nothing, even when the agent first calls itself stale', () => {
  const { clock, told, report, up, down } = setUp()
  up(1n)
  report(1n, 'live')
  down(1n)
  clock.advance(30_000)
  up(2n)
  report(2n, 'stale')
  clock.advance(10_000)
  report(2n, 'live')
  clock.advance(600_000)
  expect(told).toEqual(['node live'])
})

it('[PR3] a return that stays stale is told when the grace ends', () => {
  const { clock, told, report, up, down } = setUp()
  up(1n)
  report(1n, 'live')
  down(1n)
  up(2n)
  report(2n, 'stale')
  clock.advance(60_000)
  expect(told).toEqual(['node live', 'node stale'])
})

it('[PR4] what an older session says is ignored while a newer one is up', () => {
  const { clock, presence, told, report, up, down } = setUp()
  up(5n)
  report(5n, 'live')
  up(4n)
  down(4n)
  report(4n, 'gone')
  clock.advance(120_000)
  expect(told).toEqual(['node live'])
  expect(presence.counts()).toEqual({ links: 1, live: 1, stale: 0, offline: 0 })
})

it('[PR5] an agent whose clock went back may return once its newer session has ended', () => {
  const { clock, told, report, up, down } = setUp()
  up(5n)
  report(5n, 'live')
  down(5n)
  up(4n)
  report(4n, 'live')
  clock.advance(120_000)
  expect(told).toEqual(['node live'])
})

it('[PR6] a takeover by a newer session shows nothing when it reports in time, and offline when it does not', () => {
  const { clock, told, report, up } = setUp()
  up(1n)
  report(1n, 'live')
  up(2n)
  clock.advance(10_000)
  report(2n, 'live')
  up(3n)
  clock.advance(60_000)
  expect(told).toEqual(['node live', 'node offline'])
})

it('[PR7] links that flap without telling of a node do not stretch its grace', () => {
  const { clock, told, report, up, down } = setUp()
  up(1n)
  report(1n, 'live')
  down(1n)
  for (let session = 2n; session < 8n; session++) {
    clock.advance(10_000)
    up(session)
    down(session)
  }
  expect(told).toEqual(['node live', 'node offline'])
})

it('[PR8] a node seen through two links is as good as the better one', () => {
  const { clock, told, report, up, down } = setUp()
  const other = 'other-claim' as ClaimId
  up(1n)
  up(1n, other)
  report(1n, 'live')
  report(1n, 'stale', nodeId, other)
  down(1n)
  clock.advance(60_000)
  report(1n, 'live', nodeId, other)
  expect(told).toEqual(['node live', 'node stale', 'node live'])
})

it('[PR9] the grace of a link that had fallen silent counts from its last word', () => {
  const { clock, presence, told, report, up } = setUp()
  up(1n)
  report(1n, 'live')
  presence.linkDown({ claimId, sessionId: 1n, silentForMs: 45_000 })
  clock.advance(14_000)
  expect(told).toEqual(['node live'])
  clock.advance(1_000)
  expect(told).toEqual(['node live', 'node offline'])
  up(2n)
  report(2n, 'live')
  presence.linkDown({ claimId, sessionId: 2n, silentForMs: 90_000 })
  expect(told).toEqual(['node live', 'node offline', 'node live', 'node offline'])
})

it('[PR10] a report without a link, or for a node of another space, changes nothing', () => {
  const { presence, told, report, up } = setUp()
  report(1n, 'live')
  expect(told).toEqual([])
  up(1n)
  report(1n, 'live')
  up(1n, 'thief' as ClaimId)
  report(1n, 'gone', nodeId, 'thief' as ClaimId, 'other-space' as SpaceId)
  expect(told).toEqual(['node live'])
  expect(presence.stateOf(nodeId)).toBe('live')
})

it('[PR11] counts links that are up and nodes by state, and forgets the links that are gone', () => {
  const { clock, presence, report, up, down } = setUp()
  up(1n)
  report(1n, 'live', 'a' as NodeId)
  report(1n, 'stale', 'b' as NodeId)
  expect(presence.counts()).toEqual({ links: 1, live: 1, stale: 1, offline: 0 })
  down(1n)
  expect(presence.counts()).toEqual({ links: 0, live: 1, stale: 1, offline: 0 })
  clock.advance(60_000)
  expect(presence.counts()).toEqual({ links: 0, live: 0, stale: 0, offline: 2 })
})

it('[PR12] a closed presence tells nobody and leaves no timer', () => {
  const { clock, presence, told, report, up, down } = setUp()
  up(1n)
  report(1n, 'live')
  down(1n)
  presence.close()
  clock.advance(120_000)
  expect(told).toEqual(['node live'])
})

it('[PR101] a child that stops at one parent and appears at another within the stale grace shows nothing', () => {
  const { clock, told, report, up } = setUp(60_000, 30_000)
  const other = 'other-parent' as ClaimId
  up(1n)
  up(1n, other)
  report(1n, 'live')
  report(1n, 'stale')
  clock.advance(29_000)
  report(1n, 'live', nodeId, other)
  clock.advance(600_000)
  expect(told).toEqual(['node live'])
})

it('[PR101] a child that stays away is stale when the stale grace ends, however often its parent says so', () => {
  const { clock, told, report, up } = setUp(60_000, 30_000)
  up(1n)
  report(1n, 'live')
  for (let n = 0; n < 3; n++) {
    report(1n, 'stale')
    clock.advance(10_000)
  }
  expect(told).toEqual(['node live', 'node stale'])
})

it('[PR102] a link that returns again and again with a stale node does not keep it live', () => {
  const { clock, told, report, up, down } = setUp(60_000, 30_000)
  up(1n)
  report(1n, 'live')
  down(1n)
  for (let session = 2n; session < 6n; session++) {
    clock.advance(15_000)
    up(session)
    report(session, 'stale')
    down(session)
  }
  expect(told).toEqual(['node live', 'node stale'])
})

it('[PR103] a node its only agent forgot is offline at once and known all the same', () => {
  const { presence, told, report, up } = setUp(60_000, 30_000)
  up(1n)
  report(1n, 'live')
  report(1n, 'gone')
  expect(told).toEqual(['node live', 'node offline'])
  expect([presence.stateOf(nodeId), presence.instancesOf(nodeId)]).toEqual(['offline', []])
})

it('[PR104] tells through which claims a node is reached, nearest first, and by which host; lost links are left out', () => {
  const { presence, report, up, down } = setUp()
  const parent = 'parent-claim' as ClaimId
  const parentNode = 'parent-node' as NodeId
  up(1n)
  up(1n, parent)
  report(1n, 'live')
  report(1n, 'live', parentNode, parent)
  presence.instance({ claimId: parent, spaceId, nodeId, sessionId: 1n, isLive: false, isQueryable: true, hops: 2 })
  const own = { claimId, hops: 0, isLive: true, isQueryable: true, viaNodeId: nodeId }
  const through = { claimId: parent, hops: 2, isLive: false, isQueryable: true, viaNodeId: parentNode }
  expect(presence.instancesOf(nodeId)).toEqual([own, through])
  down(1n)
  expect(presence.instancesOf(nodeId)).toEqual([through])
})

it('[PR105] a clone is shown from when it was noted first until ten minutes after it was noted last', () => {
  const { clock, presence } = setUp()
  const sinceMs = clock.nowMs()
  presence.noteClone(nodeId, 'claim')
  clock.advance(300_000)
  presence.noteClone(nodeId, 'claim')
  clock.advance(599_000)
  expect(presence.cloneOf(nodeId)).toEqual({ kind: 'claim', sinceMs })
  clock.advance(1_000)
  expect(presence.cloneOf(nodeId)).toBeUndefined()
})

it('[GW149] a node that is forgotten is told as offline at once, and no grace brings it back', () => {
  const { clock, presence, told, report, up, down } = setUp()
  up(1n)
  report(1n, 'live')
  up(7n, 'parent' as ClaimId)
  report(7n, 'live', nodeId, 'parent' as ClaimId)
  presence.forget(nodeId)
  presence.forget('never' as NodeId)
  expect(told).toEqual(['node live', 'node offline'])
  expect(presence.stateOf(nodeId)).toBe('unseen')
  expect(presence.counts()).toEqual({ links: 2, live: 0, stale: 0, offline: 0 })
  down(1n)
  clock.advance(600_000)
  expect(told).toHaveLength(2)
  expect(presence.counts().links).toBe(1)
})

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { SpaceId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { startLiveRelay, type LiveRelayDouble } from '../../test/doubles/people/live-relay.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createAnnouncements } from './announcements.ts'

const mine = 'space' as SpaceId
const theirs = 'other-space' as SpaceId

let live: LiveRelayDouble
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
})
afterEach(() => live.stop())

it('[FE4] viewers of a space hear what changed in it, without what it is, and nothing of other spaces', async () => {
  const [one, two] = [await live.open(), await live.open()]
  live.change(theirs, 'alerts')
  live.change(mine, 'feed')
  live.change(mine, 'alerts')
  for (const browser of [one, two]) {
    expect(await browser.nextOf('changed')).toEqual({ type: 'changed', what: 'feed' })
    expect(await browser.nextOf('changed')).toEqual({ type: 'changed', what: 'alerts' })
    expect(browser.received.filter((message) => message.type === 'changed').length).toBe(2)
  }
})

it('[FE5] each thing is told at most once a second; what follows within it is told in one word at its end', () => {
  const clock = createHandClock()
  const told: string[] = []
  const viewed = new Set([mine, theirs])
  const announcements = createAnnouncements({
    clock,
    hasViewers: (spaceId) => viewed.has(spaceId),
    tell: (spaceId, what) => told.push(`${spaceId} ${what}`),
  })
  for (let n = 0; n < 1_000; n++) announcements.changed(mine, 'alerts')
  announcements.changed(mine, 'feed')
  announcements.changed(theirs, 'alerts')
  expect(told.splice(0)).toEqual(['space alerts', 'space feed', 'other-space alerts'])
  clock.advance(1_000)
  expect(told.splice(0)).toEqual(['space alerts'])
  clock.advance(5_000)
  expect(told).toEqual([])
  announcements.changed(mine, 'alerts')
  announcements.changed(mine, 'alerts')
  viewed.clear()
  clock.advance(1_000)
  announcements.changed(theirs, 'alerts')
  expect(told).toEqual(['space alerts'])
  announcements.close()
})

import { describe, expect, it } from 'vitest'
import { createPushBrowsers } from '../../cloud/notify/push/push-browsers.ts'
import type { MemberId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { createSoftPushBrowser } from '../doubles/people/soft-push-browser.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

describe.each(contractStoreNames)('browsers that are notified, on %s', (name) => {
  it('[NC14] are added, changed by two processes at once, opened and removed alike', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const [one, two] = [createPushBrowsers({ store, seals: testSeals, clock }), createPushBrowsers({ store, seals: testSeals, clock })]
    const ann = { spaceId: newUuid<SpaceId>(), personId: newUuid<PersonId>(), memberId: newUuid<MemberId>() }
    const { subscription } = createSoftPushBrowser('https://push.example/1')
    // The same browser at both at once is one.
    const wish = { name: 'Laptop', options: ['CRITICAL'], roomIds: null } as const
    const added = await Promise.all([one.add(ann, subscription, wish), two.add(ann, subscription, wish)])
    expect(new Set(added.map(({ pushId }) => pushId)).size).toBe(1)
    const pushId = added[0]?.pushId ?? ''
    await Promise.all([
      one.change(ann.spaceId, ann.personId, pushId, { name: 'Desk' }),
      two.change(ann.spaceId, ann.personId, pushId, { options: ['CRITICAL', 'CLEAR'] }),
      one.change(ann.spaceId, ann.personId, pushId, { roomIds: [] }),
    ])
    expect(await two.listOf(ann.spaceId, ann.personId)).toMatchObject([
      { pushId, name: 'Desk', options: ['CRITICAL', 'CLEAR'], roomIds: [], createdAtMs: clock.nowMs() },
    ])
    expect((await two.open(ann.spaceId, pushId))?.subscription).toEqual(subscription)
    const removed = await Promise.all([one.remove(ann.spaceId, ann.personId, pushId), two.remove(ann.spaceId, ann.personId, pushId)])
    expect(removed).toContain(true)
    expect([await one.list(ann.spaceId), await one.open(ann.spaceId, pushId)]).toEqual([[], undefined])
  })
})

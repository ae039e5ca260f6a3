import { describe, expect, it } from 'vitest'
import { integrationOf, type Integration } from '../../cloud/metadata/channels/integrations.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

describe.each(contractStoreNames)('channels on %s', (name) => {
  it('[TK23] are made, listed, changed by many at once, read with their secrets and deleted alike', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const [one, two] = [1, 2].map(() => createMetadata({ store, seals: testSeals, clock, log: silentLog }).channels)
    if (one === undefined || two === undefined) throw new Error('no channels')
    const { spaces, rooms } = createMetadata({ store, seals: testSeals, clock, log: silentLog })
    const { spaceId } = await spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
    const roomId = (await rooms.list(spaceId))[0]?.roomId ?? ''
    const slack = integrationOf('SLACK') as Integration
    const url = (n: number | string) => `https://hooks.slack.com/services/${n}`

    const made = await one.create(spaceId, slack, { name: 'first', roomIds: [roomId] }, { secrets: { url: url('a') } })
    for (let n = 0; n < 30; n++) {
      clock.advance(1)
      await two.create(spaceId, slack, { name: `C${n}`, roomIds: null, options: ['CLEAR', 'CRITICAL'] }, { fields: { url: url(n) } })
    }
    const listed = await one.list(spaceId)
    expect(listed.map((channel) => channel.name)).toEqual(['first', ...Array.from({ length: 30 }, (_, n) => `C${n}`)])
    expect(listed[1]).toMatchObject({ roomIds: null, options: ['CLEAR', 'CRITICAL'], repeatMin: 0, isEnabled: true })

    // Two processes change different things of one channel; none is lost.
    await Promise.all([
      one.change(spaceId, made.channelId, { name: 'renamed' }),
      two.change(spaceId, made.channelId, { isEnabled: false }),
      one.change(spaceId, made.channelId, {}, { fields: { url: url('b') } }),
      two.change(spaceId, made.channelId, { repeatMin: 60 }),
      one.change(spaceId, made.channelId, { options: ['WARNING'] }),
    ])
    expect(await two.get(spaceId, made.channelId)).toMatchObject({
      name: 'renamed',
      isEnabled: false,
      repeatMin: 60,
      options: ['WARNING'],
      roomIds: [roomId],
    })
    expect(await two.secrets(spaceId, made.channelId)).toEqual({ url: url('b') })

    const removals = await Promise.all([one.remove(spaceId, made.channelId), two.remove(spaceId, made.channelId)])
    expect(removals.sort()).toEqual([false, true])
    expect(await one.list(spaceId)).toHaveLength(30)
  })
})

import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'
import type { PersonId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { asItemWrite } from '../../store/item-rules.ts'
import { createMetadata } from '../metadata.ts'
import { purgeItemsMax } from './purge.ts'

const dayMs = 86_400_000

/** A space with so many silences of which so many were deleted more than 90 days ago. */
async function lab({ all, deleted }: { readonly all: number; readonly deleted: number }) {
  const clock = createHandClock(Date.parse('2026-11-25T10:00:00Z'))
  const store = createMemoryStore(clock)
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const ann = newUuid<PersonId>()
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: ann })
  const startsAtMs = clock.nowMs()
  const make = (name: string) => metadata.silences.create(spaceId, ann, null, { name, startsAtMs, endsAtMs: startsAtMs + dayMs * 400 })
  const { silenceId } = await make('gone')
  await metadata.silences.remove(spaceId, silenceId, () => {})
  await make('there')
  const partition = `space/${spaceId}`
  const rows = (await store.list(partition, { prefix: 'silence/' })).items
  const gone = rows.find(({ sort }) => sort.includes(silenceId))
  const there = rows.find(({ sort }) => !sort.includes(silenceId))
  if (gone === undefined || there === undefined) throw new Error('nothing was made')
  for (let n = 2; n < all; n++) {
    const { kind, data } = n < deleted + 1 ? gone : there
    await store.write(asItemWrite({ partition, sort: `silence/${newUuid()}`, kind, data }), 'absent')
  }
  clock.advance(91 * dayMs)
  return { metadata, spaceId }
}

it.each([
  { all: 2, deleted: 1, what: 'purged' },
  { all: 3, deleted: 2, what: 'asked' },
  { all: 100, deleted: 5, what: 'purged' },
  { all: 100, deleted: 6, what: 'asked' },
  { all: 400, deleted: 20, what: 'purged' },
  { all: 400, deleted: 21, what: 'asked' },
  { all: 20_040, deleted: purgeItemsMax, what: 'purged' },
  { all: 20_040, deleted: purgeItemsMax + 1, what: 'asked' },
])('[TB4] (D5) $deleted of $all are $what', async ({ all, deleted, what }) => {
  const { metadata, spaceId } = await lab({ all, deleted })
  const [outcome, ...more] = await metadata.purge.run([spaceId])
  expect(outcome).toMatchObject(what === 'asked' ? { what, order: { due: deleted, of: all } } : { what, items: deleted })
  expect(more).toEqual([])
  // What was asked about is still there.
  const [next] = await metadata.purge.run([spaceId])
  expect(next).toBeUndefined()
  expect(await metadata.purge.orders()).toHaveLength(what === 'asked' ? 1 : 0)
})

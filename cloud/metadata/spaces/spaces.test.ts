import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { newUuid, startMetadata, startStore } from '../../../test/doubles/agents/metadata-agents.ts'
import type { PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createMetadata } from '../metadata.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata()
})
afterEach(() => lab.dispose())

it('[MD2] makes the first space once, with its "All nodes" room and its admin', async () => {
  const { spaces, roster, rooms } = lab.metadata
  const stranger = newUuid<PersonId>()
  const again = await spaces.ensureFirst({ name: 'Another name', adminPersonId: stranger })
  expect(again).toEqual({ spaceId: lab.spaceId, name: 'Lab', description: '', createdAtMs: lab.clock.nowMs() })
  expect(await spaces.get(lab.spaceId)).toEqual(again)
  expect(await rooms.list(lab.spaceId)).toMatchObject([{ spaceId: lab.spaceId, name: 'All nodes', isAllNodes: true }])
  const installation = await spaces.installation()
  const admin = installation?.adminPersonId ?? stranger
  expect(await roster.find(lab.spaceId, admin)).toMatchObject({ role: 'admin' })
  expect(await spaces.spacesOf(admin)).toEqual([again])
})

it('[MD2] gives strangers and absent spaces nothing', async () => {
  const { spaces, roster, rooms } = lab.metadata
  const stranger = newUuid<PersonId>()
  expect(await roster.find(lab.spaceId, stranger)).toBeUndefined()
  expect(await roster.find(newUuid<SpaceId>(), stranger)).toBeUndefined()
  expect(await spaces.spacesOf(stranger)).toEqual([])
  expect(await spaces.get(newUuid<SpaceId>())).toBeUndefined()
  expect(await rooms.list(newUuid<SpaceId>())).toEqual([])
})

it.each(
  [1, 2, 3, 4, 5].flatMap((nth) => [
    { nth, when: 'before' as const },
    { nth, when: 'after' as const },
  ]),
)('[MD3] completes a first space that a crash $when write $nth left half made', async ({ nth, when }) => {
  const { store, clock, dispose } = await startStore()
  const failing = createFailingStore(store)
  const { spaces, roster, rooms } = createMetadata({ store: failing, seals: testSeals, clock, log: silentLog })
  const adminPersonId = newUuid<PersonId>()
  failing.failAt(nth, when)
  await expect(spaces.ensureFirst({ name: 'Lab', adminPersonId })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(failing.heal()).toBe(true)
  const { spaceId } = await spaces.ensureFirst({ name: 'Lab', adminPersonId })
  expect(await spaces.get(spaceId)).toMatchObject({ name: 'Lab' })
  expect(await rooms.list(spaceId)).toHaveLength(1)
  expect(await roster.find(spaceId, adminPersonId)).toMatchObject({ role: 'admin' })
  await dispose()
})

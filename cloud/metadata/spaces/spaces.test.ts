import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFailingStore } from '../../../test/doubles/failing-store.ts'
import { newUuid, startMetadata, startStore } from '../../../test/doubles/metadata-agents.ts'
import type { PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { createSpaces } from './spaces.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata()
})
afterEach(() => lab.dispose())

it('[MD2] makes the first space once, with its "All nodes" room and its admin', async () => {
  const { spaces } = lab.metadata
  const stranger = newUuid<PersonId>()
  const again = await spaces.ensureFirst({ name: 'Another name', adminPersonId: stranger })
  expect(again).toEqual({ spaceId: lab.spaceId, name: 'Lab', createdAtMs: lab.clock.nowMs() })
  expect(await spaces.get(lab.spaceId)).toEqual(again)
  expect(await spaces.rooms(lab.spaceId)).toMatchObject([{ spaceId: lab.spaceId, name: 'All nodes', isAllNodes: true }])
  const installation = await spaces.installation()
  const admin = installation?.adminPersonId ?? stranger
  expect(await spaces.roleOf(lab.spaceId, admin)).toBe('admin')
  expect(await spaces.spacesOf(admin)).toEqual([again])
})

it('[MD2] gives strangers and absent spaces nothing', async () => {
  const { spaces } = lab.metadata
  const stranger = newUuid<PersonId>()
  expect(await spaces.roleOf(lab.spaceId, stranger)).toBeUndefined()
  expect(await spaces.roleOf(newUuid<SpaceId>(), stranger)).toBeUndefined()
  expect(await spaces.spacesOf(stranger)).toEqual([])
  expect(await spaces.get(newUuid<SpaceId>())).toBeUndefined()
  expect(await spaces.rooms(newUuid<SpaceId>())).toEqual([])
})

it.each(
  [1, 2, 3, 4].flatMap((nth) => [
    { nth, when: 'before' as const },
    { nth, when: 'after' as const },
  ]),
)('[MD3] completes a first space that a crash $when write $nth left half made', async ({ nth, when }) => {
  const { store, clock, dispose } = await startStore()
  const failing = createFailingStore(store)
  const spaces = createSpaces({ store: failing, clock })
  const adminPersonId = newUuid<PersonId>()
  failing.failAt(nth, when)
  await expect(spaces.ensureFirst({ name: 'Lab', adminPersonId })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(failing.heal()).toBe(true)
  const { spaceId } = await spaces.ensureFirst({ name: 'Lab', adminPersonId })
  expect(await spaces.get(spaceId)).toMatchObject({ name: 'Lab' })
  expect(await spaces.rooms(spaceId)).toHaveLength(1)
  expect(await spaces.roleOf(spaceId, adminPersonId)).toBe('admin')
  await dispose()
})

import { describe, expect, it } from 'vitest'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import type { PersonId, RoomId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { boardWith, chartTile, textTile } from '../doubles/benches/board-documents.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

describe.each(contractStoreNames)('boards on %s', (name) => {
  it('[BD6] are made, listed, saved against a race, deleted, restored and purged alike', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const { boards, spaces, rooms, purge } = createMetadata({ store, seals: testSeals, clock, log: silentLog })
    const [ann, bob] = [newUuid<PersonId>(), newUuid<PersonId>()]
    const { spaceId } = await spaces.ensureFirst({ name: 'Lab', adminPersonId: ann })
    const roomId = (await rooms.list(spaceId))[0]?.roomId ?? newUuid<RoomId>()

    // As large as a body may be, and too large for an item if it were not compressed.
    const big = boardWith(Array.from({ length: 50 }, (_, n) => textTile(`t${n}`, { y: n, text: `${n} words of text. `.repeat(1_000) })))
    const made = await boards.create(spaceId, roomId, { document: big, by: ann })
    expect(made).toMatchObject({ revision: 1, tiles: 50 })
    const boardId = made?.boardId ?? newUuid()
    expect((await boards.get(spaceId, boardId))?.document).toEqual(big)
    for (let n = 0; n < 60; n++) await boards.create(spaceId, roomId, { document: boardWith([chartTile('a')], `B${n}`), by: bob })
    expect((await boards.list(spaceId, roomId))?.boards).toHaveLength(61)

    const save = (n: number) => boards.save(spaceId, boardId, { revision: 1, document: boardWith([], `N${n}`), by: bob })
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => save(n)))
    expect(outcomes.filter((outcome) => outcome?.isSaved)).toHaveLength(1)
    const stands = await boards.get(spaceId, boardId)
    expect(stands).toMatchObject({ revision: 2, changedBy: bob, tiles: 0 })

    await boards.remove(spaceId, boardId, ann)
    expect((await boards.list(spaceId, roomId))?.deleted.map((head) => head.boardId)).toEqual([boardId])
    expect(await boards.restore(spaceId, boardId, bob)).toMatchObject({ document: stands?.document, createdBy: ann, deleted: undefined })
    await boards.remove(spaceId, boardId, ann)
    clock.advance(90 * 86_400_000)
    expect(await boards.head(spaceId, boardId)).toBeUndefined()
    expect((await boards.list(spaceId, roomId))?.boards).toHaveLength(60)
    expect(await purge.run([spaceId])).toMatchObject([{ what: 'purged', kind: 'board', items: 1 }])
    const tombstone = (await store.pending(100)).find(({ sort }) => sort === `board/${boardId}`)
    expect(tombstone).toMatchObject({ isDeleted: true, data: null })
    expect(tombstone?.blob).toBeUndefined()
  })
})

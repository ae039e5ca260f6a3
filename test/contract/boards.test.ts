import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createDynamoStore } from '../../cloud/store/dynamodb/dynamo-store.ts'
import { migrateDynamo } from '../../cloud/store/dynamodb/migrate-dynamo.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { PersonId, RoomId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { boardWith, chartTile, textTile } from '../doubles/board-documents.ts'
import { startDynalite } from '../doubles/dynalite-server.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/metadata-agents.ts'
import { testSeals } from '../doubles/test-seals.ts'

const stores: Readonly<Record<string, (clock: Clock) => Promise<MetadataStore>>> = {
  async SQLite(clock) {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-boards-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    return createSqliteStore({ path: join(folder, 'metadata.db'), clock, log: silentLog })
  },
  async DynamoDB(clock) {
    const server = await startDynalite()
    onTestFinished(() => server.stop())
    const { endpoint, region, credentials } = server
    const place = { endpoint, region, credentials, table: 'boards', clock, log: silentLog }
    await migrateDynamo(place)
    return createDynamoStore(place)
  },
}

describe.each(Object.keys(stores))('boards on %s', (name) => {
  it('[BD6] are made, listed, saved against a race, deleted, restored and purged alike', async () => {
    const clock = createHandClock()
    const store = await stores[name]?.(clock)
    if (store === undefined) throw new Error('no store')
    onTestFinished(() => store.close())
    const { boards, spaces, rooms } = createMetadata({ store, seals: testSeals, clock, log: silentLog })
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
    expect(await store.purgeExpired()).toBe(1)
    const tombstone = (await store.pending(100)).find(({ sort }) => sort === `board/${boardId}`)
    expect(tombstone).toMatchObject({ isDeleted: true, data: null })
    expect(tombstone?.blob).toBeUndefined()
  })
})

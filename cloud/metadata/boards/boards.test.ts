import { afterEach, beforeEach, expect, it } from 'vitest'
import { boardWith, chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { createCountingStore, type CountingStore } from '../../../test/doubles/stores/counting-store.ts'
import { createFailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import { boardDocument } from '../../../src/domain/board-schema.ts'
import type { BoardId, PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import { createChangeItem } from '../change-item.ts'
import { metadataLimits } from '../limits.ts'
import { newBoardId, roomPrefix } from './board-record.ts'
import { createBoards } from './boards.ts'
import { boardData } from '../../../test/doubles/stores/mapped-data.ts'

let counting: CountingStore
let lab: Awaited<ReturnType<typeof startMetadata>>
let roomId: RoomId
const ann = newUuid<PersonId>()
const bob = newUuid<PersonId>()
beforeEach(async () => {
  lab = await startMetadata((store) => (counting = createCountingStore(store)))
  roomId = (await lab.metadata.rooms.list(lab.spaceId))[0]?.roomId ?? newUuid()
})
afterEach(() => lab.dispose())

const make = async (name: string, by = ann) => {
  const board = await lab.metadata.boards.create(lab.spaceId, roomId, { document: boardWith([chartTile('a')], name), by })
  if (board === undefined) throw new Error('no board')
  return board
}

it.each([
  { what: 'creation', when: 'before' as const, stands: [] },
  { what: 'creation', when: 'after' as const, stands: ['Two'] },
  { what: 'save', when: 'before' as const, stands: ['One'] },
  { what: 'save', when: 'after' as const, stands: ['Two'] },
  { what: 'deletion', when: 'before' as const, stands: ['One'] },
  { what: 'deletion', when: 'after' as const, stands: [] },
])('[BD1] a crash $when the one write of a $what leaves the old board or the new one', async ({ what, when, stands }) => {
  const first = what === 'creation' ? undefined : await make('One')
  const failing = createFailingStore(lab.store)
  const boards = createBoards({
    store: failing,
    changeItem: createChangeItem(failing),
    retention: lab.metadata.retention,
    clock: lab.clock,
  })
  failing.failAt(1, when)
  const document = boardWith([], 'Two')
  const change = async () => {
    if (first === undefined) await boards.create(lab.spaceId, roomId, { document, by: ann })
    else if (what === 'save') await boards.save(lab.spaceId, first.boardId, { revision: first.revision, document, by: bob })
    else await boards.remove(lab.spaceId, first.boardId, bob)
  }
  await expect(change()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect((await lab.metadata.boards.list(lab.spaceId, roomId))?.boards.map(({ name }) => name)).toEqual(stands)
})

it('[BD2] lists the boards of one room by name, with who made and changed them when, and no other room or space', async () => {
  const { boards } = lab.metadata
  const zoo = await make('zoo')
  lab.clock.advance(1000)
  const ants = await make('Ants', bob)
  expect(await boards.list(lab.spaceId, roomId)).toEqual({
    boards: [
      {
        boardId: ants.boardId,
        roomId,
        name: 'Ants',
        tiles: 1,
        revision: 1,
        createdBy: bob,
        createdAtMs: lab.clock.nowMs(),
        changedBy: bob,
        changedAtMs: lab.clock.nowMs(),
        deleted: undefined,
      },
      expect.objectContaining({ boardId: zoo.boardId, name: 'zoo', createdBy: ann }),
    ],
    deleted: [],
  })
  expect(await boards.list(lab.spaceId, newUuid<RoomId>())).toBeUndefined()
  expect(await boards.list(newUuid<SpaceId>(), roomId)).toBeUndefined()
  expect(await boards.get(newUuid<SpaceId>(), zoo.boardId)).toBeUndefined()
  expect(await boards.create(lab.spaceId, newUuid<RoomId>(), { document: boardWith(), by: ann })).toBeUndefined()
})

it('[BD2] keeps rooms apart whose boards begin with the same letters', async () => {
  const board = await make('Here')
  const other = newUuid<RoomId>()
  const key = { partition: `space/${lab.spaceId}`, sort: `${roomPrefix(roomId)}0000-4000-8000-000000000000` }
  await lab.store.write({ ...key, kind: 'board', data: { ...boardData({ name: 'There' }), roomId: other } }, 'absent')
  expect((await lab.metadata.boards.list(lab.spaceId, roomId))?.boards.map(({ boardId }) => boardId)).toEqual([board.boardId])
  expect(newBoardId(roomId)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

it('[BD3] saves over the revision it was read at, and shows what stands to whoever was late', async () => {
  const { boards } = lab.metadata
  const { boardId, revision } = await make('One')
  lab.clock.advance(5000)
  const theirs = await boards.save(lab.spaceId, boardId, { revision, document: boardWith([textTile('t')], 'Theirs'), by: bob })
  expect(theirs).toMatchObject({ isSaved: true, board: { revision: 2, changedBy: bob, createdBy: ann, name: 'Theirs', tiles: 1 } })
  const late = await boards.save(lab.spaceId, boardId, { revision, document: boardWith([], 'Mine'), by: ann })
  expect(late).toEqual({ isSaved: false, board: theirs?.board })
  expect(await boards.get(lab.spaceId, boardId)).toEqual(theirs?.board)
  expect(await boards.save(lab.spaceId, boardId, { revision: 2, document: boardWith([], 'Mine'), by: ann })).toMatchObject({
    isSaved: true,
    board: { revision: 3 },
  })
})

it('[BD3] one of many concurrent saves wins, the others learn what stands', async () => {
  const { boardId, revision } = await make('One')
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      lab.metadata.boards.save(lab.spaceId, boardId, { revision, document: boardWith([], `N${n}`), by: n % 2 === 0 ? ann : bob }),
    ),
  )
  const winners = outcomes.filter((outcome) => outcome?.isSaved === true)
  expect(winners).toHaveLength(1)
  const { name } = winners[0]?.board ?? { name: '' }
  expect(new Set(outcomes.map((outcome) => outcome?.board.name))).toEqual(new Set([name]))
})

it('[BD3] the same save again, after its answer was lost, counts as saved and writes nothing', async () => {
  const { boardId, revision } = await make('One')
  const wish = { revision, document: boardWith([textTile('t')]), by: ann }
  const first = await lab.metadata.boards.save(lab.spaceId, boardId, wish)
  counting.take()
  expect(await lab.metadata.boards.save(lab.spaceId, boardId, wish)).toEqual(first)
  expect(counting.take().total).toBe(0)
})

it('[BD4] a deleted board is hidden, restored as it was within 90 days, and purged after them', async () => {
  const { boards } = lab.metadata
  const board = await make('One')
  const kept = await make('Kept')
  expect(await boards.remove(lab.spaceId, board.boardId, bob)).toMatchObject({ name: 'One', deleted: { by: bob } })
  expect(await boards.get(lab.spaceId, board.boardId)).toBeUndefined()
  expect(await boards.save(lab.spaceId, board.boardId, { revision: 2, document: boardWith(), by: ann })).toBeUndefined()
  expect(await boards.remove(lab.spaceId, board.boardId, bob)).toBeUndefined()
  const list = await boards.list(lab.spaceId, roomId)
  expect(list?.boards.map(({ name }) => name)).toEqual(['Kept'])
  const atMs = lab.clock.nowMs()
  expect(list?.deleted.map(({ name, deleted }) => ({ name, deleted }))).toEqual([
    { name: 'One', deleted: { by: bob, atMs, goneAtMs: atMs + 90 * 86_400_000 } },
  ])

  lab.clock.advance(89 * 86_400_000)
  expect(await boards.restore(lab.spaceId, board.boardId, ann)).toMatchObject({
    document: board.document,
    deleted: undefined,
    changedBy: ann,
  })
  expect(await boards.restore(lab.spaceId, board.boardId, ann)).toMatchObject({ revision: 3 })
  lab.clock.advance(2 * 86_400_000)
  expect(await lab.store.purgeExpired()).toBe(0)

  await boards.remove(lab.spaceId, board.boardId, ann)
  lab.clock.advance(90 * 86_400_000)
  expect(await boards.restore(lab.spaceId, board.boardId, ann)).toBeUndefined()
  expect(await boards.head(lab.spaceId, board.boardId)).toBeUndefined()
  expect(await lab.metadata.purge.run([lab.spaceId])).toMatchObject([{ what: 'purged', kind: 'board', items: 1 }])
  expect(await boards.get(lab.spaceId, kept.boardId)).toMatchObject({ name: 'Kept' })
})

it('[BD5] keeps names, titles and texts as plain characters that read back through the schema', async () => {
  const hostile = {
    ...chartTile('a', {
      contextId: '\u202esystem.cpu\u0000',
      title: '\u0007',
      labels: [{ key: '\u202e', value: 'x' }],
      groupBy: ['label:\u0000', 'node', 'node'],
      dimensions: ['user', 'user', '\u2066'],
    }),
  }
  const document = boardWith([hostile, textTile('t', { text: '# <b>One\u202e</b>\r\n\ttwo\u0000' })], ' \u202eWeb\n ')
  const board = await lab.metadata.boards.create(lab.spaceId, roomId, { document, by: ann })
  expect(board?.document).toEqual(
    boardWith([chartTile('a', { groupBy: ['node'], dimensions: ['user'] }), textTile('t', { text: '# <b>One</b>\n  two' })], 'Web'),
  )
  expect(boardDocument.safeParse(board?.document).success).toBe(true)
})

it('[BD11] a room holds 200 boards; deleting one makes room, and a full room takes none back', async () => {
  const { boards } = lab.metadata
  const first = await make('First')
  await Promise.all(Array.from({ length: metadataLimits.boardsPerRoom - 1 }, (_, n) => make(`B${n}`)))
  await expect(make('Over')).rejects.toMatchObject({ code: 'CONFLICT' })
  await boards.remove(lab.spaceId, first.boardId, ann)
  await make('Instead')
  await expect(boards.restore(lab.spaceId, first.boardId, ann)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await boards.restore(lab.spaceId, newUuid<BoardId>(), ann)).toBeUndefined()
})

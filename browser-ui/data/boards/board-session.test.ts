import { beforeEach, expect, it } from 'vitest'
import { boardWith, chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { BoardDocument } from '../../../src/domain/board.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { BoardAnswer } from './board-answers.ts'
import { createBoardSession, type BoardSession } from './board-session.ts'
import { createDrafts } from './drafts.ts'

const ann = { personId: 'ann', email: 'ann@example.com' }
const bob = { personId: 'bob', email: 'bob@example.com' }
const start = boardWith([chartTile('a'), textTile('t', { x: 6, text: 'one' })])
const withText = (text: string, name = 'Web') => boardWith([chartTile('a'), textTile('t', { x: 6, text })], name)
const withTitle = (title: string) => boardWith([chartTile('a', { title }), textTile('t', { x: 6, text: 'one' })])

/** A cloud with one board and the same rules as the real one. */
function createCloud() {
  const saves: BoardDocument[] = []
  let board: BoardAnswer = {
    boardId: 'b',
    roomId: 'r',
    name: start.name,
    tiles: 2,
    revision: 1,
    createdBy: ann,
    createdAtMs: 1,
    changedBy: ann,
    changedAtMs: 1,
    mayChange: true,
    document: start,
  }
  const cloud = {
    saves,
    trouble: undefined as ThroughlineError | undefined,
    /** While set, saves are taken but their answers wait. */
    gate: undefined as Promise<void> | undefined,
    get board() {
      return board
    },
    put(document: BoardDocument, by = bob) {
      board = { ...board, revision: board.revision + 1, document, name: document.name, tiles: document.tiles.length, changedBy: by }
      return board
    },
    read: async () => {
      if (cloud.trouble !== undefined) throw cloud.trouble
      return board
    },
    save: async (revision: number, document: BoardDocument) => {
      if (cloud.trouble !== undefined) throw cloud.trouble
      saves.push(document)
      if (revision !== board.revision) throw new ThroughlineError('CONFLICT', 'Somebody changed this board.')
      const answer = cloud.put(document, ann)
      await cloud.gate
      return answer
    },
  }
  return cloud
}

let cloud: ReturnType<typeof createCloud>
let clock: ReturnType<typeof createHandClock>
let stored: Map<string, string>
beforeEach(() => {
  cloud = createCloud()
  clock = createHandClock()
  stored = new Map()
})

const drafts = (personId: string) =>
  createDrafts(
    {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    personId,
  )
const open = (board = cloud.board, personId = 'ann'): BoardSession =>
  createBoardSession({ board, save: cloud.save, read: cloud.read, drafts: drafts(personId), clock })
const settle = async () => {
  for (let n = 0; n < 30; n++) await Promise.resolve()
}
const pass = async (ms: number) => {
  clock.advance(ms)
  await settle()
}
const unreachable = new ThroughlineError('SOURCE_UNAVAILABLE', 'The cloud cannot be reached.')

it('[BD32] changes are saved together a second after the last one, and then nothing is left to save', async () => {
  const session = open()
  session.edit(withText('two'))
  await pass(900)
  session.edit(withText('three'))
  expect(session.state.save).toBe('waiting')
  await pass(900)
  expect(cloud.saves).toEqual([])
  await pass(100)
  expect(cloud.saves).toEqual([withText('three')])
  expect(session.state).toMatchObject({ save: 'saved', board: { revision: 2 }, document: withText('three') })
  expect(stored.size).toBe(0)
  await pass(60_000)
  expect(cloud.saves).toHaveLength(1)
})

it('[BD32] what is changed while a save is under way is saved after it', async () => {
  const session = open()
  let release = () => {}
  cloud.gate = new Promise((resolve) => (release = resolve))
  session.edit(withText('two'))
  await pass(1000)
  session.edit(withText('three'))
  expect(session.state.save).toBe('saving')
  release()
  await settle()
  expect(session.state).toMatchObject({ save: 'waiting', document: withText('three') })
  await pass(1000)
  expect(cloud.board.document).toEqual(withText('three'))
  expect(session.state.save).toBe('saved')
})

it('[BD33] unsaved changes outlive a lost link, and a reload', async () => {
  const session = open()
  cloud.trouble = unreachable
  session.edit(withText('two'))
  await pass(1000)
  expect(session.state).toMatchObject({ save: 'failed', trouble: 'The cloud cannot be reached.', document: withText('two') })
  session.close()
  await settle()
  cloud.trouble = undefined
  const again = open()
  expect(again.state).toMatchObject({ document: withText('two'), save: 'waiting' })
  await pass(1000)
  expect(cloud.board.document).toEqual(withText('two'))
  expect(stored.size).toBe(0)
})

it('[BD33] a failed save is tried again, later each time; leaving saves at once', async () => {
  const session = open()
  cloud.trouble = unreachable
  session.edit(withText('two'))
  await pass(1000)
  await pass(2000)
  expect(session.state.save).toBe('failed')
  cloud.trouble = undefined
  await pass(3999)
  expect(cloud.saves).toEqual([])
  await pass(1)
  expect(session.state.save).toBe('saved')
  session.edit(withText('three'))
  session.close()
  await settle()
  expect(cloud.board.document).toEqual(withText('three'))
})

it('[BD33] what the cloud refuses for good waits for the next change, and stays in the draft', async () => {
  const session = open()
  cloud.trouble = new ThroughlineError('BODY_TOO_LARGE', 'The board is too large.')
  session.edit(withText('two'))
  await pass(100_000)
  expect(session.state).toMatchObject({ save: 'failed', trouble: 'The board is too large.' })
  expect(stored.size).toBe(1)
  cloud.trouble = undefined
  await pass(100_000)
  expect(cloud.saves).toEqual([])
  session.edit(withText('three'))
  await pass(1000)
  expect(session.state.save).toBe('saved')
})

it('[BD33] a draft that was changed by others meanwhile is merged, and a damaged one is none', async () => {
  stored.set('throughline-board-draft-1/ann/b', JSON.stringify({ revision: 1, base: start, document: withText('mine') }))
  cloud.put(withTitle('theirs'))
  const session = open()
  await pass(0)
  expect(cloud.board.document.tiles).toMatchObject([{ title: 'theirs' }, { text: 'mine' }])
  session.close()
  for (const damaged of ['{', '5', '{"revision":1}', '{"revision":1,"base":{"format":1,"name":"x","tiles":[]},"document":null}']) {
    stored.set('throughline-board-draft-1/ann/b', damaged)
    expect(open().state.save).toBe('saved')
  }
})

it('[BD33] a draft is of the person who made it', async () => {
  cloud.trouble = unreachable
  open().edit(withText('mine'))
  await settle()
  expect(open(cloud.board, 'bob').state).toMatchObject({ save: 'saved', document: start })
  expect(open().state).toMatchObject({ save: 'waiting', document: withText('mine') })
})

it('[BD33] a draft in conflict keeps what it was made from', async () => {
  stored.set('throughline-board-draft-1/ann/b', JSON.stringify({ revision: 1, base: start, document: withText('mine', 'Mine') }))
  cloud.put(withText('theirs'))
  const session = open()
  expect(session.state.conflict?.parts).toMatchObject([{ id: 't' }])
  session.resolve('merge', new Map([['t', 'theirs']]))
  await settle()
  expect(cloud.board.document).toEqual(withText('theirs', 'Mine'))
})

it('[BD34] changes of others to other tiles are merged and saved by themselves', async () => {
  const session = open()
  session.edit(withText('mine'))
  cloud.put(withTitle('theirs'))
  await pass(1000)
  expect(cloud.board.document.tiles).toMatchObject([{ title: 'theirs' }, { text: 'mine' }])
  expect(session.state).toMatchObject({ save: 'saved', conflict: undefined, board: { revision: 3 } })
  expect(session.state.document).toEqual(cloud.board.document)
})

it.each([
  { way: 'theirs' as const, choices: [], text: 'theirs', name: 'Theirs', revision: 2 },
  { way: 'mine' as const, choices: [], text: 'mine', name: 'Web', revision: 3 },
  { way: 'merge' as const, choices: [], text: 'mine', name: 'Theirs', revision: 3 },
  { way: 'merge' as const, choices: [['t', 'theirs'] as const], text: 'theirs', name: 'Theirs', revision: 2 },
])('[BD35] the same tile changed by both waits for a choice: $way $choices', async ({ way, choices, text, name, revision }) => {
  const session = open()
  session.edit(withText('mine'))
  cloud.put(withText('theirs', 'Theirs'))
  await pass(1000)
  expect(session.state.conflict).toMatchObject({
    theirs: { changedBy: bob },
    parts: [{ id: 't', mine: { text: 'mine' }, theirs: { text: 'theirs' } }],
  })
  await pass(60_000)
  expect(cloud.board.revision).toBe(2)
  expect(stored.size).toBe(1)
  session.resolve(way, new Map(choices))
  await settle()
  expect(session.state).toMatchObject({ conflict: undefined, save: 'saved', board: { revision } })
  expect(cloud.board.document).toEqual(withText(text, name))
  expect(session.state.document).toEqual(withText(text, name))
  expect(stored.size).toBe(0)
})

it('[BD35] what was given up for theirs comes back with undo', async () => {
  const session = open()
  session.edit(withText('mine'))
  cloud.put(withText('theirs'))
  await pass(1000)
  session.resolve('theirs')
  expect(session.state.canUndo).toBe(true)
  session.undo()
  await pass(1000)
  expect(cloud.board.document).toEqual(withText('mine'))
})

it('[BD35] a conflict follows what both do, and ends when they agree', async () => {
  const session = open()
  session.edit(withText('mine'))
  cloud.put(withText('theirs'))
  await pass(1000)
  cloud.put(withText('theirs again'))
  await session.poll()
  expect(session.state.conflict).toMatchObject({ theirs: { revision: 3 }, parts: [{ theirs: { text: 'theirs again' } }] })
  session.edit(withText('theirs again'))
  expect(session.state).toMatchObject({ conflict: undefined, save: 'saved' })
})

it('[BD36] a board that others changed says so and shows it when asked; with own changes it is merged', async () => {
  const session = open()
  await session.poll()
  expect(session.state.newer).toBeUndefined()
  cloud.put(withTitle('theirs'))
  await session.poll()
  expect(session.state).toMatchObject({ newer: { changedBy: bob }, document: start })
  session.adopt()
  expect(session.state).toMatchObject({ newer: undefined, document: withTitle('theirs'), save: 'saved' })
  cloud.put(withText('more'))
  await session.poll()
  session.edit({ ...session.state.document, name: 'Mine' })
  await pass(1000)
  expect(cloud.board.document).toEqual(withText('more', 'Mine'))
  expect(session.state.newer).toBeUndefined()
})

it('[BD36] a board that others deleted says so; unsaved changes stay and are saved once it is restored', async () => {
  const session = open()
  session.edit(withText('mine'))
  cloud.trouble = new ThroughlineError('NOT_FOUND', 'There is no such board.')
  await pass(1000)
  expect(session.state).toMatchObject({ isGone: true, document: withText('mine') })
  expect(stored.size).toBe(1)
  cloud.trouble = undefined
  cloud.put(start)
  session.revive()
  await settle()
  expect(session.state).toMatchObject({ isGone: false, save: 'saved' })
  expect(cloud.board.document).toEqual(withText('mine'))
})

it('[BD37] undo and redo walk through the changes made here, and not past those of others', async () => {
  const session = open()
  session.edit(withText('two'))
  session.edit(withText('three'))
  session.edit(withText('three'))
  session.undo()
  expect(session.state).toMatchObject({ document: withText('two'), canRedo: true })
  session.undo()
  session.undo()
  expect(session.state).toMatchObject({ document: start, canUndo: false, save: 'saved' })
  session.redo()
  expect(session.state.document).toEqual(withText('two'))
  cloud.put(withTitle('theirs'))
  await pass(1000)
  expect(session.state).toMatchObject({ canUndo: false, canRedo: false, save: 'saved' })
})

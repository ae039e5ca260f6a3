import { describe, expect, it } from 'vitest'
import { boardWith, chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { createSeeded, seedsOf, type Seeded } from '../../../test/doubles/seeded.ts'
import type { BoardDocument, BoardTile } from '../../../src/domain/board.ts'
import { overlap, settled } from './layout.ts'
import { isSameBoard, isSameContent, mergeBoards } from './merge.ts'

const base = boardWith([chartTile('a', { x: 0 }), textTile('t', { x: 6, text: 'one' })])
const [chart, words] = [chartTile('a', { x: 0 }), textTile('t', { x: 6, text: 'one' })]
const shown = ({ tiles }: BoardDocument) =>
  Object.fromEntries(tiles.map((tile) => [tile.id, tile.kind === 'text' ? tile.text : tile.contextId]))

it('[BD24] changes of different tiles merge by themselves, with additions and removals of both', () => {
  const mine = boardWith([{ ...chart, contextId: 'system.ram' }, words, textTile('m', { text: 'my new' })])
  const theirs = boardWith([chart, textTile('n', { text: 'their new' })], 'Their name')
  const { document, conflicts } = mergeBoards(base, mine, theirs)
  expect(conflicts).toEqual([])
  expect(document.name).toBe('Their name')
  expect(shown(document)).toEqual({ a: 'system.ram', n: 'their new', m: 'my new' })
})

it('[BD24] one side moves a tile and the other changes it: both hold; moved by both, it stands where I put it', () => {
  const mine = boardWith([{ ...chart, x: 6, w: 4 }, words])
  const theirs = boardWith([
    { ...chart, x: 2, title: 'Their title' },
    { ...words, y: 9 },
  ])
  const { document, conflicts } = mergeBoards(base, mine, theirs)
  expect(conflicts).toEqual([])
  expect(document.tiles.find(({ id }) => id === 'a')).toMatchObject({ x: 6, w: 4, title: 'Their title' })
})

it('[BD25] the same tile changed by both, changed and removed, and two names are named as conflicts and follow the choice', () => {
  const changed = boardWith(
    [
      { ...chart, title: 'Mine' },
      { ...words, text: 'mine' },
    ],
    'Mine',
  )
  const theirs = boardWith([{ ...chart, title: 'Theirs' }], 'Theirs')
  const { document, conflicts } = mergeBoards(base, changed, theirs)
  expect(conflicts).toEqual([
    { part: 'tile', id: 'a', mine: { ...chart, title: 'Mine' }, theirs: { ...chart, title: 'Theirs' } },
    { part: 'tile', id: 't', mine: { ...words, text: 'mine' }, theirs: undefined },
    { part: 'name', id: 'name', mine: 'Mine', theirs: 'Theirs' },
  ])
  expect(document).toMatchObject({ name: 'Mine', tiles: [{ title: 'Mine' }, { text: 'mine' }] })
  const chosen = new Map([
    ['a', 'theirs'],
    ['t', 'theirs'],
    ['name', 'theirs'],
  ] as const)
  expect(mergeBoards(base, changed, theirs, chosen).document).toMatchObject({ name: 'Theirs', tiles: [{ title: 'Theirs' }] })
  // The other way round: I removed what they changed.
  expect(mergeBoards(base, theirs, changed).conflicts[1]).toMatchObject({ id: 't', mine: undefined, theirs: { text: 'mine' } })
})

it('[BD24] the same change on both sides is no conflict, whatever the order of its members', () => {
  const mine = boardWith([{ ...chart, title: 'Same', aggregation: 'max' }, words], 'Same')
  const theirs = boardWith([words, { ...chart, aggregation: 'max', title: 'Same' }], 'Same')
  expect(mergeBoards(base, mine, theirs).conflicts).toEqual([])
  expect(isSameBoard(mine, theirs)).toBe(true)
  expect(isSameBoard(mine, base)).toBe(false)
})

/** Changes a board in a few random ways. */
function changed(random: Seeded, board: BoardDocument, side: string): BoardDocument {
  let tiles: readonly BoardTile[] = board.tiles
  for (let n = random.below(4); n > 0; n--) {
    const victim = tiles[random.below(Math.max(1, tiles.length))]
    const what = random.below(4)
    if (what === 0 || victim === undefined)
      tiles = tiles.concat(textTile(`${side}${n}`, { x: random.below(7), y: random.below(9), text: side }))
    else if (what === 1) tiles = tiles.filter((tile) => tile !== victim)
    else if (what === 2) tiles = tiles.map((tile) => (tile === victim ? { ...tile, x: random.below(7), y: random.below(9) } : tile))
    else tiles = tiles.map((tile) => (tile === victim ? textTile(tile.id, { ...tile, kind: 'text', text: `${side} ${n}` }) : tile))
  }
  return { ...board, tiles: settled(tiles) }
}

describe.each(seedsOf(60))('with seed %i', (seed) => {
  it('[BD26] nothing that one side added or changed is missing without being a conflict, and tiles do not overlap', () => {
    const random = createSeeded(seed)
    const start = boardWith(settled(Array.from({ length: random.below(6) }, (_, n) => textTile(`b${n}`, { x: random.below(7), y: n }))))
    const [mine, theirs] = [changed(random, start, 'm'), changed(random, start, 'n')]
    const { document, conflicts } = mergeBoards(start, mine, theirs)
    const inConflict = new Set(conflicts.map(({ id }) => id))
    const merged = new Map(document.tiles.map((tile) => [tile.id, tile]))
    const before = new Map(start.tiles.map((tile) => [tile.id, tile]))
    for (const tile of [...mine.tiles, ...theirs.tiles]) {
      const was = before.get(tile.id)
      const isOwnWork = was === undefined || !isSameContent(was, tile)
      const stands = merged.get(tile.id)
      if (isOwnWork && !inConflict.has(tile.id)) expect(stands !== undefined && isSameContent(stands, tile)).toBe(true)
    }
    for (const [n, tile] of document.tiles.entries())
      expect(document.tiles.slice(n + 1).filter((other) => overlap(tile, other))).toEqual([])
    expect(mergeBoards(start, mine, start).document.tiles).toEqual(settled(mine.tiles))
    expect(mergeBoards(start, start, theirs).document.tiles).toEqual(settled(theirs.tiles))
    // Saved again over what was merged, nothing more changes.
    expect(isSameBoard(mergeBoards(theirs, document, theirs).document, document)).toBe(true)
  })
})

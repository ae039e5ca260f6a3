import { describe, expect, it } from 'vitest'
import { createSeeded, seedsOf, type Seeded } from '../../../test/doubles/seeded.ts'
import {
  arranged,
  freePlace,
  leastSize,
  moved,
  overlap,
  readingOrder,
  reordered,
  resized,
  rowsOf,
  settled,
  stepped,
  type Direction,
  type Placed,
} from './layout.ts'

const at = (id: string, x: number, y: number, w: number, h: number): Placed => ({ id, x, y, w, h })
const places = (tiles: readonly Placed[]) => Object.fromEntries(tiles.map(({ id, x, y }) => [id, `${x},${y}`]))
const find = (tiles: readonly Placed[], id: string) => tiles.find((tile) => tile.id === id)

/** A board as people leave them, and as files may bring them: overlapping, too wide, in the air. */
function anyBoard(random: Seeded): readonly Placed[] {
  return Array.from({ length: random.below(14) }, (_, n) =>
    at(`t${n}`, random.below(14), random.below(30), 1 + random.below(13), 1 + random.below(8)),
  )
}

/** What holds of every layout that can be on screen. */
function expectOrder(before: readonly Placed[], after: readonly Placed[]): void {
  expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort())
  for (const [n, tile] of after.entries()) {
    expect(tile.x).toBeGreaterThanOrEqual(0)
    expect(tile.x + tile.w).toBeLessThanOrEqual(12)
    expect(after.slice(n + 1).filter((other) => overlap(tile, other))).toEqual([])
    const standsOn = after.some((other) => other.y + other.h === tile.y && other.x < tile.x + tile.w && tile.x < other.x + other.w)
    expect(tile.y === 0 || standsOn).toBe(true)
  }
  expect(settled(after)).toEqual(after)
}

const directions: readonly Direction[] = ['left', 'right', 'up', 'down']

describe.each(seedsOf(60))('with seed %i', (seed) => {
  it('[BD20] tiles never overlap, hang in the air, leave the columns or get lost, whatever is done', () => {
    const random = createSeeded(seed)
    const board = anyBoard(random)
    let tiles = settled(board)
    expectOrder(board, tiles)
    for (let n = 0; n < 12 && tiles.length > 0; n++) {
      const { id } = random.pick(tiles)
      const before = tiles
      tiles = random.pick([
        () => moved(tiles, id, random.below(16) - 2, random.below(40) - 2),
        () => resized(tiles, id, random.below(16) - 1, random.below(60) - 1),
        () => stepped(tiles, id, random.pick(directions)),
        () => reordered(tiles, id, random.pick([-1, 1] as const)),
      ])()
      expectOrder(before, tiles)
    }
    const added = { id: 'new', ...freePlace(tiles, { w: 5, h: 3 }), w: 5, h: 3 }
    expect(tiles.filter((tile) => overlap(tile, added))).toEqual([])
  })

  it('[BD22] a tile goes earlier and later in the order of reading until it is first and last', () => {
    const random = createSeeded(seed)
    const board = settled(anyBoard(random))
    if (board.length === 0) return
    const { id } = random.pick(board)
    for (const by of [-1, 1] as const) {
      let tiles = board
      for (let n = 0; n < board.length; n++) {
        const place = readingOrder(tiles).findIndex((tile) => tile.id === id)
        const next = reordered(tiles, id, by)
        const after = readingOrder(next).findIndex((tile) => tile.id === id)
        const isAtEnd = place === (by === -1 ? 0 : board.length - 1)
        if (isAtEnd) expect(after).toBe(place)
        else expect(Math.sign(after - place)).toBe(by)
        tiles = next
      }
    }
  })
})

const row = [at('a', 0, 0, 6, 4), at('b', 6, 0, 6, 4), at('c', 0, 4, 12, 4)]

it('[BD21] a dragged tile pushes what is in its way below, and passes a tile at its half', () => {
  expect(places(moved(row, 'a', 6, 0))).toEqual({ a: '6,0', b: '6,4', c: '0,8' })
  expect(places(moved(row, 'a', 0, 2))).toEqual({ a: '0,0', b: '6,0', c: '0,4' })
  expect(places(moved(row, 'a', 0, 3))).toEqual({ a: '0,8', b: '6,0', c: '0,4' })
  expect(places(moved(row, 'c', 0, 1))).toEqual({ a: '0,4', b: '6,4', c: '0,0' })
  expect(places(moved(row, 'a', 100, -5))).toEqual({ a: '6,0', b: '6,4', c: '0,8' })
  expect(moved(row, 'gone', 0, 0)).toEqual(row)
})

it('[BD21] a resized tile keeps its corner, a readable size and the columns', () => {
  expect(places(resized(row, 'a', 8, 6))).toEqual({ a: '0,0', b: '6,6', c: '0,10' })
  expect(find(resized(row, 'b', 40, 400), 'b')).toMatchObject({ w: 6, h: 40 })
  expect(find(resized(row, 'b', -3, 0), 'b')).toMatchObject(leastSize)
})

it('[BD21] arrow keys take a tile one column aside, or past the next one', () => {
  expect(places(stepped(row, 'a', 'right'))).toMatchObject({ a: '1,0' })
  expect(places(stepped(row, 'a', 'left'))).toEqual(places(row))
  expect(places(stepped(row, 'a', 'down'))).toEqual({ a: '0,8', b: '6,0', c: '0,4' })
  expect(places(stepped(row, 'c', 'up'))).toEqual({ a: '0,4', b: '6,4', c: '0,0' })
  expect(stepped(row, 'a', 'up')).toBe(row)
  expect(stepped(row, 'c', 'down')).toBe(row)
})

it('[BD20] a layout that was made of fewer or more tiles loses none and brings none back', () => {
  const [a, b, c] = row
  if (a === undefined || b === undefined || c === undefined) throw new Error('no tiles')
  const added = at('n', 0, 0, 3, 2)
  const layout = moved(row, 'a', 6, 0)
  expect(places(arranged([...row, added], layout))).toEqual({ a: '6,0', b: '6,4', n: '0,0', c: '0,8' })
  expect(arranged([...row, { ...b, id: 'other' }], layout)).toHaveLength(4)
  expect(places(arranged([a, c], layout))).toEqual({ a: '6,0', c: '0,4' })
})

it('[BD22] neighbours change places, also of different widths', () => {
  const tiles = [at('a', 0, 0, 4, 4), at('b', 4, 0, 8, 4)]
  expect(places(reordered(tiles, 'b', -1))).toEqual({ b: '0,0', a: '8,0' })
  expect(places(reordered(tiles, 'a', 1))).toEqual({ b: '0,0', a: '8,0' })
  expect(reordered(tiles, 'a', -1)).toBe(tiles)
  expect(places(reordered(row, 'c', -1))).toEqual({ a: '0,0', c: '0,4', b: '6,8' })
})

it('[BD20] a tile that stays where it is stays the same, so that it is not drawn anew', () => {
  const tiles = settled(row)
  expect(
    moved(tiles, 'c', 0, 9)
      .filter((tile) => !tiles.includes(tile))
      .map(({ id }) => id),
  ).toEqual(['c'])
  expect(moved(tiles, 'b', 6, 9)).toContain(tiles[0])
  expect(arranged(tiles, tiles)).toEqual(tiles)
  expect(arranged(tiles, tiles)[2]).toBe(tiles[2])
})

it('[BD23] a new tile stands in the first free place', () => {
  expect(freePlace([], { w: 6, h: 4 })).toEqual({ x: 0, y: 0 })
  expect(freePlace([at('a', 0, 0, 4, 4)], { w: 6, h: 4 })).toEqual({ x: 4, y: 0 })
  expect(freePlace(row, { w: 6, h: 4 })).toEqual({ x: 0, y: 8 })
  expect(rowsOf(row)).toBe(8)
})

import { expect, it } from 'vitest'
import { createSeeded } from '../../../test/doubles/seeded.ts'
import { boxOf, columnPx, heightPx, nearestCell, nearestSize, scrollSpeed } from './grid-geometry.ts'

it('[BD40] a tile that is dropped or resized snaps to the nearest cell', () => {
  expect(columnPx(1188)).toBe(88)
  expect(boxOf({ x: 6, y: 1, w: 6, h: 2 }, 1188)).toEqual({ left: 600, top: 68, width: 588, height: 124 })
  expect(nearestCell(551, 30, 1188)).toEqual({ x: 6, y: 0 })
  expect(nearestCell(-80, -80, 1188)).toEqual({ x: -1, y: 0 })
  expect(nearestSize(-5, 0, 1188)).toEqual({ w: 1, h: 1 })
  expect(heightPx(0)).toBe(0)
})

it('[BD40] what is drawn of a place leads back to it, in a grid of any width', () => {
  const random = createSeeded(7)
  for (let n = 0; n < 200; n++) {
    const gridPx = 300 + random.below(2_000)
    const w = 1 + random.below(12)
    const place = { x: random.below(13 - w), y: random.below(50), w, h: 1 + random.below(40) }
    const { left, top, width, height } = boxOf(place, gridPx)
    const off = () => random.below(15) - 7
    expect({ ...nearestCell(left + off(), top + off(), gridPx), ...nearestSize(width + off(), height + off(), gridPx) }).toEqual(place)
  }
})

it('[BD40] the page scrolls while something is dragged to its edge, faster nearer to it', () => {
  expect([400, 70, 35, 0, -50].map((y) => scrollSpeed(y, 900))).toEqual([0, 0, -7, -14, -14])
  expect([829, 831, 865, 900, 2_000].map((y) => scrollSpeed(y, 900))).toEqual([0, 1, 7, 14, 14])
})

import { expect, it } from 'vitest'
import { backoffCeilingMs, backoffMs, defaultBackoff } from './backoff.ts'

it('[AL10] waits not at all at first, then powers of the base with half as much again at random, and never above 30 s', () => {
  const delays = (random: number) => [0, 1, 2, 3, 4, 5, 6, 7, 60].map((failures) => backoffMs(failures, defaultBackoff, random))
  expect(delays(0)).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  expect(delays(1)).toEqual([0, 2000, 3000, 6000, 12_000, 24_000, 30_000, 30_000, 30_000])
})

it("[AL10] keeps to the cloud's bounds, read as seconds", () => {
  expect(backoffMs(1, { base: 1, minSeconds: 5, maxSeconds: 500 }, 0)).toBe(5000)
  expect(backoffMs(9, { base: 10, minSeconds: 0, maxSeconds: 7 }, 1)).toBe(7000)
  expect(backoffMs(1, { base: 1, minSeconds: 900, maxSeconds: 1000 }, 0)).toBe(backoffCeilingMs)
})

import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createIntervals } from './intervals.ts'
import { createPatience } from './patience.ts'

function scene() {
  const clock = createHandClock()
  let taken = 0
  const intervals = createIntervals({ clock, take: () => Promise.resolve(++taken) })
  const measure = async (abort = new AbortController()) => {
    const result = intervals.measure(abort.signal)
    void result.catch(() => undefined)
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    return { result, abort }
  }
  return { clock, intervals, measure, taken: () => taken }
}

it('[HF6] the first call reads twice, half a second apart; later ones compare with the call before', async () => {
  const { clock, measure, taken } = scene()
  expect(taken()).toBe(0)
  const first = await measure()
  expect(taken()).toBe(1)
  clock.advance(500)
  expect(await first.result).toEqual({ before: 1, now: 2, seconds: 0.5 })
  clock.advance(5_000)
  expect(taken()).toBe(2)
  expect(await (await measure()).result).toEqual({ before: 2, now: 3, seconds: 5 })
  // Too soon for a difference of its own: compared with the one before.
  clock.advance(100)
  expect(await (await measure()).result).toEqual({ before: 2, now: 4, seconds: 5.1 })
  clock.advance(60_000)
  const late = await measure()
  clock.advance(500)
  expect(await late.result).toEqual({ before: 5, now: 6, seconds: 0.5 })
})

it('[HF6] callers at the same time share one reading, and it is broken off when the last one leaves', async () => {
  const { clock, measure, taken } = scene()
  const [one, two] = [await measure(), await measure()]
  one.abort.abort()
  clock.advance(500)
  await expect(one.result).rejects.toThrow()
  expect(await two.result).toEqual({ before: 1, now: 2, seconds: 0.5 })
  clock.advance(100_000)
  const three = await measure()
  three.abort.abort()
  await expect(three.result).rejects.toThrow()
  expect(taken()).toBe(3)
  // Nothing of the broken one is kept.
  const four = await measure()
  clock.advance(500)
  expect(await four.result).toEqual({ before: 4, now: 5, seconds: 0.5 })
})

it('[HF7] waits so long and no longer, does not ask again what hangs, and asks nothing when two hang', async () => {
  const clock = createHandClock()
  const patience = createPatience({ clock, timeoutMs: 1_000 })
  const release: ((value: number) => void)[] = []
  const hang = () => new Promise<number>((resolve) => void release.push(resolve))
  expect(await patience.attempt('fine', () => Promise.resolve(5))).toBe(5)
  expect(await patience.attempt('bad', () => Promise.reject(new Error('gone')))).toBeUndefined()
  const one = patience.attempt('one', hang)
  clock.advance(1_000)
  expect(await one).toBeUndefined()
  expect(await patience.attempt('one', hang)).toBeUndefined()
  expect([release.length, patience.hanging()]).toEqual([1, 1])
  const two = patience.attempt('two', hang)
  clock.advance(1_000)
  expect(await two).toBeUndefined()
  expect(await patience.attempt('fine', () => Promise.resolve(5))).toBeUndefined()
  release[0]?.(1)
  await Promise.resolve()
  expect(patience.hanging()).toBe(1)
  expect(await patience.attempt('one', () => Promise.resolve(9))).toBe(9)
})

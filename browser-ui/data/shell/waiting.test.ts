import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createCountdown } from './countdown.ts'
import { createProgress } from './progress.ts'

it('[EV15] a message ends after its time, and once', () => {
  const clock = createHandClock()
  let ends = 0
  createCountdown(clock, 6_000, () => (ends += 1))
  clock.advance(5_999)
  expect(ends).toBe(0)
  clock.advance(60_000)
  expect(ends).toBe(1)
})

it('[EV15] a message that is held waits, and leaves a moment after it was let go', () => {
  const clock = createHandClock()
  let ends = 0
  const countdown = createCountdown(clock, 6_000, () => (ends += 1))
  clock.advance(5_900)
  countdown.hold()
  countdown.hold()
  clock.advance(60_000)
  countdown.release()
  clock.advance(60_000)
  expect(ends).toBe(0)
  countdown.release()
  clock.advance(1_499)
  expect(ends).toBe(0)
  clock.advance(1)
  expect(ends).toBe(1)
  countdown.cancel()
})

it('[EV17] short work shows nothing; long work shows until the last of it ends', () => {
  const clock = createHandClock()
  const progress = createProgress(clock)
  const seen: boolean[] = []
  progress.subscribe(() => seen.push(progress.isShown()))
  const short = progress.begin()
  clock.advance(299)
  short()
  clock.advance(1_000)
  expect(seen).toEqual([])
  const first = progress.begin()
  clock.advance(200)
  const second = progress.begin()
  clock.advance(100)
  expect(seen).toEqual([true])
  first()
  first()
  expect(progress.isShown()).toBe(true)
  second()
  expect(seen).toEqual([true, false])
})

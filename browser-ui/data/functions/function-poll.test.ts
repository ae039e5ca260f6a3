import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createFunctionPoll, type PollOutcome } from './function-poll.ts'

function bench(everyMs = 5_000) {
  const clock = createHandClock()
  const asked: { readonly atMs: number; readonly signal: AbortSignal; answer(outcome: PollOutcome): Promise<void> }[] = []
  const poll = createFunctionPoll({
    clock,
    everyMs: () => everyMs,
    onChange: () => {},
    ask: (signal) =>
      new Promise((resolve) => {
        const answer = async (outcome: PollOutcome) => {
          resolve(outcome)
          await Promise.resolve()
        }
        asked.push({ atMs: clock.monotonicMs(), signal, answer })
      }),
  })
  const answerLast = async (outcome: PollOutcome = 'good') => {
    await asked.at(-1)?.answer(outcome)
    await Promise.resolve()
  }
  return { clock, poll, asked, answerLast, times: () => asked.map(({ atMs }) => atMs) }
}

it('[FN27] asks again so long after the last answer, one question at a time', async () => {
  const { clock, poll, answerLast, times } = bench()
  poll.setActive(true)
  clock.advance(20_000)
  expect(times()).toEqual([0])
  await answerLast()
  clock.advance(4_999)
  expect(times()).toEqual([0])
  clock.advance(1)
  expect(times()).toEqual([0, 25_000])
})

it('[FN27] never asks faster than once a second', async () => {
  const { clock, poll, answerLast, times } = bench(10)
  poll.setActive(true)
  await answerLast()
  clock.advance(999)
  expect(times()).toEqual([0])
})

it('[FN28] asks nothing while hidden or paused, and at once on return when an answer is due', async () => {
  const { clock, poll, answerLast, times } = bench()
  poll.setActive(true)
  await answerLast()
  poll.setActive(false)
  clock.advance(60_000)
  expect(times()).toEqual([0])
  poll.setActive(true)
  expect(times()).toEqual([0, 60_000])
})

it('[FN28] asks now when told to, also while paused, and gives up the question on its way', () => {
  const { poll, asked } = bench()
  poll.refresh()
  poll.refresh()
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
})

it('[FN29] waits twice as long after each failure, up to a minute, and stops at a refusal until told', async () => {
  const { clock, poll, answerLast, times } = bench()
  poll.setActive(true)
  for (const waitMs of [10_000, 20_000, 40_000, 60_000, 60_000]) {
    await answerLast('retry')
    const before = times().length
    clock.advance(waitMs - 1)
    expect(times()).toHaveLength(before)
    clock.advance(1)
    expect(times()).toHaveLength(before + 1)
  }
  await answerLast('stop')
  const before = times().length
  clock.advance(600_000)
  expect(times()).toHaveLength(before)
  expect(poll.state.isStopped).toBe(true)
  poll.refresh()
  await answerLast()
  clock.advance(5_000)
  expect(times()).toHaveLength(before + 2)
})

it('[FN30] a question that is cancelled or left is given up, and nothing follows', async () => {
  const { clock, poll, asked, answerLast, times } = bench()
  poll.setActive(true)
  poll.cancel()
  expect([asked[0]?.signal.aborted, poll.state.isStopped]).toEqual([true, true])
  await answerLast()
  clock.advance(60_000)
  expect(times()).toEqual([0])
  poll.refresh()
  poll.close()
  expect(asked[1]?.signal.aborted).toBe(true)
  poll.refresh()
  poll.setActive(true)
  clock.advance(60_000)
  expect(times()).toHaveLength(2)
})

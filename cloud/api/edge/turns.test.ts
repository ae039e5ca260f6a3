import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

function setUp(perTurn: number) {
  const next: (() => void)[] = []
  const turns = createTurns(perTurn, (work) => void next.push(work))
  const done: string[] = []
  const ask = (key: string, times = 1) => {
    for (let n = 0; n < times; n++) turns.take(key, () => void done.push(key))
  }
  const turn = () => {
    done.length = 0
    next.shift()?.()
    return done.join('')
  }
  return { ask, turn, done, next }
}

it('[ED14] gives everybody the same share of a turn, whoever asks how often', () => {
  const { ask, turn, done } = setUp(2)
  ask('a', 7)
  ask('b')
  expect(done.join('')).toBe('aab')
  ask('b', 2)
  expect(done.join('')).toBe('aabb')
  expect(turn()).toBe('aab')
  ask('c', 3)
  expect(done.join('')).toBe('aabcc')
  expect(turn()).toBe('aac')
  expect(turn()).toBe('a')
})

it('[ED14] keeps the order of each, asks for no turn when nothing waits, and begins at once after that', () => {
  const { ask, turn, done, next } = setUp(1)
  ask('a')
  expect([turn(), turn(), next.length]).toEqual(['', '', 0])
  ask('a', 2)
  expect(done.join('')).toBe('a')
  expect([turn(), turn(), next.length]).toEqual(['a', '', 0])
})

import { expect, it } from 'vitest'
import { patternItems, simplePattern } from './simple-pattern.ts'

it.each([
  [[], 'anything', true],
  [['*'], '', true],
  [['system.*'], 'system.cpu', true],
  [['system.*'], 'disk.io', false],
  [['!*idle*', '*'], 'cpu_idle_time', false],
  [['!*idle*', '*'], 'user', true],
  [['a*b*c'], 'aXbXbc', true],
  [['a*b*c'], 'acb', false],
  [['ab*ba'], 'aba', false],
  [['one', 'two'], 'two', true],
  [['one'], 'One', false],
  [['*'.repeat(10)], 'x', true],
] as const)('[CR1] %j takes %s: %s', (items, text, isTaken) => {
  expect(simplePattern(items)(text)).toBe(isTaken)
})

it('[CR1] a hostile pattern on a long text is decided at once', () => {
  const pattern = simplePattern([`${'*a'.repeat(5_000)}*b`])
  expect(pattern('a'.repeat(60_000))).toBe(false)
})

it('[CR1] lists are cut at bars and commas', () => {
  expect(patternItems('a|b,c||')).toEqual(['a', 'b', 'c'])
})

import { expect, it } from 'vitest'
import { aggregateOf } from './aggregate.ts'
import { firstOf, parseOptions, parseParameters } from './parameters.ts'
import { parsePattern } from './pattern.ts'
import { pointsLimit, resolveWindow } from './window.ts'

const patterns = [
  ['system.cpu', 'system.cpu', true],
  ['system.cpu', 'system.cpu2', false],
  ['system.cpu|disk.io', 'disk.io', true],
  ['a,b,c', 'b', true],
  ['*', 'anything', true],
  ['disk.*', 'disk.io', true],
  ['*.io', 'disk.io', true],
  ['d*k.*o', 'disk.io', true],
  ['a*b*c', 'abbc', true],
  ['a*a', 'a', false],
  ['!*idle*,*', 'my idle one', false],
  ['!*idle*,*', 'user', true],
  ['*,!user', 'user', true],
  ['!user', 'system', false],
  ['some 10', 'some 10', true],
  ['**', 'x', true],
] as const
it.each(patterns)('[HS11] the pattern %s on %s is %s', (pattern, text, expected) => {
  expect(parsePattern(pattern)?.(text)).toBe(expected)
})

it('[HS11] an empty pattern asks nothing, and a hostile one is decided quickly', () => {
  for (const empty of [undefined, '', ',|,', '!']) expect(parsePattern(empty)).toBeUndefined()
  expect(parsePattern(`${'a*'.repeat(5_000)}b`)?.('a'.repeat(20_000))).toBe(false)
})

it('[HS11] parameters are decoded before they are split; the first counts, empty ones do not', () => {
  const parameters = parseParameters('chart=a%7Cb&after=-5&after=-9&empty=&=x&name=some+10&amp=a%26b=c&bad=%ZZ')
  expect(parameters.get('after')).toBe('-5')
  expect(parameters.has('empty')).toBe(false)
  expect(parseParameters('chart=a%7Cb&name=some+10&x=a%26b=c')).toEqual(
    new Map([
      ['chart', 'a|b'],
      ['name', 'some 10'],
      ['x', 'a'],
      ['b', 'c'],
    ]),
  )
  expect(firstOf(parseParameters('dims=x'), 'dimensions', 'dims')).toBe('x')
  expect(parseOptions('jsonwrap,ms|flip  seconds')).toEqual(new Set(['jsonwrap', 'ms', 'flip', 'seconds']))
})

const samples = [3, -9, 1, 5]
it.each([
  ['average', 0],
  ['min', -9],
  ['max', 5],
  ['sum', 0],
  ['median', 2],
  ['extremes', -9],
  ['incremental-sum', 2],
  ['latest', 5],
  ['stddev', Math.sqrt(29)],
] as const)('[HS12] %s of four samples is %d', (name, expected) => {
  expect(aggregateOf(name)).toMatchObject({ name })
  expect(aggregateOf(name).aggregate(samples)).toBe(expected)
})

it('[HS12] unknown names are the average', () => {
  for (const name of ['percentile95', 'constructor', undefined]) expect(aggregateOf(name).name).toBe('average')
})

// Observed on an agent 1.37.1: what was asked, what it answered.
const now = 1_795_300_091
const stored = { nowS: now, firstS: now - 77, lastS: now, updateEveryS: 1 }
const asked = { after: -600, before: 0, points: 0, isUnaligned: false }
const windows = [
  ['absolute ends, both included', { after: now - 6, before: now - 2 }, { beforeS: now - 2, stepS: 1, points: 5 }],
  ['absolute, two points', { after: now - 12, before: now - 2, points: 2 }, { beforeS: now - 1, stepS: 5, points: 2 }],
  ['absolute, three points, aligned upwards', { after: now - 12, before: now - 2, points: 3 }, { beforeS: now + 1, stepS: 4, points: 3 }],
  [
    'absolute, three points, unaligned',
    { after: now - 12, before: now - 2, points: 3, isUnaligned: true },
    { beforeS: now - 2, stepS: 4, points: 3 },
  ],
  ['absolute, four points', { after: now - 12, before: now - 2, points: 4 }, { beforeS: now - 2, stepS: 3, points: 4 }],
  ['a window in the future slides back', { after: now + 100, before: now + 105 }, { beforeS: now - 1, stepS: 1, points: 6 }],
  ['swapped ends', { after: now - 2, before: now - 5 }, { beforeS: now - 2, stepS: 1, points: 4 }],
  ['relative before counts from now minus one', { after: -3, before: -3 }, { beforeS: now - 4, stepS: 1, points: 3 }],
  ['positive relative times read as negative', { after: 3, before: 3 }, { beforeS: now - 4, stepS: 1, points: 3 }],
  ['never more points than steps', { after: -3, points: 500 }, { beforeS: now - 1, stepS: 1, points: 3 }],
  ['the newest sample', { after: -1, points: 1 }, { beforeS: now - 1, stepS: 1, points: 1 }],
  ['relative windows are aligned downwards', { after: -1200, points: 10 }, { beforeS: now - 11, stepS: 120, points: 10 }],
  ['after 0 is the oldest stored', { after: 0 }, { beforeS: now - 1, stepS: 1, points: 77 }],
] as const
it.each(windows)('[HS13] %s', (_, change, expected) => {
  expect(resolveWindow({ ...asked, ...change }, stored)).toMatchObject(expected)
})

it('[HS13] slow charts answer on their own grid', () => {
  const slow = { nowS: 1_795_300_061, firstS: 1_795_300_010, lastS: 1_795_300_055, updateEveryS: 5 }
  expect(resolveWindow({ ...asked, after: -20 }, slow)).toMatchObject({ beforeS: 1_795_300_055, stepS: 5, points: 4 })
  expect(resolveWindow({ ...asked, after: -20, points: 20 }, slow)).toMatchObject({ beforeS: 1_795_300_055, stepS: 5, points: 4 })
})

it('[HS13] never answers more than 86,400 rows, nor from before ten years ago', () => {
  for (const points of [0, 1_000_000]) {
    const window = resolveWindow({ ...asked, after: -90_000_000, points }, stored)
    expect(window.points).toBeLessThanOrEqual(pointsLimit)
  }
  const old = resolveWindow({ ...asked, after: 94_608_001, before: 0, points: 1 }, stored)
  expect(old.stepS).toBeLessThanOrEqual(10 * 365 * 86_400 + 1)
})

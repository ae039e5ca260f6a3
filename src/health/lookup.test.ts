import { expect, it } from 'vitest'
import type { AlertLookup } from './alert-document.ts'
import { compileLookup } from './lookup.ts'
import type { Samples } from './lookup.ts'
import { compileLabels } from './match-labels.ts'
import { timeGroupOf } from './time-group.ts'

const base: AlertLookup = {
  after: -10,
  before: 0,
  time_group: 'average',
  time_group_condition: '>',
  time_group_value: 0,
  dims_group: 'sum',
  data_source: 'samples',
  options: ['unaligned'],
  dimensions: '*',
}

/** Ten seconds from 1001 on: a counts up, b is its negative, c has a gap at the end. */
const samples: Samples = {
  updateEveryS: 1,
  firstS: 1_001,
  lastS: 1_010,
  dimensions: [
    { id: 'a', name: 'alpha' },
    { id: 'b', name: 'beta' },
    { id: 'c', name: 'gamma' },
  ],
  at: (dimension, timeS) => {
    const n = timeS - 1_000
    return [n, -n, n > 5 ? Number.NaN : 2][dimension] ?? Number.NaN
  },
}
const found = (change: Partial<AlertLookup>, nowS = 1_010) => compileLookup({ ...base, ...change })(samples, nowS)

it('[HE4] puts the samples of the window together, dimension by dimension, then the dimensions', () => {
  expect(found({ dimensions: 'a' })).toBe(5.5)
  expect(found({ dimensions: 'a', after: -3 })).toBe(9)
  expect(found({ dimensions: 'a', after: -3, before: -4 })).toBe(5)
  expect(found({})).toBe(2)
  expect(found({ dims_group: 'average' })).toBeCloseTo(2 / 3)
  expect(found({ dims_group: 'min' })).toBe(-5.5)
  expect(found({ dims_group: 'max' })).toBe(5.5)
  expect(found({ dims_group: 'min2max' })).toBe(11)
})

it('[HE4] picks dimensions by id or name, or by one of them, with patterns', () => {
  expect(found({ dimensions: 'alpha,beta' })).toBe(0)
  expect(found({ dimensions: '!a|*' })).toBe(-3.5)
  expect(found({ dimensions: 'alpha', options: ['unaligned', 'match_ids'] })).toBeUndefined()
  expect(found({ dimensions: 'alpha', options: ['unaligned', 'match_names'] })).toBe(5.5)
  expect(found({ dimensions: 'nothing' })).toBeUndefined()
})

it('[HE4] takes values without sign before grouping, and shares of all dimensions also of those not asked for', () => {
  expect(found({ dimensions: 'b', options: ['unaligned', 'absolute'] })).toBe(5.5)
  expect(found({ dimensions: 'a', data_source: 'percentages' })).toBeCloseTo((5.5 * 100) / 13)
  expect(found({ dimensions: 'b', data_source: 'percentages', options: ['unaligned', 'absolute'] })).toBeCloseTo((5.5 * 100) / 13)
})

it('[HE4] finds nothing where nothing is stored, or 0 with null2zero; anomaly rates are not kept here', () => {
  expect(found({ dimensions: 'c', after: -3 })).toBeUndefined()
  expect(found({ dimensions: 'c', after: -3, options: ['unaligned', 'null2zero'] })).toBe(0)
  expect(found({}, 2_000)).toBeUndefined()
  expect(found({ data_source: 'anomalies' })).toBeUndefined()
})

it('[HE4] an aligned window ends at a multiple of its length and stays until the next', () => {
  const aligned = { dimensions: 'a', after: -5, options: [] } as const
  expect(found({ ...aligned, options: [] }, 1_009)).toBe(3)
  expect(found({ ...aligned, options: [] }, 1_010)).toBe(8)
})

const group = (
  time_group: AlertLookup['time_group'],
  list: readonly number[],
  value = 0,
  condition: AlertLookup['time_group_condition'] = '>',
) => timeGroupOf({ time_group, time_group_value: value, time_group_condition: condition })(list)

it.each([
  ['average', [1, 2, 6], 0, 3],
  ['median', [9, 1, 5], 0, 5],
  ['median', [4, 1, 3, 2], 0, 2.5],
  ['min', [3, -1, 2], 0, -1],
  ['max', [3, -1, 2], 0, 3],
  ['sum', [1, 2, 3], 0, 6],
  ['incremental_sum', [10, 50, 25], 0, 15],
  ['stddev', [2, 4, 4, 4, 5, 5, 7, 9], 0, Math.sqrt(32 / 7)],
  ['stddev', [5], 0, 0],
  ['cv', [1, 3], 0, (100 * Math.sqrt(2)) / 2],
  ['trimmed-mean', [0, 10, 10, 10, 10, 10, 10, 10, 10, 1_000], 10, 10],
  ['trimmed-mean', [1, 2, 3, 4], 50, 2.5],
  ['trimmed-median', [0, 4, 5, 6, 100], 5, 5.5],
  ['percentile', [1, 2, 3, 4], 50, 1.5],
  ['percentile', [1, 2, 3, 4], 100, 2.5],
  ['countif', [1, 5, 6, 7], 5, 50],
  ['ses', [3], 0, 3],
  ['des', [1, 2, 3, 4], 0, 4],
] as const)('[HE5] %s of %j (%d) is %d', (name, list, value, expected) => {
  expect(group(name, list, value)).toBeCloseTo(expected, 9)
})

it('[HE5] countif takes each comparison, smoothing leans to the newest', () => {
  const list = [1, 2, 2, 3]
  expect((['=', '!=', '>', '>=', '<', '<='] as const).map((condition) => group('countif', list, 2, condition))).toEqual([
    50, 50, 25, 75, 25, 75,
  ])
  expect(group('ses', [0, 0, 0, 10])).toBeCloseTo(4)
  expect(
    group(
      'des',
      Array.from({ length: 40 }, (_, n) => n),
    ),
  ).toBeCloseTo(39, 1)
})

it.each([
  ['*', true],
  ['', true],
  ['device=sda', true],
  ['device=sd* type=physical', true],
  ['device=!loop* *', true],
  ['device=!sd* *', false],
  ['device=sdb sda', true],
  ['device=sda type=virtual', false],
  ['mount=*', false],
  ['!device=sda', false],
] as const)('[HE6] the label pattern "%s" matches a disk: %s', (pattern, isMatch) => {
  expect(compileLabels(pattern)({ device: 'sda', type: 'physical' })).toBe(isMatch)
})

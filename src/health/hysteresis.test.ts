import { expect, it } from 'vitest'
import { composeHysteresis, comparisons, recogniseHysteresis } from './hysteresis.ts'

it('[AC4] a threshold with a gap becomes the condition agents know, and the condition the same threshold', () => {
  expect(composeHysteresis('warning', { comparison: '>', raiseAt: 500, clearAt: 400 })).toBe(
    '$this > (($status >= $WARNING) ? (400) : (500))',
  )
  expect(composeHysteresis('critical', { comparison: '<', raiseAt: 5, clearAt: 10 })).toBe('$this < (($status == $CRITICAL) ? (10) : (5))')
  expect(composeHysteresis('critical', { comparison: '>=', raiseAt: 98, clearAt: 98 })).toBe('$this >= 98')
  for (const level of ['warning', 'critical'] as const)
    for (const comparison of comparisons)
      for (const [raiseAt, clearAt] of [
        [1, 2],
        [-3, -3],
        [0.000_000_1, 1e21],
        [-0.5, 12_345_678.9],
      ] as const) {
        const threshold = { comparison, raiseAt, clearAt }
        const condition = composeHysteresis(level, threshold)
        expect(condition).not.toMatch(/\de/)
        expect(recogniseHysteresis(level, condition)).toEqual(threshold)
      }
})

it('[AC4] white space, braces and brackets around numbers do not count', () => {
  const threshold = { comparison: '>', raiseAt: 80, clearAt: 60 }
  for (const condition of [
    '$this > (($status >= $WARNING ) ? ( 60 ) : ( 80 ))',
    '$this>($status>=$WARNING?60:80)',
    '${this} > ((${status} >= ${WARNING}) ? (60.0) : (+80))',
  ])
    expect(recogniseHysteresis('warning', condition)).toEqual(threshold)
  expect(recogniseHysteresis('critical', '$this < (5)')).toEqual({ comparison: '<', raiseAt: 5, clearAt: 5 })
})

it('[AC4] any other shape is none: it is for a text box', () => {
  for (const condition of [
    '',
    '$this',
    '$this > 1 2',
    '$this > (($status >= $WARNING) ? (6 0) : (80))',
    '$this > 80 && $other > 1',
    '$this > (($status == $CRITICAL) ? (60) : (80))',
    '$this > (($status >= $WARNING) ? ($a) : (80))',
    '$this != 0',
    '$that > 5',
    '$this > 1e999',
  ])
    expect(recogniseHysteresis('warning', condition)).toBeUndefined()
})

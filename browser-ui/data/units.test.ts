import { expect, it } from 'vitest'
import { formatBytes, formatDuration, formatNumber, isPercentage, scaleFor } from './units.ts'

it.each([
  { units: 'KiB/s', maxAbs: 2048, shown: 2, label: 'MiB/s' },
  { units: 'KiB/s', maxAbs: 0.5, shown: 512, label: 'B/s' },
  { units: 'MiB', maxAbs: 16_384, shown: 16, label: 'GiB' },
  { units: 'bytes', maxAbs: 1023, shown: 1023, label: 'B' },
  { units: 'kilobits/s', maxAbs: 25_000, shown: 25, label: 'Mb/s' },
  { units: 'milliseconds/operation', maxAbs: 0.25, shown: 250, label: 'µs/operation' },
  { units: 'ms', maxAbs: 1500, shown: 1.5, label: 's' },
  { units: 'milliseconds/s', maxAbs: 120_000, shown: 120, label: 's/s' },
  { units: 'seconds', maxAbs: 172_800, shown: 2, label: 'd' },
  { units: 'nanoseconds', maxAbs: 2500, shown: 2.5, label: 'µs' },
  { units: 'MHz', maxAbs: 3600, shown: 3.6, label: 'GHz' },
  { units: 'Watts', maxAbs: 0.25, shown: 250, label: 'mW' },
  { units: 'Celsius', maxAbs: 40_000, shown: 40_000, label: '°C' },
  { units: 'operations/s', maxAbs: 3e12, shown: 3, label: 'T operations/s' },
  { units: 'constructor', maxAbs: 5, shown: 5, label: 'constructor' },
  { units: 'packets/s', maxAbs: 9999, shown: 9999, label: 'packets/s' },
  { units: 'packets/s', maxAbs: 25_000, shown: 25, label: 'k packets/s' },
  { units: 'percentage', maxAbs: 400_000, shown: 400_000, label: '%' },
])('[UI15] shows $maxAbs $units as $shown $label', ({ units, maxAbs, shown, label }) => {
  const scale = scaleFor(units, maxAbs)
  // Binary fractions leave dust that no axis shows.
  expect({ shown: Number((maxAbs * scale.factor).toPrecision(12)), label: scale.label }).toEqual({ shown, label })
})

it('[UI15] keeps the own size of a unit when everything is zero', () => {
  expect(scaleFor('KiB/s', 0)).toEqual({ factor: 1, label: 'KiB/s' })
})

it.each([
  [0, '0'],
  [3, '3'],
  [12.345, '12.3'],
  [123.4, '123'],
  [1.234, '1.23'],
  [-0.001, '-0.001'],
  [0.00001, '0.00'],
  [null, '–'],
  [undefined, '–'],
  [Number.NaN, '–'],
])('[UI16] writes %s as %s', (value, text) => expect(formatNumber(value)).toBe(text))

it('[UI16] writes bytes and durations as people read them', () => {
  expect(formatBytes(8_254_390_272)).toBe('7.69 GiB')
  expect([0, 59, 3600, 3661, 90_061].map(formatDuration)).toEqual(['0 s', '59 s', '1 h', '1 h 1 min', '1 d 1 h'])
})

it('[UI10] knows which units are shares of a whole', () => {
  expect(['percentage', '%', '% of time working', 'KiB/s'].map(isPercentage)).toEqual([true, true, true, false])
})

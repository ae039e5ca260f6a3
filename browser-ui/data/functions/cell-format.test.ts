import { expect, it } from 'vitest'
import { cellText, detailTextLength, pillsOf, type CellFormat } from './cell-format.ts'

const plain: CellFormat = { type: 'string', visualization: 'value', transform: 'none', units: '', decimals: 0, placeholder: '' }
const text = (column: Partial<CellFormat>, value: unknown) => cellText({ ...plain, ...column }, value, 'UTC')
const number = { type: 'bar-with-integer', transform: 'number' } as const
const time = { type: 'timestamp', transform: 'datetime' } as const

it.each([
  [{ ...number, units: '%', decimals: 2 }, 5.4959, '5.50%'],
  [{ ...number, units: 'MiB', decimals: 2 }, 1439.078125, '1,439.08 MiB'],
  [{ ...number, units: 'ops/s', decimals: 0 }, -0.2, '0 ops/s'],
  [{ ...number, decimals: 0 }, '12', '12'],
  [{ ...number, decimals: 2 }, 1e20, '1.00000e+20'],
  [{ type: 'integer' }, 1.5, '1.5'],
  [{ type: 'integer', transform: 'number', isKey: true }, 16_063, '16063'],
  [{ type: 'integer', transform: 'number', summary: 'count' }, 20_412, '20412'],
  [{ type: 'integer', transform: 'number', summary: 'sum' }, 20_412, '20,412'],
  [{ type: 'duration', transform: 'duration', units: 'seconds' }, 93_784, '1 d 2 h'],
  [{ type: 'duration', transform: 'duration' }, -61, '-1 min 1 s'],
  [{ type: 'duration', transform: 'duration', units: 'ms', decimals: 2 }, 9.887, '9.89 ms'],
  [{ type: 'duration', transform: 'duration', units: 'ms', decimals: 2 }, 12_345, '12.35 s'],
  [time, 1_795_297_084_000, '2026-11-21 21:38:04'],
  [{ ...time, transform: 'datetime_usec' }, 1_795_297_084_000_123, '2026-11-21 21:38:04'],
  [time, 0, '–'],
  [time, 9e99, '9e+99'],
  [time, 'never', 'never'],
  [{ transform: 'xml' }, '<a onclick="x()">b</a>', '<a onclick="x()">b</a>'],
  [{ type: 'boolean' }, false, 'false'],
  [{ type: 'array', visualization: 'pill' }, ['ZSTD', ['deep', 1], null], 'ZSTD, deep, 1, '],
  [{}, { severity: 'x' }, '{"severity":"x"}'],
] as const)('[FN11] %o shows %o as %s', (column, value, expected) => {
  expect(text(column, value)).toBe(expected)
})

it('[FN11] shows what is missing or no number as the placeholder or a dash', () => {
  expect([null, undefined, '', Number.NaN].map((value) => text(number, value))).toEqual(['–', '–', '–', '–'])
  expect(text({ placeholder: '-' }, null)).toBe('-')
  expect(text(number, 'n/a')).toBe('n/a')
})

it('[FN12] keeps hostile text as text, cut between characters', () => {
  const hostile = `<img src=x onerror=alert(1)>\u202e${'😀'.repeat(9_000)}`
  const shown = text({}, hostile)
  expect(shown.startsWith('<img src=x onerror=alert(1)>\u202e')).toBe(true)
  expect(shown.length).toBeLessThanOrEqual(401)
  expect(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/u.test(shown)).toBe(false)
  expect(cellText(plain, hostile, 'UTC', detailTextLength)).toBe(hostile)
  expect(pillsOf(['a', null, 'b'.repeat(500)]).map(({ length }) => length)).toEqual([1, 81])
})

import { expect, it } from 'vitest'
import { clipboardRows, valueRows } from './value-rows.ts'

const frame = {
  timesS: [1, 2, 3],
  series: [
    { dimensionId: 'a', name: 'a\tb', values: [5, null, 3] },
    { dimensionId: 'c', name: 'c', values: [0, 1, 2] },
  ],
}
const times = (...order: Parameters<typeof valueRows> extends [unknown, infer O] ? [O] : never) =>
  valueRows(frame, ...order).map(({ timeS }) => timeS)

it('[CX14] rows by time are sorted by time or by a series, gaps last whichever way', () => {
  expect(times({ column: 'time', isDescending: true })).toEqual([3, 2, 1])
  expect(times({ column: 0, isDescending: false })).toEqual([3, 1, 2])
  expect(times({ column: 0, isDescending: true })).toEqual([1, 3, 2])
})

it('[CX14] copied rows are cells of a spreadsheet, whatever a series is called', () => {
  expect(clipboardRows(frame, valueRows(frame, { column: 'time', isDescending: false }), String)).toBe(
    'time\ta b\tc\n1\t5\t0\n2\t\t1\n3\t3\t2',
  )
})

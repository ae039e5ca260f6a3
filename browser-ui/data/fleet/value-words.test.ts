import { expect, it } from 'vitest'
import { createSampleBook } from './sample-book.ts'
import { refreshEveryMs } from './refresh.ts'
import { ageWords, lineOf, valueWords } from './value-words.ts'

it('[HN14] writes a live value at the size that reads best, a dash for none, and how old it is once it is no picture of now', () => {
  expect(valueWords({ units: '%' }, 12.345)).toEqual({ number: '12.3', unit: '%' })
  expect(valueWords({ units: 'kilobits/s' }, 2_500)).toEqual({ number: '2.50', unit: 'Mb/s' })
  expect(valueWords({ units: 'load' }, 0.5)).toEqual({ number: '0.50', unit: '' })
  expect(valueWords({ units: '%' }, undefined)).toEqual({ number: '–', unit: '' })
  expect([undefined, 3, 15, 90, 300].map(ageWords)).toEqual(['', '', '15 s old', '90 s old', '5 min old'])
})

it('[HN14] a line shows missing seconds as a gap, and slow collectors without', () => {
  const samples = (timesS: number[]) => ({ timesS, values: timesS.map(() => 1), latest: 1, atMs: 0 })
  expect(lineOf(samples([1, 90, 91, 92, 99, 100]), 60)).toEqual({ timesS: [90, 91, 92, 93, 99, 100], values: [1, 1, 1, null, 1, 1] })
  expect(lineOf(samples([10, 15, 20]), 60).values).toEqual([1, 1, 1])
  expect(lineOf(samples([]), 60)).toEqual({ timesS: [], values: [] })
})

it('[HN15] keeps a bounded number of rows of each node and metric, and forgets nodes that are gone', () => {
  const book = createSampleBook(3)
  const rows = (timesS: number[]) => ({ timesS, values: timesS, latest: undefined })
  book.note('a', 'cpu', rows([1, 2]), 10)
  book.note('a', 'cpu', rows([2, 3, 4]), 20)
  book.note('b', 'cpu', { timesS: [], values: [], latest: 7 }, 20)
  expect(book.get('a', 'cpu')).toEqual({ timesS: [2, 3, 4], values: [2, 3, 4], latest: 4, atMs: 20 })
  expect(book.get('b', 'cpu')?.latest).toBe(7)
  book.keep(new Set(['b']))
  expect(book.get('a', 'cpu')).toBeUndefined()
})

it('[HN16] a list of nodes is renewed more slowly the longer it is', () => {
  expect([0, 99, 100, 1_000, 9_999].map(refreshEveryMs)).toEqual([4_000, 4_000, 5_000, 14_000, 20_000])
})

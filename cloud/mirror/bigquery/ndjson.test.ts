import { expect, it } from 'vitest'
import type { MirrorRow, MirrorTable } from '../ports.ts'
import { linesOf, rowsNamedIn } from './ndjson.ts'
import { newestGeneration } from './run-job.ts'

const table: MirrorTable = {
  name: 't',
  columns: [
    { name: 'at', type: 'time' },
    { name: 'what', type: 'text' },
    { name: 'all', type: 'texts' },
  ],
}
const row = (key: string, cells: MirrorRow['cells'], isDeleted = false): MirrorRow => ({
  table: 't',
  key,
  revision: 1,
  changedAtMs: 0,
  isDeleted,
  cells,
})

it('[BQ2] a row is one line: times as timestamps, what is empty left out, of a deletion no cells', () => {
  const { text } = linesOf([row('a', { at: 5, what: null, all: ['x\ny'] }), row('b', { what: 'secret' }, true)], table)
  expect(text.split('\n')).toEqual([
    '{"at":"1970-01-01T00:00:00.005Z","all":["x\\ny"],"key":"a","revision":1,"changed_at":"1970-01-01T00:00:00.000Z","is_deleted":false}',
    '{"key":"b","revision":1,"changed_at":"1970-01-01T00:00:00.000Z","is_deleted":true}',
    '',
  ])
})

it('[BQ5] the byte at which BigQuery says that a row begins, or one inside it, names the row', () => {
  const lines = linesOf(
    ['é', 'b', 'c'].map((key) => row(key, { what: 'ä€' })),
    table,
  )
  const [first = 0, second = 0, third = 0] = lines.starts
  const named = (...messages: string[]) => rowsNamedIn(lines, messages).map(({ key }) => key)
  expect(Buffer.from(lines.text).subarray(third).toString()).toContain('"key":"c"')
  expect(named(`row starting at position ${first}: x`, `Row starting position: ${third + 7}`)).toEqual(['é', 'c'])
  expect(named(`position ${second - 1}`, `position ${second}`, 'giving up. Rows: 1', 'position 99999')).toEqual(['é', 'b'])
})

it('[BQ6] the newest generation is found in few looks', async () => {
  for (const newest of [0, 1, 2, 3, 4, 7, 8, 100, 719]) {
    let looks = 0
    const exists = async (generation: number) => (looks++, generation <= newest)
    expect(await newestGeneration(exists)).toBe(newest)
    expect(looks).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(newest + 2)) + 1)
  }
})

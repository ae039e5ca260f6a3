import { expect, it } from 'vitest'
import { questionSchema } from '../../../src/live/questions.ts'
import { readFunctionInfo } from './function-info.ts'
import { readFunctionTable } from './function-table.ts'
import { readLogPage, type LogPage } from './log-answer.ts'
import { logArguments, searchPattern, type LogSearch } from './log-question.ts'
import { addFacets, addHistogram, hasGap, maxEntries, windowOf, withNewer, withOlder } from './log-window.ts'

const columns = {
  timestamp: { index: 0, type: 'timestamp', unique_key: true, value_options: { transform: 'datetime_usec' } },
  rowOptions: { index: 1, type: 'none', visualization: 'rowOptions', dummy: true },
  FgE_sXebgct: { index: 2, name: 'MESSAGE', full_width: true },
}
const startUs = 1_795_599_000_000_000
const page = (timesUs: readonly number[], rest: object = {}): LogPage => {
  const answer = { columns, data: timesUs.map((timeUs) => [startUs + timeUs, { severity: 'error' }, `m${timeUs}`]), ...rest }
  return readLogPage(answer, readFunctionTable(answer))
}
const times = ({ entries }: { readonly entries: readonly { readonly timeUs: number }[] }) => entries.map(({ timeUs }) => timeUs - startUs)

it('[FN31] reads a page of logs: entries newest first, facets with counts, the histogram, what matched', () => {
  const read = page([3, 9, 3], {
    facets: [
      { id: 'DHKucpqUoe1', name: 'PRIORITY', order: 2, options: [{ id: 'a', name: 'error', count: 4 }, { id: '' }, 5] },
      { name: 'no id' },
      { id: 'B', order: 1 },
    ],
    histogram: {
      id: 'DHKucpqUoe1',
      name: 'PRIORITY',
      chart: {
        result: {
          labels: ['time', 'error'],
          data: [
            [2_000_000_000_000, [3, 0, 0]],
            [1_900_000_000_000, 'x'],
          ],
        },
        view: { update_every: 15 },
      },
    },
    available_histograms: [
      { id: 'B', name: 'UNIT', order: 2 },
      { id: 'A', name: 'PRIORITY', order: 1 },
    ],
    items: { matched: 12, max_to_return: 200 },
    last_modified: startUs + 9,
    message: { title: '12% estimated.', description: 'Counts are estimated.' },
  })
  expect(times(read)).toEqual([9, 3, 3])
  expect(new Set(read.entries.map(({ key }) => key)).size).toBe(3)
  expect(read.entries[0]).toMatchObject({ severity: 'error' })
  expect(read.entries[0]?.fields.get('FgE_sXebgct')).toBe('m9')
  expect(read.facets).toEqual([
    { id: 'B', name: 'B', options: [] },
    { id: 'DHKucpqUoe1', name: 'PRIORITY', options: [{ id: 'a', name: 'error', count: 4 }] },
  ])
  expect(read.histogram).toEqual({
    id: 'DHKucpqUoe1',
    name: 'PRIORITY',
    labels: ['error'],
    timesMs: [1_900_000_000_000, 2_000_000_000_000],
    counts: [[0], [3]],
    stepMs: 15_000,
  })
  expect(read).toMatchObject({
    matched: 12,
    pageSize: 200,
    lastModifiedUs: startUs + 9,
    note: '12% estimated. Counts are estimated.',
    facetsDelta: undefined,
  })
  expect(read.histograms.map(({ name }) => name)).toEqual(['PRIORITY', 'UNIT'])
})

it('[FN31] takes how grave an entry is from the level that was written, else from its row', () => {
  const level = { index: 2, name: 'PRIORITY', filter: 'facet' }
  const answer = {
    columns: { ...columns, level },
    data: [
      [startUs, { severity: 'critical' }, 'error'],
      [startUs + 1, { severity: 'warning' }, 'odd'],
      [startUs + 2, {}, 'Info'],
    ],
  }
  expect(readLogPage(answer, readFunctionTable(answer)).entries.map(({ severity }) => severity)).toEqual(['normal', 'warning', 'error'])
})

it('[FN31] survives logs of any shape', () => {
  expect(page([], { facets: 5, histogram: [], items: null, last_modified: 'x', available_histograms: {}, message: 7 })).toMatchObject({
    entries: [],
    facets: undefined,
    histogram: undefined,
    matched: undefined,
    lastModifiedUs: undefined,
    note: '',
  })
  expect(readLogPage({}, readFunctionTable({ columns: { a: { index: 0 } }, data: [['x']] })).entries).toEqual([])
})

it('[FN32] joins pages in both directions without doubles, and knows whether more may follow', () => {
  const first = windowOf(page([50, 40]), 2)
  expect([times(first), first.hasOlder, first.hasNewer]).toEqual([[50, 40], true, false])
  const older = withOlder(first, page([40, 30]), 2)
  expect([times(older), older.hasOlder]).toEqual([[50, 40, 30], true])
  expect(withOlder(older, page([]), 2).hasOlder).toBe(false)
  const newer = withNewer(older, page([70, 60, 50]), 3)
  expect([times(newer), newer.hasNewer]).toEqual([[70, 60, 50, 40, 30], true])
  expect(withNewer(newer, page([]), 3)).toMatchObject({ hasNewer: false })
})

it('[FN33] holds a bounded number of entries: far ends go, and can be asked for again', () => {
  const many = Array.from({ length: maxEntries }, (_, place) => 100_000 - place)
  const full = windowOf(page(many), maxEntries)
  const older = withOlder(full, page([5, 4]), 2)
  expect([older.entries.length, older.hasNewer, times(older).at(-1)]).toEqual([maxEntries, true, 4])
  const newer = withNewer(full, page([200_000]), 200)
  expect([newer.entries.length, newer.hasOlder, times(newer)[0]]).toEqual([maxEntries, true, 200_000])
})

it('[FN34] adds the counts of a tail to facets and histogram, and notices when entries were left out between', () => {
  const facet = (counts: Record<string, number>) => [
    { id: 'f', name: 'F', options: Object.entries(counts).map(([id, count]) => ({ id, name: id, count })) },
  ]
  expect(addFacets(facet({ a: 1, b: 2 }), facet({ b: 3, c: 4 }))).toEqual(facet({ a: 1, b: 5, c: 4 }))
  expect(addFacets([], facet({ a: 1 }))).toEqual(facet({ a: 1 }))
  const histogram = (labels: string[], slots: Record<number, number[]>) => ({
    id: 'h',
    name: 'H',
    labels,
    stepMs: 10,
    timesMs: Object.keys(slots).map(Number),
    counts: Object.values(slots),
  })
  const joined = addHistogram(histogram(['x', 'y'], { 10: [9, 9], 20: [1, 2] }), histogram(['y', 'z'], { 20: [5, 1], 30: [0, 7] }), 20)
  expect([joined.labels, joined.timesMs, joined.counts]).toEqual([
    ['x', 'y', 'z'],
    [20, 30],
    [
      [1, 7, 1],
      [0, 0, 7],
    ],
  ])
  expect(hasGap(page([1, 2], { items_delta: { matched: 9 } }), 2)).toBe(true)
  expect(hasGap(page([1, 2], { items_delta: { matched: 2 } }), 2)).toBe(false)
  expect(hasGap(page([1]), 2)).toBe(false)
})

const accepted = [
  'after',
  'before',
  'last',
  'slice',
  'query',
  'histogram',
  'direction',
  'anchor',
  'data_only',
  'delta',
  'tail',
  'if_modified_since',
  '__logs_sources',
]
const info = readFunctionInfo({
  accepted_params: accepted,
  required_params: [{ id: '__logs_sources', type: 'multiselect', options: [{ id: 'all' }] }],
})
const search: LogSearch = {
  fromS: 3600,
  toS: 0,
  text: 'out of "memory"',
  facets: new Map([
    ['IjWzTvQ9.4t', ['OKJEQJ9y2A9', 'has space']],
    ['bad key', ['x']],
    ['empty', []],
  ]),
  histogramId: 'DHKucpqUoe1',
}
const asText = (args: ReturnType<typeof logArguments>) => args.map(({ key, value }) => `${key}:${String(value)}`).join(' ')

it('[FN35] asks for logs with what the function accepts, and every argument fits a question', () => {
  const choices = new Map([['__logs_sources', ['all']]])
  const first = logArguments(info, choices, search, { kind: 'first' })
  expect(asText(first)).toBe(
    '__logs_sources:all after:-3600 before:0 last:200 slice:true query:*out*of*memory* histogram:DHKucpqUoe1 IjWzTvQ9.4t:OKJEQJ9y2A9 direction:backward',
  )
  const tail = logArguments(
    info,
    new Map(),
    { ...search, text: '', facets: new Map(), histogramId: undefined },
    { kind: 'tail', anchorUs: 7, sinceUs: 8 },
  )
  expect(asText(tail)).toBe(
    'after:-3600 before:0 last:200 slice:true data_only:true anchor:7 direction:backward if_modified_since:8 delta:true tail:true',
  )
  const newer = logArguments(
    readFunctionInfo({ accepted_params: ['after', 'anchor'] }),
    new Map(),
    { ...search, fromS: 5, toS: 9 },
    { kind: 'newer', anchorUs: 7 },
  )
  expect(asText(newer)).toBe('after:5 IjWzTvQ9.4t:OKJEQJ9y2A9 anchor:7')
  for (const args of [first, tail, newer]) {
    expect(questionSchema.safeParse({ kind: 'function', name: 'systemd-journal', args, timeoutS: 30 }).success).toBe(true)
  }
})

it.each([
  ['', ''],
  ['  ', ''],
  ['error', '*error*'],
  ['a & b\\c', '*a*b*c*'],
  ['fail|refused', '*fail*|*refused*'],
  ['!debug|nginx', '!*debug*|*nginx*'],
  ['!debug', '!*debug*|*'],
  ['***', ''],
])('[FN36] searches logs for %o with the pattern %o', (text, pattern) => {
  expect(searchPattern(text)).toBe(pattern)
})

import { expect, it } from 'vitest'
import { parseArguments } from '../arguments.ts'
import { displayValue, severityOf } from './fields.ts'
import { createHistogram } from './histogram.ts'
import { parseEntry } from './parse-entry.ts'
import { parseQuery } from './parse-query.ts'
import type { JournalQuery } from './parse-query.ts'
import { journalArguments } from './read-journal.ts'

const nowS = 1_790_000_000
const query = (text: string): JournalQuery => {
  const parsed = parseQuery(parseArguments(text), nowS)
  if (parsed === undefined) throw new Error('refused')
  return parsed
}

it('[HF71] reads entries: bytes, several values, long messages', () => {
  const line = (fields: object) => JSON.stringify({ __REALTIME_TIMESTAMP: '1790000000000001', ...fields })
  const read = (fields: object) => parseEntry(line(fields))
  expect(read({ MESSAGE: 'a\u001b[31m<b>\u202e', PRIORITY: '3', _PID: ['1', '2'], UNKNOWN: 'x' })).toEqual({
    timestampUs: 1_790_000_000_000_001,
    fields: new Map([
      ['PRIORITY', '3'],
      ['_PID', '2'],
    ]),
    message: 'a\u001b[31m<b>\u202e',
  })
  expect(read({ MESSAGE: [104, 105, 0, 255] })?.message).toBe('hi\u0000\ufffd')
  expect(read({ MESSAGE: null })?.message).toBe('This message is longer than 4 KiB.')
  expect(read({})?.message).toBe('')
})

it.each([
  '',
  '{',
  '[]',
  'null',
  '5',
  '{"MESSAGE":"x"}',
  '{"__REALTIME_TIMESTAMP":"-5"}',
  '{"__REALTIME_TIMESTAMP":"99999999999999999999"}',
])('[HF71] leaves out %s', (line) => {
  expect(parseEntry(line)).toBeUndefined()
})

it('[HF72] reads the window: relative from now, the last hour without one, a year at most', () => {
  const windows = ['', 'after:-60', 'after:-60 before:-30', 'after:1789999000 before:1789999500', 'after:1', 'before:1700000000 after:-100']
  expect(windows.map((text) => [query(text).afterS, query(text).beforeS])).toEqual([
    [nowS - 3_600, nowS],
    [nowS - 60, nowS],
    [nowS - 90, nowS - 30],
    [1_789_999_000, 1_789_999_500],
    [nowS - 366 * 86_400, nowS],
    [1_699_999_900, 1_700_000_000],
  ])
  for (const text of ['after:1790000000', 'after:1790000001 before:1790000000', 'before:-99999999999', 'after:0']) {
    expect(parseQuery(parseArguments(text), nowS)).toBeUndefined()
  }
})

it('[HF72] reads rows, anchor, direction, choices; what it does not know is ignored', () => {
  const read = query(
    'last:5000 anchor:1790000000000001 direction:forward PRIORITY:3,4 _SYSTEMD_UNIT:ssh.service,a@b MESSAGE:x facets:PRIORITY,MESSAGE,x histogram:_COMM data_only:true',
  )
  expect(read).toMatchObject({
    last: 1_000,
    anchorUs: 1_790_000_000_000_001,
    direction: 'forward',
    facets: ['PRIORITY'],
    histogram: '_COMM',
    isDataOnly: true,
  })
  expect([...read.chosen]).toEqual([
    ['PRIORITY', new Set(['3', '4'])],
    ['_SYSTEMD_UNIT', new Set(['ssh.service', 'a@b'])],
  ])
  expect(query('last:0 histogram:MESSAGE direction:up')).toMatchObject({ last: 1, histogram: 'PRIORITY', direction: 'backward' })
  expect(query('')).toMatchObject({ last: 200, anchorUs: undefined, isDataOnly: false, hasText: false })
})

it.each([
  ['query:error', 'An ERROR here', true],
  ['query:error', 'fine', false],
  ['query:disk*full', 'disk sda is full', true],
  ['query:disk*full', 'full disk', false],
  ['query:warn|error', 'error', true],
  ['query:!debug', 'info', true],
  ['query:!debug', 'debug it', false],
  ['query:!debug|error', 'debug error', false],
  ['query:!debug|error', 'error', true],
  ['query:!debug|error', 'info', false],
  ['query:(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaa!', false],
  ['query:*', 'anything', true],
  ['query:||', 'anything', true],
] as const)('[HF73] %s on "%s" is %s', (text, message, holds) => {
  expect(query(text).matches(message)).toBe(holds)
})

it('[HF73] a text of many stars against a long message ends', () => {
  expect(query(`query:${'a*'.repeat(240)}b`).matches('a'.repeat(200_000))).toBe(false)
})

it('[HF78] every argument is a fixed word, a number, or a field of ours with a value', () => {
  const { chosen } = query('SYSLOG_IDENTIFIER:--vacuum-size=1,-x,a=b PRIORITY:3')
  const walk = { fromUs: 1_790_000_000_000_001, toUs: 1_790_000_001_500_000, direction: 'newest first' as const, chosen }
  const args = journalArguments({ directory: '/d' }, walk)
  expect(args.filter((word) => !/^(?:--[a-z-]+(?:=.*)?|[A-Z_]+=.*)$/.test(word))).toEqual([])
  expect(args.slice(4)).toEqual([
    '--directory=/d',
    '--since=@1790000000.000001',
    '--until=@1790000001.500000',
    '--reverse',
    '--lines=50000',
    'PRIORITY=3',
    'SYSLOG_IDENTIFIER=--vacuum-size=1',
    'SYSLOG_IDENTIFIER=-x',
    'SYSLOG_IDENTIFIER=a=b',
  ])
})

it('[HF74] the histogram has at most 150 bars of whole seconds, and one colour for the rest of many values', () => {
  for (const windowS of [1, 60, 151, 3_600, 86_400, 30 * 86_400, 366 * 86_400]) {
    const asked = query(`after:${-windowS}`)
    const histogram = createHistogram(asked)
    for (let value = 0; value < 30; value++) histogram.add((nowS - 1) * 1_000_000, `v${value}`)
    histogram.add((nowS + 10 * windowS + 1_000_000) * 1_000_000, 'outside')
    const { chart } = histogram.document('Priority', (value) => value)
    expect(chart.result.data.length).toBeLessThanOrEqual(151)
    expect(chart.view.before).toBeGreaterThanOrEqual(nowS)
    expect(chart.result.labels).toHaveLength(22)
    expect(chart.result.labels.at(-1)).toBe('(others)')
    const total = chart.result.data.flatMap((row) => row.slice(1) as number[][]).reduce((sum, [count = 0]) => sum + count, 0)
    expect(total).toBe(30)
  }
})

it('[HF74] knows severities and the words of numbers', () => {
  expect(['0', '3', '4', '5', '6', '7', undefined, 'x'].map(severityOf)).toEqual([
    'critical',
    'critical',
    'warning',
    'notice',
    'normal',
    'debug',
    'normal',
    'normal',
  ])
  const users = new Map([[33, 'web']])
  expect([
    displayValue('PRIORITY', '3', users),
    displayValue('PRIORITY', '9', users),
    displayValue('_UID', '33', users),
    displayValue('SYSLOG_FACILITY', '10', users),
    displayValue('_COMM', '3', users),
  ]).toEqual(['error', '9', 'web', 'authpriv', '3'])
})

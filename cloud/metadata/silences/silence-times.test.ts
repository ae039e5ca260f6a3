import { describe, expect, it } from 'vitest'
import { readRecurrence } from './recurrence.ts'
import { createSilenceTimes } from './silence-times.ts'

const ms = (text: string) => Date.parse(text)
const iso = (at: number | null | undefined) => (at === null || at === undefined ? at : new Date(at).toISOString().replace(':00.000Z', 'Z'))
const timesOf = (rrule: string | null, starts: string, ends: string | null, timeZone: string | null = null) =>
  createSilenceTimes({ startsAtMs: ms(starts), endsAtMs: ends === null ? null : ms(ends), rrule, timeZone, isDisabled: false })
const between = (times: ReturnType<typeof timesOf>, from: string, to: string, limit = 10) =>
  times.between(ms(from), ms(to), limit).windows.map(({ fromMs, toMs }) => `${iso(fromMs)} ${iso(toMs)}`)

describe('nights of Europe/Berlin', () => {
  it('[SN4] a nightly silence keeps its time of day when clocks go back, and that night is an hour longer', () => {
    const nightly = timesOf('FREQ=DAILY', '2026-10-01T20:00:00Z', '2026-10-02T04:00:00Z', 'Europe/Berlin')
    expect(between(nightly, '2026-10-23T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-23T20:00Z 2026-10-24T04:00Z',
      '2026-10-24T20:00Z 2026-10-25T05:00Z',
      '2026-10-25T21:00Z 2026-10-26T05:00Z',
    ])
    expect(nightly.at(ms('2026-10-25T04:30:00Z'))).toMatchObject({ state: 'ACTIVE', activeUntilMs: ms('2026-10-25T05:00:00Z') })
    expect(nightly.at(ms('2026-10-25T05:00:00Z'))).toMatchObject({ state: 'SCHEDULED', nextAtMs: ms('2026-10-25T21:00:00Z') })
  })

  it('[SN4] when clocks go forward that night is an hour shorter, and a start that does not exist is left out', () => {
    const nightly = timesOf('FREQ=DAILY', '2027-03-01T21:00:00Z', '2027-03-02T05:00:00Z', 'Europe/Berlin')
    expect(between(nightly, '2027-03-27T12:00:00Z', '2027-03-29T12:00:00Z')).toEqual([
      '2027-03-27T21:00Z 2027-03-28T04:00Z',
      '2027-03-28T20:00Z 2027-03-29T04:00Z',
    ])
    const inTheGap = timesOf('FREQ=DAILY', '2027-03-01T01:30:00Z', '2027-03-01T02:00:00Z', 'Europe/Berlin')
    expect(between(inTheGap, '2027-03-27T00:00:00Z', '2027-03-30T00:00:00Z')).toEqual([
      '2027-03-27T01:30Z 2027-03-27T02:00Z',
      '2027-03-29T00:30Z 2027-03-29T01:00Z',
    ])
  })

  it('[SN4] a time that is there twice in a night counts once, and never ends before it starts', () => {
    const twice = timesOf('FREQ=DAILY', '2026-10-01T00:30:00Z', '2026-10-01T00:45:00Z', 'Europe/Berlin')
    expect(between(twice, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-25T00:30Z 2026-10-25T00:45Z',
      '2026-10-26T01:30Z 2026-10-26T01:45Z',
    ])
    const across = timesOf('FREQ=YEARLY', '2026-10-25T00:50:00Z', '2026-10-25T01:10:00Z', 'Europe/Berlin')
    expect(between(across, '2026-10-24T00:00:00Z', '2027-10-26T00:00:00Z')).toEqual([
      '2026-10-25T00:50Z 2026-10-25T01:10Z',
      '2027-10-25T00:50Z 2027-10-25T01:10Z',
    ])
  })
})

it('[SN4] America/New_York changes on other nights than Europe', () => {
  const weekly = timesOf('FREQ=WEEKLY;BYDAY=SU', '2026-10-18T05:00:00Z', '2026-10-18T13:00:00Z', 'America/New_York')
  expect(between(weekly, '2026-10-24T00:00:00Z', '2026-11-09T00:00:00Z')).toEqual([
    '2026-10-25T05:00Z 2026-10-25T13:00Z',
    '2026-11-01T05:00Z 2026-11-01T14:00Z',
    '2026-11-08T06:00Z 2026-11-08T14:00Z',
  ])
  expect(between(weekly, '2027-03-13T00:00:00Z', '2027-03-22T00:00:00Z')).toEqual([
    '2027-03-14T06:00Z 2027-03-14T13:00Z',
    '2027-03-21T05:00Z 2027-03-21T13:00Z',
  ])
})

it('[SN3] leap days, ends by UNTIL and COUNT, and days of weeks and months are those of iCalendar', () => {
  const leap = timesOf('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2024-02-29T10:00:00Z', '2024-02-29T11:00:00Z')
  expect(iso(leap.at(ms('2026-11-25T00:00:00Z')).nextAtMs)).toBe('2028-02-29T10:00Z')
  const until = timesOf('FREQ=DAILY;UNTIL=20261022T100000Z', '2026-10-20T10:00:00Z', '2026-10-20T11:00:00Z')
  expect(between(until, '2026-10-01T00:00:00Z', '2026-12-01T00:00:00Z')).toHaveLength(3)
  expect(until.at(ms('2026-10-22T11:00:00Z'))).toMatchObject({ state: 'INACTIVE', nextAtMs: null })
  const untilDay = timesOf('FREQ=DAILY;UNTIL=20261022', '2026-10-20T20:00:00Z', '2026-10-20T21:00:00Z', 'Europe/Berlin')
  expect(between(untilDay, '2026-10-01T00:00:00Z', '2026-12-01T00:00:00Z')).toHaveLength(3)
  const count = timesOf('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4', '2026-10-19T08:00:00Z', '2026-10-19T09:00:00Z')
  expect(between(count, '2026-10-01T00:00:00Z', '2027-10-01T00:00:00Z').map((row) => row.slice(0, 10))).toEqual([
    '2026-10-19',
    '2026-10-21',
    '2026-10-26',
    '2026-10-28',
  ])
  expect(count.at(ms('2026-10-28T08:30:00Z'))).toMatchObject({ state: 'ACTIVE', nextAtMs: null })
  expect(count.at(ms('2026-10-28T09:00:00Z')).state).toBe('INACTIVE')
  const last = timesOf('FREQ=MONTHLY;BYDAY=-1SU', '2026-01-25T02:00:00Z', '2026-01-25T06:00:00Z')
  expect(between(last, '2026-10-01T00:00:00Z', '2026-12-31T00:00:00Z').map((row) => row.slice(0, 10))).toEqual([
    '2026-10-25',
    '2026-11-29',
    '2026-12-27',
  ])
  const twoWeekly = timesOf('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2026-10-20T10:00:00Z', '2026-10-20T11:00:00Z')
  expect(between(twoWeekly, '2026-10-21T00:00:00Z', '2026-11-20T00:00:00Z').map((row) => row.slice(0, 10))).toEqual([
    '2026-11-03',
    '2026-11-17',
  ])
})

it('[SN3] once, open-ended, disabled: a silence holds from its start until before its end', () => {
  const hour = timesOf(null, '2026-11-25T10:00:00Z', '2026-11-25T11:00:00Z')
  expect(hour.at(ms('2026-11-25T09:59:59Z'))).toMatchObject({ state: 'SCHEDULED', nextAtMs: ms('2026-11-25T10:00:00Z') })
  expect(hour.at(ms('2026-11-25T10:00:00Z'))).toMatchObject({ state: 'ACTIVE', activeUntilMs: ms('2026-11-25T11:00:00Z') })
  expect(hour.at(ms('2026-11-25T11:00:00Z')).state).toBe('INACTIVE')
  expect(timesOf(null, '2026-11-25T10:00:00Z', null).at(ms('2036-01-01T00:00:00Z'))).toMatchObject({ state: 'ACTIVE', activeUntilMs: null })
  const off = createSilenceTimes({ startsAtMs: 0, endsAtMs: null, rrule: null, timeZone: null, isDisabled: true })
  expect(off.at(1)).toMatchObject({ state: 'INACTIVE', nextAtMs: null })
})

it('[SN3] times that overlap are one: it is active until the last of them ends', () => {
  const long = timesOf('FREQ=DAILY;COUNT=3', '2026-10-20T10:00:00Z', '2026-10-21T12:00:00Z')
  expect(iso(long.at(ms('2026-10-20T11:00:00Z')).activeUntilMs)).toBe('2026-10-23T12:00Z')
  const adjoining = timesOf('FREQ=HOURLY;COUNT=5', '2026-10-20T10:00:00Z', '2026-10-20T11:00:00Z')
  expect(iso(adjoining.at(ms('2026-10-20T10:30:00Z')).activeUntilMs)).toBe('2026-10-20T15:00Z')
})

it('[SN3] a list of times says when there are more, and begins with one that is under way', () => {
  const daily = timesOf('FREQ=DAILY', '2026-10-20T10:00:00Z', '2026-10-20T12:00:00Z')
  const { windows, hasMore } = daily.between(ms('2026-11-25T11:00:00Z'), ms('2027-11-25T11:00:00Z'), 2)
  expect({ rows: windows.map(({ fromMs }) => iso(fromMs)), hasMore }).toEqual({
    rows: ['2026-11-25T10:00Z', '2026-11-26T10:00Z'],
    hasMore: true,
  })
})

it.each([
  ['', 'A rule begins with how often'],
  ['FREQ=SECONDLY', 'FREQ has to be HOURLY'],
  ['FREQ=MINUTELY', 'FREQ has to be HOURLY'],
  ['FREQ=DAILY;BYSECOND=1', 'A part of the rule is not known here'],
  ['FREQ=DAILY;RSCALE=CHINESE', 'A part of the rule is not known here'],
  ['FREQ=DAILY;__proto__=1', 'A part of the rule is not known here'],
  ['FREQ=DAILY;constructor=1', 'A part of the rule is not known here'],
  ['FREQ=DAILY;COUNT=100000', 'COUNT has to be a number from 1 to 400'],
  ['FREQ=DAILY;COUNT=1;UNTIL=20270101', 'A rule has COUNT or UNTIL'],
  ['FREQ=DAILY;UNTIL=20270230', 'UNTIL has to be a day'],
  ['FREQ=DAILY;UNTIL=20270101T100000', 'UNTIL has to be a day'],
  ['FREQ=DAILY;INTERVAL=0', 'INTERVAL has to be'],
  ['FREQ=DAILY;FREQ=WEEKLY', 'FREQ stands twice'],
  ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY has to be'],
  ['FREQ=WEEKLY;BYDAY=0MO', 'BYDAY has to be'],
  ['FREQ=DAILY;BYHOUR=24', 'BYHOUR has to be'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'needs FREQ=MONTHLY'],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=-1FR', 'without BYWEEKNO'],
  ['FREQ=MONTHLY;BYWEEKNO=20', 'need FREQ=YEARLY'],
  [`FREQ=DAILY;BYMINUTE=${Array.from({ length: 100 }, () => 1).join(',')}`, 'BYMINUTE has to be'],
  ['FREQ=DAILY\nRRULE:FREQ=WEEKLY', 'A silence has one rule'],
  ['FREQ=DAILY\nEXDATE:20261010T000000Z', 'A silence has one rule'],
  ['x'.repeat(501), 'A rule has at most 500 characters'],
  ['FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30', 'write FREQ=DAILY with BYHOUR'],
  ['FREQ=HOURLY;INTERVAL=5;BYDAY=MO', 'has to divide a day of 24 hours'],
  ['FREQ=HOURLY;BYHOUR=3;BYSETPOS=2', 'BYSETPOS needs FREQ=WEEKLY, MONTHLY or YEARLY'],
  ['FREQ=DAILY;INTERVAL=3;BYMONTH=5', 'does not go with BYMONTH or BYMONTHDAY'],
  ['FREQ=DAILY;BYWEEKNO=20', 'need FREQ=YEARLY'],
  ['FREQ=WEEKLY;BYMONTHDAY=13', 'does not go with FREQ=WEEKLY'],
  ['FREQ=YEARLY;BYYEARDAY=100;BYDAY=MO', 'BYYEARDAY names whole days'],
  ['FREQ=YEARLY;BYWEEKNO=20;BYMONTH=5', 'does not go with BYMONTH'],
  ['FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=1FR', 'without BYWEEKNO and BYMONTHDAY'],
])('[SN5] refuses the rule %s in a sentence', (rule, says) => {
  expect(() => readRecurrence(rule, 0, null, 'UTC')).toThrow(says)
})

it.each(['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31', 'FREQ=DAILY;COUNT=400;BYMONTH=2;BYMONTHDAY=30'])(
  '[SN5] a rule that never fits is given up within bounds: %s',
  (rule) => {
    const recurrence = readRecurrence(rule, ms('1990-01-01T01:30:00Z'), null, 'Europe/Berlin')
    expect(() => recurrence.next(ms('2026-10-25T12:00:00Z'))).toThrow('cannot be worked out')
  },
)

import { describe, expect, it } from 'vitest'
import { readRecurrence } from './recurrence.ts'

const ms = (text: string) => Date.parse(text)
const text = (atMs: number | undefined) => (atMs === undefined ? 'none' : new Date(atMs).toISOString().replace(':00.000Z', 'Z'))
const hourMs = 3_600_000

/** Rule, zone, start, and its first starts as python-dateutil 2.9 works them out. */
const known: readonly (readonly [string, string, string, string])[] = [
  [
    'FREQ=MONTHLY;BYDAY=-1FR',
    'Europe/Berlin',
    '2026-01-30T21:00Z',
    '2026-01-30T21:00Z 2026-02-27T21:00Z 2026-03-27T21:00Z 2026-04-24T20:00Z 2026-05-29T20:00Z',
  ],
  [
    'FREQ=MONTHLY;BYDAY=1MO,-1SU',
    'America/New_York',
    '2026-01-05T07:30Z',
    '2026-01-05T07:30Z 2026-01-25T07:30Z 2026-02-02T07:30Z 2026-02-22T07:30Z 2026-03-02T07:30Z',
  ],
  [
    'FREQ=MONTHLY;BYMONTHDAY=31',
    'Europe/Berlin',
    '2026-01-31T01:30Z',
    '2026-01-31T01:30Z 2026-03-31T00:30Z 2026-05-31T00:30Z 2026-07-31T00:30Z 2026-08-31T00:30Z',
  ],
  [
    'FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1,15',
    'America/New_York',
    '2025-10-15T13:00Z',
    '2025-10-15T13:00Z 2025-10-31T13:00Z 2026-03-15T13:00Z 2026-03-31T13:00Z 2026-08-15T13:00Z',
  ],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'Europe/Berlin',
    '2026-01-30T17:00Z',
    '2026-01-30T17:00Z 2026-02-27T17:00Z 2026-03-31T16:00Z 2026-04-30T16:00Z 2026-05-29T16:00Z',
  ],
  [
    'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU',
    'Europe/Berlin',
    '2026-03-29T01:00Z',
    '2026-03-29T01:00Z 2026-10-25T02:00Z 2027-03-28T01:00Z 2027-10-31T02:00Z 2028-03-26T01:00Z',
  ],
  [
    'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU',
    'Europe/Berlin',
    '2025-10-26T00:30Z',
    '2025-10-26T00:30Z 2026-10-25T00:30Z 2027-10-31T00:30Z 2028-10-29T00:30Z 2029-10-28T00:30Z',
  ],
  [
    'FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
    'America/New_York',
    '2025-03-09T07:30Z',
    '2025-03-09T07:30Z 2026-03-08T07:30Z 2027-03-14T07:30Z 2028-03-12T07:30Z 2029-03-11T07:30Z',
  ],
  [
    'FREQ=YEARLY;BYDAY=20MO,-1TU',
    'UTC',
    '2026-05-18T08:00Z',
    '2026-05-18T08:00Z 2026-12-29T08:00Z 2027-05-17T08:00Z 2027-12-28T08:00Z 2028-05-15T08:00Z',
  ],
  [
    'FREQ=YEARLY;BYYEARDAY=1,100,-1',
    'Europe/Berlin',
    '2025-12-31T23:00Z',
    '2025-12-31T23:00Z 2026-04-09T22:00Z 2026-12-30T23:00Z 2026-12-31T23:00Z 2027-04-09T22:00Z',
  ],
  [
    'FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,FR',
    'Europe/Berlin',
    '2025-12-29T11:00Z',
    '2025-12-29T11:00Z 2026-01-02T11:00Z 2026-12-28T11:00Z 2027-01-01T11:00Z 2027-01-04T11:00Z',
  ],
  [
    'FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR',
    'Europe/Berlin',
    '2026-02-13T12:00Z',
    '2026-02-13T12:00Z 2026-03-13T12:00Z 2026-11-13T12:00Z 2027-08-13T11:00Z 2028-10-13T11:00Z',
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO',
    'America/New_York',
    '2026-02-04T04:30Z',
    '2026-02-04T04:30Z 2026-02-09T04:30Z 2026-02-18T04:30Z 2026-02-23T04:30Z 2026-03-04T04:30Z',
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU',
    'America/New_York',
    '2026-02-04T04:30Z',
    '2026-02-04T04:30Z 2026-02-16T04:30Z 2026-02-18T04:30Z 2026-03-02T04:30Z 2026-03-04T04:30Z',
  ],
  [
    'FREQ=WEEKLY;BYDAY=SA,SU;BYMONTH=6,7,8;BYHOUR=0,12',
    'Europe/Berlin',
    '2026-06-05T22:00Z',
    '2026-06-05T22:00Z 2026-06-06T10:00Z 2026-06-06T22:00Z 2026-06-07T10:00Z 2026-06-12T22:00Z',
  ],
  [
    'FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR',
    'Europe/Berlin',
    '2026-11-13T21:00Z',
    '2026-11-13T21:00Z 2027-08-13T20:00Z 2028-10-13T20:00Z 2029-04-13T20:00Z 2029-07-13T20:00Z',
  ],
  [
    'FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=30',
    'America/New_York',
    '2026-03-07T07:30Z',
    '2026-03-07T07:30Z 2026-03-07T08:30Z 2026-03-08T06:30Z 2026-03-08T07:30Z 2026-03-09T05:30Z',
  ],
  [
    'FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=30',
    'Europe/Berlin',
    '2026-10-24T00:30Z',
    '2026-10-24T00:30Z 2026-10-24T01:30Z 2026-10-24T23:30Z 2026-10-25T00:30Z 2026-10-25T02:30Z',
  ],
  [
    'FREQ=MONTHLY;BYMONTHDAY=29;BYMONTH=2',
    'Europe/Berlin',
    '2024-02-29T09:00Z',
    '2024-02-29T09:00Z 2028-02-29T09:00Z 2032-02-29T09:00Z 2036-02-29T09:00Z 2040-02-29T09:00Z',
  ],
]

describe.each(known)('%s in %s from %s', (rule, timeZone, startsAt, expected) => {
  const recurrence = readRecurrence(rule, ms(startsAt), ms(startsAt) + hourMs, timeZone)
  const wanted = expected.split(' ')

  it('[SN3] starts when an independent implementation says so', () => {
    const found: string[] = []
    for (let atMs: number | undefined = ms(startsAt) - 1; found.length < wanted.length;) {
      atMs = recurrence.next(atMs ?? Infinity)
      found.push(text(atMs))
    }
    expect(found).toEqual(wanted)
  })

  it('[SN3] finds the same starts looking back', () => {
    const back = wanted.map((each) => text(recurrence.previous(ms(each) + hourMs / 6)))
    expect(back).toEqual(wanted)
    expect(wanted.slice(1).map((each) => text(recurrence.previous(ms(each) - 1)))).toEqual(wanted.slice(0, -1))
    expect(text(recurrence.previous(ms(startsAt) - 1))).toBe('none')
  })
})

it('[SN3] what a rule leaves open comes from its start, also the weekday of a week of the year', () => {
  const weeks = readRecurrence('FREQ=YEARLY;BYWEEKNO=20', ms('2026-05-13T08:00Z'), null, 'UTC')
  expect([text(weeks.next(ms('2026-05-13T08:00Z'))), text(weeks.previous(ms('2028-01-01T00:00Z')))]).toEqual([
    '2027-05-19T08:00Z',
    '2027-05-19T08:00Z',
  ])
  // Its days are numbered within the week of the rule, whatever day of it the start is.
  const first = readRecurrence('FREQ=WEEKLY;BYDAY=WE,TH,FR;BYSETPOS=1', ms('2024-03-01T08:00Z'), null, 'UTC')
  expect(text(first.next(ms('2024-03-01T00:00Z')))).toBe('2024-03-06T08:00Z')
})

it('[SN25] a rule that could be made is worked out decades later as on its first day', () => {
  const at = (rule: string, from: string) => {
    const recurrence = readRecurrence(rule, ms('2026-11-25T22:00Z'), ms('2026-11-25T23:00Z'), 'Europe/Berlin')
    return [text(recurrence.previous(ms(from))), text(recurrence.next(ms(from)))]
  }
  expect(at('FREQ=HOURLY;INTERVAL=997', '2066-01-15T00:00Z')).toEqual(['2066-01-10T06:00Z', '2066-02-20T19:00Z'])
  expect(at('FREQ=HOURLY;INTERVAL=8;BYDAY=SU', '2066-01-15T00:00Z')).toEqual(['2066-01-10T22:00Z', '2066-01-17T06:00Z'])
  expect(at('FREQ=DAILY;BYMONTH=9;BYDAY=TH', '2066-01-15T00:00Z')).toEqual(['2065-09-24T21:00Z', '2066-09-02T21:00Z'])
  expect(at('FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR', '2066-01-15T00:00Z')).toEqual(['2065-11-13T22:00Z', '2066-08-13T21:00Z'])
  expect(at('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2066-01-15T00:00Z')).toEqual(['2044-02-29T22:00Z', '2072-02-29T22:00Z'])
  expect(at('FREQ=WEEKLY;BYDAY=SA;UNTIL=20270101', '2066-01-15T00:00Z')).toEqual(['2026-12-26T22:00Z', 'none'])
})

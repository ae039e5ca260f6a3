import { expect, it } from 'vitest'
import { lengthText, timeFormat } from './format-time.ts'
import { timeAxis, wholeLabels } from './time-axis.ts'
import { allZones, isTimeZone, searchZones } from './time-zone.ts'

const at = (iso: string) => Date.parse(iso) / 1000
const noon = at('2026-03-12T11:03:22Z')
const berlin = timeFormat('Europe/Berlin')

it('[TM20] writes times in the chosen zone, with the day where it is another one and the year where it is another one', () => {
  expect(berlin.clock(noon)).toBe('12:03:22')
  expect(berlin.clock(noon, false)).toBe('12:03')
  expect(timeFormat('Asia/Kathmandu').clock(noon)).toBe('16:48:22')
  expect(berlin.moment(noon, noon)).toBe('12:03:22')
  expect(berlin.moment(at('2026-03-11T22:59:00Z'), noon, false)).toBe('11 Mar 23:59')
  expect(berlin.moment(at('2026-03-11T23:01:00Z'), noon, false)).toBe('00:01')
  expect(berlin.moment(at('2025-12-31T12:00:00Z'), noon, false)).toBe('31 Dec 2025 13:00')
})

it('[TM20] names one day of a span once, two days both, and weeks by their days alone', () => {
  expect(berlin.span(noon - 3600, noon, noon)).toBe('11:03 – 12:03')
  expect(berlin.span(noon - 60, noon, noon)).toBe('12:02:22 – 12:03:22')
  expect(berlin.span(noon - 90_000, noon - 86_400, noon)).toBe('11 Mar 11:03 – 12:03')
  expect(berlin.span(noon - 86_400, noon, noon)).toBe('11 Mar 12:03 – 12 Mar 12:03')
  expect(berlin.span(noon - 7 * 86_400, noon, noon)).toBe('5 Mar – 12 Mar')
})

it('[TM20] follows a change of the clocks', () => {
  const change = at('2026-03-29T01:00:00Z')
  expect([berlin.clock(change - 1), berlin.clock(change)]).toEqual(['01:59:59', '03:00:00'])
  expect([berlin.offsetText(change - 1), berlin.offsetText(change), timeFormat('UTC').offsetText(change)]).toEqual([
    'UTC+1',
    'UTC+2',
    'UTC',
  ])
  expect(timeFormat('America/St_Johns').offsetText(at('2026-01-01T00:00:00Z'))).toBe('UTC−3:30')
})

it('[TM21] reads what a person entered as a time of the zone, and nothing that is no time', () => {
  expect(berlin.parseField('2026-03-12T12:03:22')).toBe(noon)
  expect(berlin.parseField(berlin.field(noon))).toBe(noon)
  expect(berlin.parseField('2026-03-12 12:03')).toBe(noon - 22)
  expect(berlin.parseField('2026-07-01T12:00')).toBe(at('2026-07-01T10:00:00Z'))
  expect(['', 'yesterday', '2026-02-31T10:00', '2026-13-01T10:00', '2026-01-01T25:00'].map((text) => berlin.parseField(text))).toEqual(
    Array.from({ length: 5 }),
  )
})

it('[TM22] puts marks at round local times, seconds where they are close and days where they are far apart', () => {
  expect(timeAxis(noon - 60, noon, 5, berlin)).toEqual({
    splitsS: [-52, -37, -22, -7].map((s) => noon + s),
    labels: ['12:02:30', '12:02:45', '12:03:00', '12:03:15'],
  })
  expect(timeAxis(noon - 3600, noon, 5, berlin).labels).toEqual(['11:15', '11:30', '11:45', '12:00'])
  expect(timeAxis(noon - 86_400, noon, 5, berlin).labels).toEqual(['18:00', '12 Mar', '06:00', '12:00'])
  expect(timeAxis(noon - 6 * 86_400, noon, 7, berlin).labels).toEqual(['7 Mar', '8 Mar', '9 Mar', '10 Mar', '11 Mar', '12 Mar'])
})

it('[TM25] leaves out a last label that would be cut, by its length and the room beyond the end', () => {
  const axis = { splitsS: [0, 290, 300], labels: ['13:46:00', '13:50:50', '13:51'] }
  expect(wholeLabels(axis, 300, 4, 8)).toEqual(['13:46:00', '13:50:50', ''])
  expect(wholeLabels(axis, 300, 1, 8)).toEqual(['13:46:00', '', ''])
  expect(wholeLabels(axis, 300, 1, 16)).toEqual(['13:46:00', '13:50:50', '13:51'])
})

it('[TM22] keeps marks on round hours across a change of the clocks', () => {
  const change = at('2026-03-29T01:00:00Z')
  expect(timeAxis(change - 4 * 3600, change + 4 * 3600, 10, berlin).labels).toEqual([
    '22:00',
    '23:00',
    '29 Mar',
    '01:00',
    '03:00',
    '04:00',
    '05:00',
    '06:00',
    '07:00',
  ])
  const back = at('2026-10-25T01:00:00Z')
  const { splitsS } = timeAxis(back - 4 * 3600, back + 4 * 3600, 12, berlin)
  expect(splitsS.toSorted((a, b) => a - b)).toEqual(splitsS)
})

it('[TM23] finds zones by words of their name, and knows which names are zones', () => {
  const zones = allZones()
  expect(zones[0]).toBe('UTC')
  expect(searchZones(zones, 'new york')).toEqual(['America/New_York'])
  expect(searchZones(zones, 'europe/ber')).toEqual(['Europe/Berlin'])
  expect(['UTC', 'Asia/Tokyo', 'Atlantis/Capital', ''].map((name) => isTimeZone(name))).toEqual([true, true, false, false])
})

it('[TM24] says a length of time in its two largest units', () => {
  expect([0, 45, 90, 3600, 3601, 5400, 2_592_000, 90_061].map((lengthS) => lengthText(lengthS))).toEqual([
    '0 s',
    '45 s',
    '1 min 30 s',
    '1 h',
    '1 h',
    '1 h 30 min',
    '30 d',
    '1 d 1 h',
  ])
})

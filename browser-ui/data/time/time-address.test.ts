import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { timeFormat } from './format-time.ts'
import { followTimeAddress, readTimeAddress, writeTimeAddress } from './time-address.ts'
import { readTimeEntry } from './time-entry.ts'
import { createTimeline, type TimeView } from './timeline.ts'

const nowS = 1_800_000_000
const live: TimeView = { mode: 'live', windowS: 300, endS: undefined, isForced: false }

function opened(search: string): TimeView {
  const timeline = createTimeline({ clock: createHandClock() })
  const address = readTimeAddress(search)
  if (address) followTimeAddress(timeline, address)
  return timeline.view
}

it('[TM50] an address keeps the window, the span of the past and forced play, and leaves alone what else it says', () => {
  expect(writeTimeAddress('', live, 300)).toBe('')
  expect(writeTimeAddress('?search=cpu&from=1&to=2', { ...live, windowS: 900 }, 300)).toBe('?search=cpu&last=900')
  expect(writeTimeAddress('?last=900', { mode: 'past', windowS: 3600, endS: 1_700_000_000.4, isForced: false }, 300)).toBe(
    '?from=1699996400&to=1700000000',
  )
  expect(writeTimeAddress('', { ...live, mode: 'locked', endS: 1_700_000_000 }, 300)).toBe('?from=1699999700&to=1700000000')
  expect(writeTimeAddress('', { ...live, mode: 'held', endS: 1_700_000_000 }, 300)).toBe('')
  expect(writeTimeAddress('', { ...live, isForced: true }, 300)).toBe('?play=always')
})

it('[TM50] a link shows the same span again, within the bounds', () => {
  expect(opened('?last=900')).toEqual({ ...live, windowS: 900 })
  expect(opened('?from=1699996400&to=1700000000')).toEqual({ mode: 'past', windowS: 3600, endS: 1_700_000_000, isForced: false })
  expect(opened('?play=always&last=60')).toEqual({ ...live, windowS: 60, isForced: true })
  expect(opened(`?from=${nowS - 600}&to=${nowS + 600}`)).toEqual({ ...live, windowS: 1200 })
  expect(opened('?last=99999999999').windowS).toBe(2_592_000)
  expect(opened('?last=1').windowS).toBe(10)
})

it('[TM50] an address that says no time says nothing', () => {
  expect(
    ['', '?x=1', '?last=-5', '?last=1e3', '?from=5', '?from=a&to=b', '?from=7&to=7', '?play=no'].map((text) => readTimeAddress(text)),
  ).toEqual(Array.from({ length: 8 }))
})

it('[TM51] reads two entered times as a span, and says in a sentence what is wrong with them', () => {
  const utc = timeFormat('UTC')
  const read = (from: string, to: string) => readTimeEntry(from, to, utc, nowS)
  const at = (beforeS: number) => utc.field(nowS - beforeS)
  expect(read(at(600), at(300))).toEqual({ span: [nowS - 600, nowS - 300] })
  expect(read(at(600), at(-9999))).toEqual({ span: [nowS - 600, nowS] })
  expect(read('', at(300))).toEqual({ problem: 'Enter the date and time at which to begin.', field: 'from' })
  expect(read(at(600), 'soon')).toEqual({ problem: 'Enter the date and time at which to end.', field: 'to' })
  expect(read(at(300), at(600))).toEqual({ problem: 'The end has to be after the beginning.', field: 'to' })
  expect(read(at(-10), at(-900))).toEqual({ problem: 'The beginning is still to come: pick an earlier one.', field: 'from' })
  expect(read(at(600), at(597))).toEqual({ problem: 'Pick at least 10 seconds.', field: 'to' })
  expect(read(at(86_400 * 40), at(0))).toEqual({ problem: 'That is 40 d; at most 30 d fit.', field: 'from' })
})

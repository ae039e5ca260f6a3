import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createTimeline, presets, windowLimits, type TimeView } from './timeline.ts'

const nowS = 1_800_000_000

function setUp(first: Partial<TimeView> = {}) {
  const clock = createHandClock()
  const timeline = createTimeline({ clock, first })
  const modes: string[] = []
  timeline.onChange(() => modes.push(timeline.view.mode))
  return { clock, timeline, modes }
}

function started(first: Partial<TimeView> = {}) {
  const scene = setUp(first)
  scene.timeline.noteEdge(10_000)
  return scene
}

it('[TM1] shows nothing before the first sample, then the window that ends at the newest one, and moves without a word', () => {
  const { timeline, modes } = setUp()
  expect(timeline.span()).toEqual([0, 0])
  timeline.noteEdge(10_000)
  timeline.noteEdge(9_000)
  expect(timeline.span()).toEqual([9_700, 10_000])
  timeline.noteEdge(10_001)
  expect([timeline.span(), timeline.edgeS(), timeline.view.mode, modes]).toEqual([[9_701, 10_001], 10_001, 'live', []])
})

it('[TM26] an agent whose clock runs ahead takes the window away from nobody, and where all clocks do the newest counts', () => {
  const { timeline } = setUp()
  const dayS = 86_400
  timeline.noteEdge(nowS + dayS)
  timeline.noteEdge(nowS + dayS + 5)
  expect(timeline.edgeS()).toBe(nowS + dayS + 5)
  timeline.noteEdge(nowS - 1)
  timeline.noteEdge(nowS + dayS + 9)
  timeline.noteEdge(nowS)
  expect([timeline.edgeS(), timeline.span()]).toEqual([nowS, [nowS - 300, nowS]])
})

it('[TM2] stands still while a pointer rests on a chart and is live again a moment after it left', () => {
  const { clock, timeline, modes } = started()
  timeline.hold()
  timeline.noteEdge(10_009)
  expect(timeline.span()).toEqual([9_700, 10_000])
  timeline.release()
  clock.advance(200)
  timeline.hold()
  clock.advance(1000)
  expect(timeline.span()).toEqual([9_700, 10_000])
  timeline.release()
  clock.advance(300)
  expect([timeline.span(), modes]).toEqual([
    [9_709, 10_009],
    ['held', 'live'],
  ])
})

it('[TM2] has nothing to hold before the first sample', () => {
  const { timeline } = setUp()
  timeline.hold()
  expect(timeline.view.mode).toBe('live')
})

it('[TM3] stays locked where it was held, whatever the pointer does, until it is resumed', () => {
  const { clock, timeline, modes } = started()
  timeline.hold()
  timeline.noteEdge(10_005)
  timeline.lock()
  timeline.release()
  clock.advance(10_000)
  timeline.hold()
  expect([timeline.view.mode, timeline.span()]).toEqual(['locked', [9_700, 10_000]])
  timeline.resume()
  expect([timeline.span(), modes]).toEqual([
    [9_705, 10_005],
    ['held', 'locked', 'live'],
  ])
})

it('[TM4] plays on under any pointer while forced, starts what stood still, and ends when a person pauses or looks back', () => {
  const { timeline } = started()
  timeline.lock()
  timeline.setForced(true)
  timeline.hold()
  expect(timeline.view).toEqual({ mode: 'live', windowS: 300, endS: undefined, isForced: true })
  timeline.setWindow(60)
  expect(timeline.view.isForced).toBe(true)
  timeline.lock()
  expect(timeline.view).toMatchObject({ mode: 'locked', isForced: false })
  timeline.setForced(true)
  timeline.show(100, 200)
  expect(timeline.view).toMatchObject({ mode: 'past', isForced: false })
})

it('[TM5] offers spans from a minute to 30 days and takes any between 10 s and 30 d', () => {
  expect(presets.map(({ label }) => label)).toEqual(['1 min', '5 min', '15 min', '1 h', '6 h', '24 h', '7 d', '30 d'])
  const { timeline } = started()
  timeline.setWindow(1)
  expect(timeline.view.windowS).toBe(10)
  timeline.setWindow(1e9)
  expect(timeline.view.windowS).toBe(windowLimits.maxS)
  timeline.setWindow(Number.NaN)
  timeline.zoom(Number.NaN)
  timeline.show(Number.NaN, 1)
  expect(timeline.view).toEqual({ mode: 'live', windowS: windowLimits.maxS, endS: undefined, isForced: false })
})

it('[TM5] keeps the end of what is live or locked and the middle of what is past when the length changes', () => {
  const { timeline } = started()
  timeline.lock()
  timeline.setWindow(60)
  expect([timeline.view.mode, timeline.span()]).toEqual(['locked', [9_940, 10_000]])
  timeline.show(5_000, 5_100)
  timeline.setWindow(20)
  expect(timeline.span()).toEqual([5_040, 5_060])
})

it('[TM6] shows a span of the past in either order, no shorter or longer than it may be', () => {
  const { timeline } = started()
  timeline.show(5_100, 5_000)
  expect([timeline.view.mode, timeline.span()]).toEqual(['past', [5_000, 5_100]])
  timeline.show(5_000, 5_002)
  expect(timeline.span()).toEqual([4_996, 5_006])
  timeline.noteEdge(nowS)
  timeline.show(0, nowS - 5_000_000)
  expect(timeline.span()).toEqual([nowS - 5_000_000 - windowLimits.maxS, nowS - 5_000_000])
})

it('[TM6] is live again with a span that reaches the newest sample, or this moment before any sample came', () => {
  const { timeline } = started()
  timeline.show(9_000, 12_000)
  expect(timeline.view).toEqual({ mode: 'live', windowS: 3_000, endS: undefined, isForced: false })
  const early = setUp().timeline
  early.show(nowS - 900, nowS)
  expect(early.view.mode).toBe('live')
  early.show(nowS - 900, nowS - 600)
  expect(early.span()).toEqual([nowS - 900, nowS - 600])
})

it('[TM7] pans by shares of the window, into the past and back to what is live', () => {
  const { timeline, modes } = started()
  timeline.pan(1)
  expect(modes).toEqual([])
  timeline.pan(-0.5)
  expect([timeline.view.mode, timeline.span()]).toEqual(['past', [9_550, 9_850]])
  timeline.pan(-1)
  expect(timeline.span()).toEqual([9_250, 9_550])
  timeline.pan(0.5)
  timeline.pan(5)
  expect([timeline.view.mode, timeline.span()]).toEqual(['live', [9_700, 10_000]])
})

it('[TM8] zooms around a time that stays where it is on screen, and out until it reaches what is live', () => {
  const { timeline } = started()
  timeline.zoom(0.5, 9_800)
  expect([timeline.view.mode, timeline.span()]).toEqual(['past', [9_750, 9_900]])
  timeline.zoom(2, 9_800)
  expect(timeline.view).toMatchObject({ mode: 'live', windowS: 300 })
})

it('[TM8] zooms without a time at the end of what is live and around the middle of what is past', () => {
  const { timeline } = started()
  timeline.zoom(2)
  expect([timeline.view.mode, timeline.span()]).toEqual(['live', [9_400, 10_000]])
  timeline.show(5_000, 5_100)
  timeline.zoom(2)
  expect(timeline.span()).toEqual([4_950, 5_150])
})

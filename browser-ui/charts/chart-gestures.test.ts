import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createTimeline } from '../data/time/timeline.ts'
import { createChartGestures, type ChartPointer } from './chart-gestures.ts'
import { createCrosshair } from './crosshair.ts'

/** A chart 500 px wide that shows 9,500 to 10,000: one second a pixel. */
function setUp() {
  const clock = createHandClock()
  const timeline = createTimeline({ clock, first: { windowS: 500 } })
  timeline.noteEdge(10_000)
  const crosshair = createCrosshair((run) => run())
  const selections: (readonly [number, number] | undefined)[] = []
  const gestures = createChartGestures({
    timeline,
    crosshair,
    range: () => timeline.span(),
    widthPx: () => 500,
    rowTime: (fromS, byRows) => (fromS ?? 10_000) + byRows,
    onSelect: (span) => void selections.push(span),
  })
  const at = (xPx: number, more: Partial<ChartPointer> = {}): ChartPointer => ({
    id: 1,
    xPx,
    kind: 'mouse',
    isShift: false,
    atMs: clock.monotonicMs(),
    ...more,
  })
  return { clock, timeline, crosshair, selections, gestures, at }
}
const touch = { kind: 'touch' } as const

it('[TM30] a resting mouse holds the window and marks its time; leaving lets go of both', () => {
  const { clock, timeline, crosshair, gestures, at } = setUp()
  gestures.move(at(100))
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['held', 9_600])
  gestures.leave()
  clock.advance(1000)
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['live', undefined])
})

it('[TM30] the mark stays under a resting mouse when the window moves', () => {
  const { timeline, crosshair, gestures, at } = setUp()
  timeline.setForced(true)
  gestures.move(at(100))
  timeline.noteEdge(10_007)
  gestures.follow()
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['live', 9_607])
})

it('[TM31] a click locks, a double click resumes, and the mouse that still rests there does not hold it again', () => {
  const { timeline, gestures, at } = setUp()
  gestures.move(at(100))
  gestures.down(at(100))
  gestures.up(at(101))
  expect(timeline.view.mode).toBe('locked')
  gestures.doubleClick()
  gestures.move(at(102))
  expect(timeline.view.mode).toBe('live')
  gestures.leave()
  gestures.move(at(102))
  expect(timeline.view.mode).toBe('held')
})

it('[TM32] a drag selects a span, shown while it lasts, and the release zooms into it', () => {
  const { timeline, selections, gestures, at } = setUp()
  gestures.move(at(300))
  gestures.down(at(300))
  gestures.move(at(250))
  gestures.move(at(100))
  gestures.up(at(100))
  expect(selections).toEqual([[9_750, 9_800], [9_600, 9_800], undefined])
  expect([timeline.view.mode, timeline.span()]).toEqual(['past', [9_600, 9_800]])
})

it('[TM32] Escape gives up a selection', () => {
  const { timeline, selections, gestures, at } = setUp()
  gestures.move(at(300))
  gestures.down(at(300))
  gestures.move(at(200))
  expect(gestures.key('Escape', false)).toBe(true)
  gestures.up(at(200))
  expect([selections.at(-1), timeline.view.mode]).toEqual([undefined, 'held'])
})

it('[TM33] a drag with Shift pans, and so does a wheel turned sideways; a plain wheel is left to the page', () => {
  const { timeline, gestures, at } = setUp()
  gestures.down(at(100, { isShift: true }))
  gestures.move(at(200, { isShift: true }))
  gestures.move(at(300, { isShift: true }))
  gestures.up(at(300))
  expect(timeline.span()).toEqual([9_300, 9_800])
  const wheel = { xPx: 100, deltaX: 0, deltaY: 0, isZoom: false, isShift: false }
  expect(gestures.wheel({ ...wheel, deltaX: -50 })).toBe(true)
  expect(timeline.span()).toEqual([9_250, 9_750])
  expect(gestures.wheel({ ...wheel, deltaY: 100, isShift: true })).toBe(true)
  expect(timeline.span()).toEqual([9_350, 9_850])
  expect(gestures.wheel({ ...wheel, deltaY: 100 })).toBe(false)
  expect(timeline.span()).toEqual([9_350, 9_850])
})

it('[TM34] a zooming wheel zooms around the pointer', () => {
  const { timeline, gestures } = setUp()
  timeline.show(8_000, 8_500)
  gestures.wheel({ xPx: 250, deltaX: 0, deltaY: -10_000, isZoom: true, isShift: false })
  expect(timeline.span()).toEqual([8_125, 8_375])
})

it('[TM35] a tap locks and marks, a second one resumes', () => {
  const { clock, timeline, crosshair, gestures, at } = setUp()
  const tap = () => {
    gestures.down(at(100, touch))
    gestures.up(at(100, touch))
  }
  tap()
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['locked', 9_600])
  clock.advance(5000)
  tap()
  expect(timeline.view.mode).toBe('locked')
  clock.advance(100)
  tap()
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['live', undefined])
})

it('[TM35] one finger pans, two zoom around what is between them, and what the browser takes for scrolling changes nothing', () => {
  const { timeline, gestures, at } = setUp()
  gestures.down(at(100, touch))
  gestures.cancel(1)
  gestures.up(at(300, touch))
  expect(timeline.view.mode).toBe('live')
  gestures.down(at(100, touch))
  gestures.move(at(200, touch))
  gestures.up(at(200, touch))
  expect(timeline.span()).toEqual([9_400, 9_900])
  gestures.down(at(200, touch))
  gestures.down(at(300, { ...touch, id: 2 }))
  gestures.move(at(150, touch))
  gestures.move(at(350, { ...touch, id: 2 }))
  gestures.up(at(150, touch))
  gestures.up(at(350, { ...touch, id: 2 }))
  expect(timeline.span()).toEqual([9_525, 9_775])
})

it('[TM36] keys move the mark from row to row and hold, pan, zoom around the mark, lock and resume; others are left to the page', () => {
  const { timeline, crosshair, gestures } = setUp()
  gestures.key('ArrowLeft', false)
  gestures.key('ArrowLeft', false)
  gestures.key('PageDown', false)
  gestures.key('ArrowRight', false)
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['held', 9_989])
  gestures.key('Enter', false)
  expect(timeline.view.mode).toBe('locked')
  gestures.key('ArrowLeft', true)
  expect(timeline.span()).toEqual([9_375, 9_875])
  crosshair.set(9_500)
  gestures.key('+', false)
  expect(timeline.span()).toEqual([9_437.5, 9_687.5])
  gestures.key('-', false)
  expect(timeline.span()).toEqual([9_375, 9_875])
  crosshair.set(9_990)
  gestures.key('+', false)
  expect(timeline.span()).toEqual([9_500, 9_750])
  gestures.key('Escape', false)
  expect([timeline.view.mode, crosshair.timeS]).toEqual(['live', undefined])
  expect([gestures.key('Escape', false), gestures.key('Tab', false), gestures.key(' ', false)]).toEqual([false, false, false])
})

it('[TM36] lets go of the window when the keyboard goes elsewhere', () => {
  const { clock, timeline, gestures } = setUp()
  gestures.key('ArrowLeft', false)
  gestures.blur()
  clock.advance(1000)
  expect(timeline.view.mode).toBe('live')
})

it('[TM37] no pointer stops forced play: neither rest, click, drag nor wheel; zooming changes the length alone', () => {
  const { timeline, gestures, at } = setUp()
  timeline.setForced(true)
  gestures.move(at(100))
  gestures.down(at(100))
  gestures.move(at(300))
  gestures.up(at(300))
  gestures.wheel({ xPx: 100, deltaX: -100, deltaY: 0, isZoom: false, isShift: false })
  gestures.wheel({ xPx: 100, deltaX: 0, deltaY: 10_000, isZoom: true, isShift: false })
  expect(timeline.view).toEqual({ mode: 'live', windowS: 1000, endS: undefined, isForced: true })
})

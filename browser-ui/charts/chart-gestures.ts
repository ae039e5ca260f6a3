import type { Timeline } from '../data/time/timeline.ts'
import type { Crosshair } from './crosshair.ts'

/** A pointer over a chart; `xPx` counts from the left end of the plotted time. */
export interface ChartPointer {
  readonly id: number
  readonly xPx: number
  readonly kind: 'mouse' | 'touch'
  readonly isShift: boolean
  readonly atMs: number
}

export interface ChartWheel {
  readonly xPx: number
  readonly deltaX: number
  readonly deltaY: number
  readonly isZoom: boolean
  readonly isShift: boolean
}

/**
 * What a person does with a chart, turned into wishes for the timeline: rest holds, click locks, double click resumes, drag selects a
 * span, drag with Shift and a finger's drag pan, two fingers and the zooming wheel zoom. Forced play listens to none that stops it.
 */
export interface ChartGestures {
  move(pointer: ChartPointer): void
  leave(): void
  down(pointer: ChartPointer): void
  up(pointer: ChartPointer): void
  /** The browser took the pointer for something else, such as scrolling. */
  cancel(id: number): void
  doubleClick(): void
  /** Whether the wheel was meant for the chart; otherwise it scrolls the page. */
  wheel(wheel: ChartWheel): boolean
  /** Whether the key was meant for the chart. */
  key(key: string, isShift: boolean): boolean
  /** The keyboard went elsewhere. */
  blur(): void
  /** The window was painted anew, perhaps under a resting pointer. */
  follow(): void
}

export interface ChartGesturesDeps {
  readonly timeline: Timeline
  readonly crosshair: Crosshair
  /** First and last second that are painted. */
  readonly range: () => readonly [number, number]
  readonly widthPx: () => number
  /** The times of painted rows around a time, for steps of the keyboard; undefined when there is no row in that direction. */
  readonly rowTime: (fromS: number | undefined, byRows: number) => number | undefined
  /** A span is being selected, or no more. */
  readonly onSelect: (span: readonly [number, number] | undefined) => void
}

/** What the keys of a chart do, for its description. */
export const chartKeys =
  'Arrow keys move through time, Shift and an arrow key pans, plus and minus zoom, Enter stops the window, Escape makes it live again.'

const dragPx = 5
const doubleTapMs = 350
const keyPanShare = 0.25
const farRows = 10

type Drag =
  | { readonly kind: 'select'; readonly id: number; readonly fromPx: number }
  | { readonly kind: 'pan'; readonly id: number; readonly fromPx: number; readonly span: readonly [number, number] }

export function createChartGestures({ timeline, crosshair, range, widthPx, rowTime, onSelect }: ChartGesturesDeps): ChartGestures {
  const fingers = new Map<number, number>()
  let pressed: ChartPointer | undefined
  let drag: Drag | undefined
  let pinch: readonly { readonly id: number; readonly timeS: number }[] | undefined
  let lastTapMs = Number.NEGATIVE_INFINITY
  /** Where the mouse rests, for windows that move under it. */
  let restPx: number | undefined
  /** Resumed by hand: the pointer that still rests there must not hold it again. */
  let mayHold = true
  let isKeyed = false
  let isTapped = false

  const timeAt = (xPx: number) => {
    const [fromS, toS] = range()
    return fromS + ((toS - fromS) * Math.min(widthPx(), Math.max(0, xPx))) / widthPx()
  }
  /** The mark that keys zoom around; one that was panned out of sight is none. */
  const markedTime = () => {
    const { timeS } = crosshair
    const [fromS, toS] = timeline.span()
    return timeline.view.isForced || timeS === undefined || timeS < fromS || timeS > toS ? undefined : timeS
  }
  const hold = () => {
    if (mayHold) timeline.hold()
  }
  const lock = () => {
    if (!timeline.view.isForced) timeline.lock()
  }
  const resume = () => {
    mayHold = false
    timeline.resume()
  }
  const endDrag = () => {
    drag = undefined
    pressed = undefined
    onSelect(undefined)
  }

  const dragTo = ({ xPx }: ChartPointer) => {
    if (drag?.kind === 'select') onSelect(inOrder(timeAt(drag.fromPx), timeAt(xPx)))
    else if (drag?.kind === 'pan') {
      const [fromS, toS] = drag.span
      const byS = ((drag.fromPx - xPx) / widthPx()) * (toS - fromS)
      timeline.show(fromS + byS, toS + byS)
    }
  }

  const startDrag = (from: ChartPointer) => {
    const isPan = from.kind === 'touch' || from.isShift
    drag = isPan ? { kind: 'pan', id: from.id, fromPx: from.xPx, span: range() } : { kind: 'select', id: from.id, fromPx: from.xPx }
    if (isPan) crosshair.set(undefined)
  }

  /** The times under two fingers stay under them. */
  const pinchTo = () => {
    const [first, second] = pinch ?? []
    const a = fingers.get(first?.id ?? -1)
    const b = fingers.get(second?.id ?? -1)
    if (first === undefined || second === undefined || a === undefined || b === undefined) return
    const perPx = (second.timeS - first.timeS) / (b - a)
    if (!(perPx > 0) || Math.abs(b - a) < 2 * dragPx) return
    const fromS = first.timeS - a * perPx
    timeline.show(fromS, fromS + perPx * widthPx())
  }

  const tap = (pointer: ChartPointer) => {
    const isDouble = pointer.atMs - lastTapMs < doubleTapMs
    lastTapMs = isDouble ? Number.NEGATIVE_INFINITY : pointer.atMs
    if (isDouble) {
      crosshair.set(undefined)
      return resume()
    }
    lock()
    isTapped = true
    crosshair.set(timeAt(pointer.xPx))
  }

  return {
    move(pointer) {
      if (fingers.has(pointer.id)) fingers.set(pointer.id, pointer.xPx)
      if (pinch !== undefined) return pinchTo()
      if (pressed?.id === pointer.id && !timeline.view.isForced) {
        if (drag === undefined && Math.abs(pointer.xPx - pressed.xPx) >= dragPx) startDrag(pressed)
        dragTo(pointer)
      }
      if (pointer.kind === 'touch' || drag?.kind === 'pan') return
      restPx = pointer.xPx
      isKeyed = false
      hold()
      crosshair.set(timeAt(pointer.xPx))
    },
    leave() {
      restPx = undefined
      mayHold = true
      if (drag !== undefined) return
      crosshair.set(undefined)
      timeline.release()
    },
    down(pointer) {
      if (pointer.kind === 'touch') fingers.set(pointer.id, pointer.xPx)
      if (fingers.size === 2 && !timeline.view.isForced) {
        endDrag()
        crosshair.set(undefined)
        pinch = [...fingers].sort(([, a], [, b]) => a - b).map(([id, xPx]) => ({ id, timeS: timeAt(xPx) }))
        return
      }
      pressed = pointer
    },
    up(pointer) {
      const wasPinch = pinch !== undefined
      fingers.delete(pointer.id)
      if (fingers.size < 2) pinch = undefined
      if (wasPinch || pressed?.id !== pointer.id) return
      const ended = drag
      const fromPx = pressed.xPx
      endDrag()
      if (ended?.kind === 'select') timeline.show(timeAt(fromPx), timeAt(pointer.xPx))
      if (ended !== undefined) return
      if (pointer.kind === 'touch') tap(pointer)
      else lock()
    },
    cancel(id) {
      fingers.delete(id)
      if (fingers.size < 2) pinch = undefined
      if (pressed?.id === id) endDrag()
    },
    doubleClick() {
      endDrag()
      resume()
    },
    wheel({ xPx, deltaX, deltaY, isZoom, isShift }) {
      if (isZoom) {
        const factor = Math.min(2, Math.max(0.5, 1.002 ** deltaY))
        timeline.zoom(factor, timeline.view.isForced ? undefined : timeAt(xPx))
        return true
      }
      const sideways = isShift && deltaX === 0 ? deltaY : Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : 0
      if (sideways === 0) return false
      if (!timeline.view.isForced) timeline.pan(sideways / widthPx())
      return true
    },
    key(key, isShift) {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[key]
      if (by !== undefined && isShift) timeline.pan(by * keyPanShare)
      else if (by !== undefined || key === 'PageUp' || key === 'PageDown') {
        const next = rowTime(crosshair.timeS, by ?? (key === 'PageUp' ? farRows : -farRows))
        timeline.hold()
        isKeyed = true
        if (next !== undefined) crosshair.set(next)
      } else if (key === '+' || key === '=') timeline.zoom(0.5, markedTime())
      else if (key === '-' || key === '_') timeline.zoom(2, markedTime())
      else if (key === 'Enter') timeline.lock()
      else if (key === 'Escape') {
        if (drag !== undefined) {
          endDrag()
          return true
        }
        if (timeline.view.mode === 'live' && crosshair.timeS === undefined) return false
        crosshair.set(undefined)
        isKeyed = false
        resume()
      } else return false
      return true
    },
    blur() {
      if (!isKeyed) return
      isKeyed = false
      crosshair.set(undefined)
      timeline.release()
    },
    follow() {
      if (timeline.view.mode !== 'live') return
      // What a finger marked while the window stood still is over once it moves.
      if (isTapped) {
        isTapped = false
        crosshair.set(undefined)
      }
      if (restPx !== undefined && drag === undefined) crosshair.set(timeAt(restPx))
    },
  }
}

const inOrder = (a: number, b: number): readonly [number, number] => (a <= b ? [a, b] : [b, a])

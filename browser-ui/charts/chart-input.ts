import type { ChartGestures, ChartPointer } from './chart-gestures.ts'

/** Hands the events of an element to a chart's gestures. `leftPx`: where the plotted time begins in the element. The answer ends it. */
export function bindChartInput(host: HTMLElement, gestures: ChartGestures, leftPx: () => number): () => void {
  const abort = new AbortController()
  const { signal } = abort
  // Read once as a pointer comes: a page does not move sideways, and asking at each move would force a layout.
  let hostLeftPx = 0
  const measure = () => (hostLeftPx = host.getBoundingClientRect().left)
  const xOf = (event: MouseEvent) => event.clientX - hostLeftPx - leftPx()
  const pointerOf = (event: PointerEvent): ChartPointer => ({
    id: event.pointerId,
    xPx: xOf(event),
    kind: event.pointerType === 'mouse' ? 'mouse' : 'touch',
    isShift: event.shiftKey,
    atMs: event.timeStamp,
  })

  host.addEventListener('pointerenter', measure, { signal })
  host.addEventListener('pointermove', (event) => gestures.move(pointerOf(event)), { signal })
  host.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && gestures.leave(), { signal })
  host.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      measure()
      host.setPointerCapture(event.pointerId)
      gestures.down(pointerOf(event))
    },
    { signal },
  )
  host.addEventListener('pointerup', (event) => event.button === 0 && gestures.up(pointerOf(event)), { signal })
  host.addEventListener('pointercancel', (event) => gestures.cancel(event.pointerId), { signal })
  host.addEventListener('dblclick', () => gestures.doubleClick(), { signal })
  host.addEventListener(
    'wheel',
    (event) => {
      measure()
      // Lines and pages, as some mice count, are about this many pixels.
      const unitPx = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 16 : 400
      const isUsed = gestures.wheel({
        xPx: xOf(event),
        deltaX: event.deltaX * unitPx,
        deltaY: event.deltaY * unitPx,
        isZoom: event.ctrlKey || event.metaKey,
        isShift: event.shiftKey,
      })
      if (isUsed) event.preventDefault()
    },
    { signal, passive: false },
  )
  host.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (!gestures.key(event.key, event.shiftKey)) return
      event.preventDefault()
      event.stopPropagation()
    },
    { signal },
  )
  host.addEventListener('blur', () => gestures.blur(), { signal })
  return () => abort.abort()
}

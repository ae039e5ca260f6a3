/** What lies over a chart without being painted into it: the crosshair and the box of a selection. Pixels from the plotted time's left end. */
export interface ChartOverlay {
  /** Where the plotted time lies in the host. */
  place(leftPx: number, topPx: number, widthPx: number, heightPx: number): void
  mark(xPx: number | undefined): void
  select(box: { readonly fromPx: number; readonly toPx: number; readonly text: string } | undefined): void
  destroy(): void
}

export function createChartOverlay(host: HTMLElement): ChartOverlay {
  const area = document.createElement('div')
  area.className = 'chart-over'
  area.setAttribute('aria-hidden', 'true')
  const line = document.createElement('div')
  line.className = 'chart-line'
  line.hidden = true
  const box = document.createElement('div')
  box.className = 'chart-box'
  box.hidden = true
  const label = document.createElement('span')
  label.className = 'chart-box-text'
  box.append(label)
  area.append(line, box)
  host.append(area)
  let placed = ''
  let marked: number | undefined

  return {
    place(leftPx, topPx, widthPx, heightPx) {
      const key = `${leftPx} ${topPx} ${widthPx} ${heightPx}`
      if (key === placed) return
      placed = key
      area.style.left = `${leftPx}px`
      area.style.top = `${topPx}px`
      area.style.width = `${widthPx}px`
      area.style.height = `${heightPx}px`
    },
    mark(xPx) {
      if (xPx === marked) return
      if (xPx === undefined) line.hidden = true
      else {
        if (marked === undefined) line.hidden = false
        line.style.transform = `translateX(${Math.round(xPx)}px)`
      }
      marked = xPx
    },
    select(next) {
      box.hidden = next === undefined
      if (next === undefined) return
      box.style.transform = `translateX(${next.fromPx}px)`
      box.style.width = `${Math.max(1, next.toPx - next.fromPx)}px`
      if (label.textContent !== next.text) label.textContent = next.text
    },
    destroy: () => area.remove(),
  }
}

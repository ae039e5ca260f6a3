import { formatNumber, type UnitScale } from '../data/units.ts'
import type { FrameSeries } from '../data/chart-frame.ts'

/** The words under a chart: name, colour and value of each series at one time. Written by hand, without React: it changes every second. */
export interface LegendView {
  /** Which series there are; rebuilt only when they change. */
  setSeries(series: readonly FrameSeries[], colors: readonly string[]): void
  /** The values at one row; `isHovered` when a person points at that time. */
  setRow(series: readonly FrameSeries[], row: number, timeS: number | undefined, scale: UnitScale, isHovered: boolean): void
  destroy(): void
}

/** Series shown before the rest folds away. */
const firstShown = 8

interface Cell {
  readonly item: HTMLElement
  readonly value: HTMLElement
  readonly swatch: HTMLElement
  text: string
}

export function createLegendView(host: HTMLElement): LegendView {
  const list = document.createElement('ul')
  list.className = 'legend-list'
  const more = document.createElement('button')
  more.type = 'button'
  more.className = 'legend-more'
  more.hidden = true
  host.replaceChildren(list, more)
  let cells: Cell[] = []
  let key = ''
  let isOpen = false
  let shownTime = ''

  const fold = () => {
    cells.forEach((cell, index) => (cell.item.hidden = !isOpen && index >= firstShown))
    more.hidden = cells.length <= firstShown
    more.textContent = isOpen ? 'Show fewer' : `${cells.length - firstShown} more`
    more.setAttribute('aria-expanded', String(isOpen))
  }
  more.addEventListener('click', () => {
    isOpen = !isOpen
    fold()
  })

  return {
    setSeries(series, colors) {
      const nextKey = series.map((line, index) => `${line.dimensionId}\u0000${colors[index]}`).join('\u0001')
      if (nextKey === key) return
      key = nextKey
      cells = series.map((line, index) => {
        const item = document.createElement('li')
        item.className = 'legend-item'
        item.dataset['dimension'] = line.dimensionId
        const swatch = document.createElement('span')
        swatch.className = 'legend-swatch'
        swatch.style.backgroundColor = colors[index] ?? ''
        const name = document.createElement('span')
        name.className = 'legend-name'
        name.textContent = line.name
        name.title = line.name
        const value = document.createElement('span')
        value.className = 'legend-value'
        value.textContent = '–'
        item.append(swatch, name, value)
        return { item, value, swatch, text: '' }
      })
      list.replaceChildren(...cells.map((cell) => cell.item))
      fold()
    },
    setRow(series, row, timeS, scale, isHovered) {
      const time = timeS === undefined ? '' : String(timeS)
      if (time !== shownTime) {
        shownTime = time
        host.dataset['time'] = time
      }
      host.classList.toggle('is-hovered', isHovered)
      series.forEach((line, index) => {
        const cell = cells[index]
        if (cell === undefined) return
        const raw = line.values[row] ?? null
        const rawText = raw === null ? '' : String(raw)
        if (cell.item.dataset['value'] !== rawText) {
          cell.item.dataset['value'] = rawText
          cell.item.classList.toggle('is-zero', raw === 0)
        }
        const text = raw === null ? '–' : formatNumber(raw * scale.factor)
        if (text === cell.text) return
        cell.text = text
        cell.value.textContent = text
      })
    },
    destroy: () => host.replaceChildren(),
  }
}

import { formatNumber, type UnitScale } from '../data/units.ts'
import type { FrameSeries } from '../data/chart-frame.ts'
import type { SeriesRanking } from './series-ranks.ts'

/** The words under a chart: name, colour and value of each series at one time. Written by hand, without React: it changes every second. */
export interface LegendView {
  /** Series that are switched off: they stay in the legend, marked. */
  setHidden(hidden: ReadonlySet<string>): void
  /** Which series there are; rebuilt only when they change. */
  setSeries(series: readonly FrameSeries[], colors: readonly string[], ranking: SeriesRanking): void
  /**
   * The values at one row; `isHovered` when a person points at that time. With `paint` the swatches have the colours of the values,
   * as the cells of a heat map do; undefined is no colour.
   */
  setRow(
    series: readonly FrameSeries[],
    row: number,
    timeS: number | undefined,
    scale: UnitScale,
    isHovered: boolean,
    paint?: (value: number) => string | undefined,
  ): void
  /** The colour of each series, by its id; the one that matters most first. */
  colors(): ReadonlyMap<string, string>
  destroy(): void
}

/** Series shown before the rest folds away: the busy ones, up to this many; quiet ones fill up to a few. */
const mostShown = 6
const fewShown = 3

interface Cell {
  readonly id: string
  readonly item: HTMLElement
  readonly button: HTMLButtonElement
  readonly value: HTMLElement
  readonly swatch: HTMLElement
  text: string
}

/** `onPick`: a person chose a series; alone, or (with Shift, Ctrl or ⌘) in addition to the others. */
export function createLegendView(host: HTMLElement, onPick?: (dimensionId: string, isAlone: boolean) => void): LegendView {
  const list = document.createElement('ul')
  list.className = 'legend-list'
  const more = document.createElement('button')
  more.type = 'button'
  more.className = 'legend-more'
  const moreItem = document.createElement('li')
  moreItem.append(more)
  host.replaceChildren(list)
  let cells: Cell[] = []
  let key = ''
  let isOpen = false
  let shownTime = ''
  let order: readonly number[] = []
  let firstShown = mostShown
  let hiddenSeries: ReadonlySet<string> = new Set()
  let colorOf: ReadonlyMap<string, string> = new Map()

  const markHidden = () => {
    for (const { id, item, button } of cells) {
      const isHidden = hiddenSeries.has(id)
      item.classList.toggle('is-off', isHidden)
      button.setAttribute('aria-pressed', String(!isHidden))
    }
  }
  const fold = () => {
    order.forEach((cellIndex, position) => {
      const cell = cells[cellIndex]
      if (cell) cell.item.hidden = !isOpen && position >= firstShown
    })
    const rest = cells.length - firstShown
    moreItem.hidden = rest <= 0
    more.textContent = isOpen ? 'Show fewer' : `${rest} more`
    more.setAttribute('aria-expanded', String(isOpen))
  }
  more.addEventListener('click', () => {
    isOpen = !isOpen
    fold()
  })

  return {
    setHidden(hidden) {
      hiddenSeries = hidden
      markHidden()
    },
    setSeries(series, colors, ranking) {
      const nextKey = ranking.order.map((index) => `${series[index]?.dimensionId}\u0000${colors[index]}`).join('\u0001')
      if (nextKey === key) return
      key = nextKey
      colorOf = new Map(ranking.order.map((index) => [series[index]?.dimensionId ?? '', colors[index] ?? '']))
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
        const value = document.createElement('span')
        value.className = 'legend-value'
        value.textContent = '–'
        const button = document.createElement('button')
        button.type = 'button'
        button.className = 'legend-button'
        button.title = `${line.name}\nClick: this one alone. Shift+click: on or off.`
        button.append(swatch, name, value)
        button.addEventListener('click', (event) => onPick?.(line.dimensionId, !event.shiftKey && !event.ctrlKey && !event.metaKey))
        item.append(button)
        return { id: line.dimensionId, item, button, value, swatch, text: '' }
      })
      order = ranking.order
      const wished = Math.min(mostShown, Math.max(fewShown, ranking.active))
      // Folding away a single one would take as much room as showing it.
      firstShown = cells.length - wished === 1 ? cells.length : Math.min(wished, cells.length)
      list.replaceChildren(...order.map((index) => cells[index]?.item ?? ''), moreItem)
      markHidden()
      fold()
    },
    setRow(series, row, timeS, scale, isHovered, paint) {
      const time = timeS === undefined ? '' : String(timeS)
      if (time !== shownTime) {
        shownTime = time
        host.dataset['time'] = time
      }
      host.classList.toggle('is-hovered', isHovered)
      host.classList.toggle('is-heat', paint !== undefined)
      series.forEach((line, index) => {
        const cell = cells[index]
        if (cell === undefined) return
        const raw = line.values[row] ?? null
        const rawText = raw === null ? '' : String(raw)
        if (cell.item.dataset['value'] !== rawText) {
          cell.item.dataset['value'] = rawText
          cell.item.classList.toggle('is-zero', raw === 0)
        }
        // The most there is may have changed under a value that stayed.
        if (paint !== undefined) cell.swatch.style.backgroundColor = (raw === null ? undefined : paint(raw)) ?? 'transparent'
        const text = raw === null ? '–' : formatNumber(raw * scale.factor)
        if (text === cell.text) return
        cell.text = text
        cell.value.textContent = text
      })
    },
    colors: () => colorOf,
    destroy: () => host.replaceChildren(),
  }
}

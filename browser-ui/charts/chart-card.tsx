import { memo, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { ContextSummary } from '../data/feed/catalogue.ts'
import { buildFrame } from '../data/chart-frame.ts'
import { isPercentage } from '../data/units.ts'
import { useTheme } from '../ui/hooks.ts'
import { chartColors } from './chart-colors.ts'
import { chartKeys } from './chart-gestures.ts'
import { createChartView, type ChartView } from './chart-view.ts'
import { timeZone } from '../ui/time-zone.ts'
import type { Deck } from './deck.ts'
import { createLegendView } from './legend-view.ts'

const heightPx = 168
/** Charts start to work this far before they scroll into sight. */
const nearPx = 300

interface ChartCardProps {
  readonly deck: Deck
  readonly context: ContextSummary
}

/** One chart with its title, instance choice and legend. Works only while it is on screen; ticks never pass through React. */
export const ChartCard = memo(function ChartCard({ deck, context }: ChartCardProps) {
  const card = useRef<HTMLElement>(null)
  const plotHost = useRef<HTMLDivElement>(null)
  const legendHost = useRef<HTMLDivElement>(null)
  const unitLabel = useRef<HTMLSpanElement>(null)
  const timeLabel = useRef<HTMLTimeElement>(null)
  const view = useRef<ChartView>(undefined)
  const colors = useRef(chartColors.light)
  const chosen = useRef<string>(undefined)
  const [chartId, setChartId] = useState<string>()
  const [isNear, setIsNear] = useState(false)
  const theme = useTheme()
  const catalogue = useSyncExternalStore(deck.feed.onStatus, () => deck.feed.status.catalogue)
  const instances = catalogue?.instances.get(context.id) ?? []

  useEffect(() => {
    const element = card.current
    if (element === null) return undefined
    const observer = new IntersectionObserver(([entry]) => setIsNear(entry?.isIntersecting ?? false), { rootMargin: `${nearPx}px 0px` })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    colors.current = chartColors[theme]
    view.current?.setColors(colors.current)
  }, [theme])

  useEffect(() => {
    chosen.current = chartId
    view.current?.invalidate()
    deck.invalidate()
  }, [deck, chartId])

  useEffect(() => {
    const element = card.current
    const host = plotHost.current
    const legendElement = legendHost.current
    if (!isNear || element === null || host === null || legendElement === null) return undefined
    const { feed } = deck
    const legend = createLegendView(legendElement)
    const widthPx = Math.max(200, host.clientWidth)
    const chart = createChartView(
      {
        host,
        legend,
        units: context.units,
        chartType: context.chartType,
        heightPx,
        timeline: feed.timeline,
        onScale: ({ label }) => setText(unitLabel.current, label),
        onCursor: (timeS) => setText(timeLabel.current, timeS === undefined ? '' : timeZone.format.moment(timeS, feed.timeline.edgeS())),
      },
      colors.current,
      widthPx,
    )
    view.current = chart
    const hide = feed.show(context.id, widthPx)
    const remove = deck.add({
      contextId: context.id,
      draw() {
        chart.setLoading(feed.isLoading(context.id))
        const table = feed.table(context.id)
        const [fromS, toS] = feed.timeline.span()
        if (table === undefined || toS === 0 || (table.length === 0 && feed.isLoading(context.id))) return
        const frame = buildFrame(table, {
          chartId: chosen.current,
          isAveraged: isPercentage(context.units),
          fromS,
          toS,
          paceS: feed.paceS(context.id),
        })
        element.dataset['lastTime'] = String(frame.timesS.at(-1) ?? 0)
        element.dataset['drawn'] = 'true'
        chart.draw(frame, fromS, toS)
      },
    })
    const resizes = new ResizeObserver(() => chart.resize(Math.max(200, host.clientWidth)))
    resizes.observe(host)
    return () => {
      resizes.disconnect()
      remove()
      hide()
      chart.destroy()
      legend.destroy()
      view.current = undefined
      delete element.dataset['drawn']
    }
  }, [deck, context.id, context.units, context.chartType, isNear])

  return (
    <article
      ref={card}
      className="chart-card"
      data-context={context.id}
      data-near={isNear || undefined}
      aria-label={`${context.title}, ${context.units}`}
    >
      <header className="chart-head">
        <h3 title={context.id}>{context.title || context.id}</h3>
        <time ref={timeLabel} className="chart-time" />
        {instances.length > 1 ? (
          <select
            className="chart-select"
            aria-label={`Instance of ${context.title}`}
            value={chartId ?? ''}
            onChange={(event) => setChartId(event.target.value || undefined)}
          >
            <option value="">
              All {instances.length} ({isPercentage(context.units) ? 'mean' : 'sum'})
            </option>
            {instances.map((instance) => (
              <option key={instance.chartId} value={instance.chartId}>
                {instance.label}
              </option>
            ))}
          </select>
        ) : null}
        <span ref={unitLabel} className="chart-unit">
          {context.units}
        </span>
      </header>
      <div ref={plotHost} className="chart-plot" role="img" tabIndex={0} aria-label={`Chart of ${context.title}. ${chartKeys}`} />
      <div ref={legendHost} className="chart-legend" />
    </article>
  )
})

function setText(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text
}

import './charts.css'
import { memo, useEffect, useState } from 'react'
import type { CardSettings } from '../data/charts/card-settings.ts'
import type { ContextSummary } from '../data/feed/catalogue.ts'
import { scaleFor } from '../data/units.ts'
import { ChartStage } from './chart-stage.tsx'
import { ChartControls } from './controls/chart-controls.tsx'
import { controlIcons } from './controls/control-icons.tsx'
import type { ChartOver } from './chart-view.ts'
import type { Deck } from './deck.ts'
import { createNearObserver } from './near.ts'
import { useMountedChart } from './use-mounted-chart.ts'

const cardHeightPx = 168
/** Charts start to work this far before they scroll into sight. */
const observeNear = createNearObserver(300)

export interface ChartCardProps {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly settings: CardSettings
  /** Must stay the same between renders. */
  readonly onSettings: (contextId: string, settings: CardSettings) => void
  /** Opens the large chart; must stay the same between renders. */
  readonly onExpand?: (contextId: string) => void
  /** Height of the plot. */
  readonly heightPx?: number
  /** In place of the context's own title. */
  readonly title?: string
  /** What is painted over the chart, read at each painting; must stay the same between renders. Another `overKey` repaints it. */
  readonly over?: ChartOver
  readonly overKey?: string
}

/** One chart with its title, controls and legend. Works only while it is near the screen; ticks never pass through React. */
export const ChartCard = memo(function ChartCard({
  deck,
  context,
  settings,
  onSettings,
  onExpand,
  heightPx = cardHeightPx,
  title: givenTitle,
  over,
  overKey,
}: ChartCardProps) {
  const [isNear, setIsNear] = useState(false)
  const { card, plotHost, legendHost, unitLabel, timeLabel, volumeLabel, reason } = useMountedChart({
    deck,
    context,
    settings,
    onSettings,
    isWorking: isNear,
    heightPx,
    over,
    overKey,
  })
  const title = givenTitle ?? (context.title || context.id)

  useEffect(() => {
    const element = card.current
    return element === null ? undefined : observeNear(element, setIsNear)
  }, [card])

  return (
    <article
      ref={card}
      className="chart-card"
      data-context={context.id}
      data-near={isNear || undefined}
      aria-label={`${title}, ${context.units}`}
    >
      <header className="chart-head">
        <h3 title={`${title}\n${context.id}`}>{title}</h3>
        <time ref={timeLabel} className="chart-time" />
        <span ref={unitLabel} className="chart-unit" title={context.units}>
          {scaleFor(context.units, 0).label}
        </span>
        {onExpand === undefined ? null : (
          <button
            type="button"
            className="chart-tool"
            aria-label={`Expand ${title}`}
            title="Expand (e)"
            onClick={() => onExpand(context.id)}
          >
            {controlIcons.expand}
          </button>
        )}
      </header>
      <div className="chart-controls">
        {isNear ? <ChartControls deck={deck} context={context} settings={settings} onSettings={onSettings} /> : null}
        <span ref={volumeLabel} className="chart-volume" />
      </div>
      <ChartStage title={title} plotHost={plotHost} legendHost={legendHost} reason={reason} heightPx={heightPx} />
    </article>
  )
})

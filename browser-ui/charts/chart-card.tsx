import './charts.css'
import { memo, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { choiceOf, kindOf, picked, type CardSettings } from '../data/charts/card-settings.ts'
import type { ContextSummary } from '../data/feed/catalogue.ts'
import type { NoDataReason } from '../data/metrics/metrics-feed.ts'
import { useTheme } from '../ui/hooks.ts'
import { chartColors } from './chart-colors.ts'
import { ChartStage } from './chart-stage.tsx'
import { ChartControls } from './controls/chart-controls.tsx'
import { controlIcons } from './controls/control-icons.tsx'
import type { Deck } from './deck.ts'
import { mountChart, type MountedChart } from './mounted-chart.ts'
import { createNearObserver } from './near.ts'

const cardHeightPx = 168
/** Charts start to work this far before they scroll into sight. */
const observeNear = createNearObserver(300)
const nothing: readonly string[] = []

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
}: ChartCardProps) {
  const card = useRef<HTMLElement>(null)
  const plotHost = useRef<HTMLDivElement>(null)
  const legendHost = useRef<HTMLDivElement>(null)
  const unitLabel = useRef<HTMLSpanElement>(null)
  const timeLabel = useRef<HTMLTimeElement>(null)
  const volumeLabel = useRef<HTMLSpanElement>(null)
  const chart = useRef<MountedChart>(undefined)
  const [isNear, setIsNear] = useState(false)
  const [reason, setReason] = useState<NoDataReason>()
  const theme = useTheme()
  const { feed } = deck
  // A text, so that only other nodes make another choice, not every change of their state.
  const nodeKey = useSyncExternalStore(feed.onStatus, () => feed.status.nodes.map(({ nodeId }) => nodeId).join(' '))
  const choice = useMemo(
    () => choiceOf({ id: context.id, units: context.units }, settings, nodeKey.split(' ')),
    [context.id, context.units, settings, nodeKey],
  )
  const kind = kindOf(context, settings)
  const hidden = settings.hidden ?? nothing
  const title = givenTitle ?? (context.title || context.id)
  const latest = useRef({ choice, hidden, theme, settings })
  latest.current = { choice, hidden, theme, settings }

  useEffect(() => {
    const element = card.current
    return element === null ? undefined : observeNear(element, setIsNear)
  }, [])

  useEffect(() => {
    if (!isNear || card.current === null || plotHost.current === null || legendHost.current === null) return undefined
    const mounted = mountChart(
      {
        deck,
        context,
        kind,
        heightPx,
        card: card.current,
        host: plotHost.current,
        legendHost: legendHost.current,
        unitLabel: unitLabel.current,
        timeLabel: timeLabel.current,
        volumeLabel: volumeLabel.current,
        onReason: setReason,
        onPick(ids, id, isAlone) {
          onSettings(context.id, picked(latest.current.settings, ids, id, isAlone))
        },
      },
      latest.current.choice,
      latest.current.hidden,
      chartColors[latest.current.theme],
    )
    chart.current = mounted
    return () => {
      mounted.destroy()
      chart.current = undefined
      setReason(undefined)
    }
  }, [deck, context, kind, heightPx, isNear, onSettings])

  useEffect(() => chart.current?.setColors(chartColors[theme]), [theme])
  useEffect(() => chart.current?.setChoice(choice), [choice])
  useEffect(() => chart.current?.setHidden(hidden), [hidden])

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
          {context.units}
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

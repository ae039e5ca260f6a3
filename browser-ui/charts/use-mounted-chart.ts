import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from 'react'
import { choiceOf, kindOf, picked, type CardSettings, type ChartKind } from '../data/charts/card-settings.ts'
import type { ContextSummary } from '../data/feed/catalogue.ts'
import type { ChartChoice, NoDataReason } from '../data/metrics/metrics-feed.ts'
import { useTheme } from '../ui/hooks.ts'
import { chartColors } from './chart-colors.ts'
import type { Deck } from './deck.ts'
import { mountChart, type MountedChart, type MountedChartDeps } from './mounted-chart.ts'
import type { Theme } from '../ui/look/theme.ts'

export interface MountedChartWish extends Pick<MountedChartDeps, 'onFrame' | 'comparedTo' | 'over'> {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly settings: CardSettings
  /** Must stay the same between renders. */
  readonly onSettings: (contextId: string, settings: CardSettings) => void
  /** False while the chart is far from the screen: it then wants and draws nothing. */
  readonly isWorking: boolean
  /** Height of the plot before it was laid out; undefined: the one it is laid out with. */
  readonly heightPx?: number
  /** Another text repaints what is painted over the chart. */
  readonly overKey?: string | undefined
}

/** The elements that a chart writes into, each a ref to be put on one, and what it shows. */
export interface MountedChartParts {
  readonly card: RefObject<HTMLElement | null>
  readonly plotHost: RefObject<HTMLDivElement | null>
  readonly legendHost: RefObject<HTMLDivElement | null>
  readonly unitLabel: RefObject<HTMLSpanElement | null>
  readonly timeLabel: RefObject<HTMLTimeElement | null>
  readonly volumeLabel: RefObject<HTMLSpanElement | null>
  /** Empty while the chart does not work. */
  readonly chart: RefObject<MountedChart | undefined>
  readonly choice: ChartChoice
  readonly kind: ChartKind
  readonly hidden: readonly string[]
  readonly theme: Theme
  /** Why there is nothing to draw, or not everything. */
  readonly reason: NoDataReason | undefined
}

const nothing: readonly string[] = []

/** A chart within the life of a component: mounted while it works, told of other settings and colours; ticks never pass through React. */
export function useMountedChart(wish: MountedChartWish): MountedChartParts {
  const { deck, context, settings, onSettings, isWorking, heightPx, overKey } = wish
  const { feed } = deck
  const card = useRef<HTMLElement>(null)
  const plotHost = useRef<HTMLDivElement>(null)
  const legendHost = useRef<HTMLDivElement>(null)
  const unitLabel = useRef<HTMLSpanElement>(null)
  const timeLabel = useRef<HTMLTimeElement>(null)
  const volumeLabel = useRef<HTMLSpanElement>(null)
  const chart = useRef<MountedChart>(undefined)
  const [reason, setReason] = useState<NoDataReason>()
  const theme = useTheme()
  // A text, so that only other nodes make another choice, not every change of their state.
  const nodeKey = useSyncExternalStore(feed.onStatus, () => feed.status.nodes.map(({ nodeId }) => nodeId).join(' '))
  const choice = useMemo(
    () => choiceOf({ id: context.id, units: context.units }, settings, nodeKey.split(' ')),
    [context.id, context.units, settings, nodeKey],
  )
  const kind = kindOf(context, settings)
  const hidden = settings.hidden ?? nothing
  const latest = useRef({ wish, choice, hidden, theme })
  latest.current = { wish, choice, hidden, theme }

  useEffect(() => {
    if (!isWorking || card.current === null || plotHost.current === null || legendHost.current === null) return undefined
    const mounted = mountChart(
      {
        deck,
        context,
        kind,
        heightPx: heightPx ?? plotHost.current.clientHeight,
        card: card.current,
        host: plotHost.current,
        legendHost: legendHost.current,
        unitLabel: unitLabel.current,
        timeLabel: timeLabel.current,
        volumeLabel: volumeLabel.current,
        onReason: setReason,
        onPick(ids, id, isAlone) {
          onSettings(context.id, picked(latest.current.wish.settings, ids, id, isAlone))
        },
        onFrame: (frame) => latest.current.wish.onFrame?.(frame),
        comparedTo: (frame) => latest.current.wish.comparedTo?.(frame),
        over: latest.current.wish.over,
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
  }, [deck, context, kind, heightPx, isWorking, onSettings])

  useEffect(() => chart.current?.setColors(chartColors[theme]), [theme])
  useEffect(() => {
    if (overKey !== undefined) chart.current?.repaint()
  }, [overKey])
  useEffect(() => chart.current?.setChoice(choice), [choice])
  useEffect(() => chart.current?.setHidden(hidden), [hidden])

  return { card, plotHost, legendHost, unitLabel, timeLabel, volumeLabel, chart, choice, kind, hidden, theme, reason }
}

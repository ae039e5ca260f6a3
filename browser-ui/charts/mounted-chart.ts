import type { ChartKind } from '../data/charts/card-settings.ts'
import { volumeWords } from '../data/charts/facet-words.ts'
import type { FrameSeries } from '../data/chart-frame.ts'
import type { ContextSummary } from '../data/feed/catalogue.ts'
import type { ChartChoice, MetricsFrame, MetricsStatus, NoDataReason } from '../data/metrics/metrics-feed.ts'
import { timeZone } from '../ui/account/time-zone.ts'
import type { ChartColors } from './chart-colors.ts'
import { createChartView, type ChartOver } from './chart-view.ts'
import type { Deck } from './deck.ts'
import { createLegendView } from './legend-view.ts'

export interface MountedChartDeps {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly kind: ChartKind
  /** Height of the plot until it is laid out; from then on the one of `host` counts. */
  readonly heightPx: number
  /** Carries what the chart says about itself: `data-last-time`, `data-drawn`. */
  readonly card: HTMLElement
  readonly host: HTMLElement
  readonly legendHost: HTMLElement
  readonly unitLabel: HTMLElement | null
  readonly timeLabel: HTMLElement | null
  readonly volumeLabel: HTMLElement | null
  /** Called when why there is nothing, or not everything, became another. */
  onReason(reason: NoDataReason | undefined): void
  /** A series was picked in the legend; `ids` are those of all series. */
  onPick(ids: readonly string[], id: string, isAlone: boolean): void
  /** Series of an earlier period, a value for each row of this frame; drawn dashed. */
  comparedTo?(frame: MetricsFrame): readonly FrameSeries[] | undefined
  readonly over?: ChartOver | undefined
  /** After every drawing, for what stands beside the chart. */
  onFrame?(frame: MetricsFrame): void
}

/** A chart that works: it wants its values and draws them, without React, until it is destroyed. */
export interface MountedChart {
  setChoice(choice: ChartChoice): void
  setHidden(hidden: readonly string[]): void
  setColors(colors: ChartColors): void
  /** What is painted over the chart changed. */
  repaint(): void
  /** The colour of each series, by its id; the one that matters most first. */
  colors(): ReadonlyMap<string, string>
  destroy(): void
}

const leastWidthPx = 200
/** A chart that changed its width by more than this asks for as many points as fit now. */
const widthShare = 0.25

export function mountChart(
  deps: MountedChartDeps,
  firstChoice: ChartChoice,
  firstHidden: readonly string[],
  firstColors: ChartColors,
): MountedChart {
  const { deck, context, card, host } = deps
  const { feed } = deck
  let choice = firstChoice
  let hidden: ReadonlySet<string> = new Set(firstHidden)
  let seriesIds: readonly string[] = []
  let reason: NoDataReason | undefined
  let told: { readonly metrics: number; readonly heard: number; readonly status: MetricsStatus; readonly choice: ChartChoice } | undefined
  const width = () => Math.max(leastWidthPx, host.clientWidth)
  let askedWidthPx = width()

  const legend = createLegendView(deps.legendHost, (id, isAlone) => deps.onPick(seriesIds, id, isAlone))
  legend.setHidden(hidden)
  const chart = createChartView(
    {
      host,
      legend,
      units: context.units,
      chartType: deps.kind,
      heightPx: deps.heightPx,
      timeline: feed.timeline,
      over: deps.over,
      onScale: ({ label }) => setText(deps.unitLabel, label),
      onCursor: (timeS) => setText(deps.timeLabel, timeS === undefined ? '' : timeZone.format.moment(timeS, feed.timeline.edgeS())),
    },
    firstColors,
    askedWidthPx,
  )
  chart.setHidden(hidden)

  const tell = (next: NoDataReason | undefined) => {
    if (next?.title === reason?.title && next?.text === reason?.text) return
    reason = next
    deps.onReason(next)
  }
  /** Looked up again only when the number of metrics, who was heard or the nodes' states changed: lists of a large room are long. */
  const tellVolume = ({ volumes }: MetricsFrame) => {
    const metrics = volumes.reduce((sum, volume) => sum + volume, 0)
    const heard = feed.heard(context.id)
    if (told?.metrics === metrics && told.heard === heard && told.status === feed.status && told.choice === choice) return
    told = { metrics, heard, status: feed.status, choice }
    const away = new Set(feed.status.nodes.flatMap(({ nodeId, state }) => (state === 'offline' || state === 'unseen' ? [nodeId] : [])))
    const nodes = feed.facets(context.id).nodes.filter(({ id }) => !away.has(id) && (choice.nodeIds?.includes(id) ?? true))
    setText(deps.volumeLabel, volumeWords(metrics, nodes.length))
  }
  const draw = () => {
    chart.setLoading(feed.isLoading(choice))
    const frame = feed.frame(choice)
    tell(feed.reason(choice))
    const isEmpty = frame === undefined || frame.timesS.length === 0 || frame.series.length === 0
    card.toggleAttribute('data-empty', isEmpty && reason !== undefined)
    const [fromS, toS] = feed.timeline.span()
    if (isEmpty) {
      // A chart that has drawn moves its axes along, so that nobody takes an old span for this one.
      if (card.dataset['drawn'] !== undefined && toS !== 0) chart.draw({ timesS: [], series: [] }, fromS, toS)
      return
    }
    seriesIds = frame.series.map((series) => series.dimensionId)
    card.dataset['lastTime'] = String(frame.timesS.at(-1))
    card.dataset['drawn'] = 'true'
    tellVolume(frame)
    chart.setCompared(deps.comparedTo?.(frame))
    chart.draw(frame, fromS, toS)
    deps.onFrame?.(frame)
  }

  let hide = feed.show(choice, askedWidthPx)
  const remove = deck.add({ contextId: context.id, draw })
  const show = (next: ChartChoice, widthPx: number) => {
    choice = next
    askedWidthPx = widthPx
    const before = hide
    hide = feed.show(choice, widthPx)
    before()
  }
  const resizes = new ResizeObserver(() => {
    const widthPx = width()
    chart.resize(widthPx, host.clientHeight || deps.heightPx)
    if (Math.abs(widthPx - askedWidthPx) > askedWidthPx * widthShare) show(choice, widthPx)
  })
  resizes.observe(host)

  return {
    setChoice(next) {
      if (JSON.stringify(next) === JSON.stringify(choice)) return
      show(next, askedWidthPx)
      delete card.dataset['drawn']
      chart.invalidate()
      draw()
    },
    setHidden(next) {
      hidden = new Set(next)
      legend.setHidden(hidden)
      chart.setHidden(hidden)
      chart.invalidate()
      draw()
    },
    setColors: (colors) => chart.setColors(colors),
    repaint() {
      chart.invalidate()
      draw()
    },
    colors: () => legend.colors(),
    destroy() {
      resizes.disconnect()
      remove()
      hide()
      chart.destroy()
      legend.setHidden(new Set())
      legend.destroy()
      delete card.dataset['drawn']
      card.removeAttribute('data-empty')
    },
  }
}

function setText(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text
}

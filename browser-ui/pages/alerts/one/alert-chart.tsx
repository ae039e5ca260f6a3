import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import { ChartCard } from '../../../charts/chart-card.tsx'
import type { ChartOver } from '../../../charts/chart-view.ts'
import { paintMoments, paintThresholds, type PaintedMoment } from '../../../charts/paint-thresholds.ts'
import type { Deck } from '../../../charts/deck.ts'
import type { CardSettings } from '../../../data/charts/card-settings.ts'
import { encodeFragment } from '../../../data/charts/page-fragment.ts'
import type { AlertChange } from '../../../data/alerts/alert-history.ts'
import { agentText } from '../../../data/alerts/agent-text.ts'
import { linesOnChart, thresholdsOf, thresholdWords } from '../../../data/alerts/alert-thresholds.ts'
import { isReadOffChart } from '../../../data/alerts/definition-view.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Skeleton } from '../../../ui/look/parts.tsx'
import type { MergedAlert } from './merged-alert.ts'

const plotPx = 240
const spans = [
  { aroundS: 300, title: '±5 min' },
  { aroundS: 900, title: '±15 min' },
  { aroundS: 3_600, title: '±1 h' },
  { aroundS: 21_600, title: '±6 h' },
] as const
const momentsMax = 200

interface AlertChartProps {
  readonly alert: MergedAlert
  readonly deck: Deck | undefined
  /** The change that is looked at; undefined before there was any. */
  readonly chosenS: number | undefined
  readonly changes: readonly AlertChange[]
  readonly isAskable: boolean
  readonly onChoose: (whenS: number) => void
}

/** The chart the alert looks at, with its changes and thresholds marked, and the ways around the chosen moment. */
export function AlertChart({ alert, deck, chosenS, changes, isAskable, onChoose }: AlertChartProps) {
  const contexts = useSyncExternalStore(deck?.feed.onStatus ?? never, () => deck?.feed.status.contexts)
  const context = contexts?.get(alert.context)
  return (
    <section className="alert-chart-card card" aria-labelledby="alert-chart-title">
      <div className="side-head">
        <h2 id="alert-chart-title">Around the moment</h2>
        {deck === undefined ? null : <OpenInMetrics alert={alert} deck={deck} />}
      </div>
      {deck === undefined ? (
        <Skeleton lines={4} label="Loading the chart" />
      ) : (
        <>
          <MomentTools deck={deck} chosenS={chosenS} changes={changes} onChoose={onChoose} />
          {context === undefined ? (
            <p className="alert-chart-none" role="note">
              {icons.info} {noChart(alert, isAskable, contexts !== undefined)}
            </p>
          ) : (
            <MarkedChart alert={alert} deck={deck} context={context} chosenS={chosenS} changes={changes} />
          )}
        </>
      )}
    </section>
  )
}

const never = () => () => {}

function noChart(alert: MergedAlert, isAskable: boolean, isKnown: boolean): string {
  if (!isAskable) return 'The node is silent: its agent keeps the values, and they are drawn when it is back.'
  if (!isKnown) return 'Waiting for the charts of this node.'
  return alert.context === '' ? 'Nobody has told which chart this alert looks at.' : `The node does not collect ${alert.context} now.`
}

function MarkedChart({
  alert,
  deck,
  context,
  chosenS,
  changes,
}: Pick<AlertChartProps, 'alert' | 'chosenS' | 'changes'> & {
  readonly deck: Deck
  readonly context: Parameters<typeof ChartCard>[0]['context']
}) {
  const { feed } = deck
  // Many instances may share the context; the alert is about one of them.
  const isOneOfMany = useSyncExternalStore(feed.onStatus, () => {
    const { instances } = feed.facets(context.id)
    return instances.length > 1 && instances.some(({ id }) => id === alert.chart)
  })
  const [changed, setChanged] = useState<CardSettings>()
  const own = useMemo((): CardSettings => (isOneOfMany ? { instances: [alert.chart] } : {}), [isOneOfMany, alert.chart])
  const onSettings = useCallback((_contextId: string, next: CardSettings) => setChanged(next), [])
  const lines = linesOnChart(alert.fields, context.units)
  const moments = momentsOf(changes, chosenS, alert.lastStatus)
  const marks = useRef({ lines, moments })
  marks.current = { lines, moments }
  const [over] = useState<ChartOver>(() => ({
    inSight: () => marks.current.lines.map(({ value }) => value),
    paint(plot, colors) {
      paintThresholds(plot, marks.current.lines, colors)
      paintMoments(plot, marks.current.moments, colors)
    },
  }))
  const thresholds = thresholdsOf(alert.fields)
  return (
    <>
      <ChartCard
        deck={deck}
        context={context}
        settings={changed ?? own}
        onSettings={onSettings}
        heightPx={plotPx}
        over={over}
        overKey={JSON.stringify(marks.current)}
      />
      {thresholds.length === 0 ? null : (
        <p className="alert-thresholds">
          {thresholds.map((threshold) => (
            <span key={threshold.severity} data-severity={threshold.severity} data-line={lines.length > 0 || undefined}>
              {thresholdWords(threshold, agentText(alert.fields['units']))}
            </span>
          ))}
          {isReadOffChart(alert.fields, context.units) ? null : <span>Its value is worked out of this chart, so no line is drawn.</span>}
        </p>
      )}
    </>
  )
}

const levelOf = (status: string): PaintedMoment['level'] => (status === 'critical' || status === 'warning' ? status : 'other')

/** The changes to mark, and the chosen moment also when the agent did not tell of it. */
function momentsOf(changes: readonly AlertChange[], chosenS: number | undefined, lastStatus: string): readonly PaintedMoment[] {
  const known = changes
    .slice(0, momentsMax)
    .map(({ whenS, status }) => ({ timeS: whenS, level: levelOf(status), isChosen: whenS === chosenS }))
  if (chosenS === undefined || known.some(({ isChosen }) => isChosen)) return known
  return [...known, { timeS: chosenS, level: levelOf(lastStatus), isChosen: true }]
}

/** From change to change, and how much around one. */
function MomentTools({
  deck,
  chosenS,
  changes,
  onChoose,
}: Pick<AlertChartProps, 'chosenS' | 'changes' | 'onChoose'> & { readonly deck: Deck }) {
  const { timeline } = deck.feed
  const view = useSyncExternalStore(timeline.onChange, () => timeline.view)
  const times = [...new Set(changes.map(({ whenS }) => whenS))].toSorted((a, b) => a - b)
  const earlier = chosenS === undefined ? times.at(-1) : times.findLast((whenS) => whenS < chosenS)
  const later = chosenS === undefined ? undefined : times.find((whenS) => whenS > chosenS)
  const centreS = chosenS ?? Date.now() / 1000
  return (
    <div className="moment-tools">
      <div className="segmented" role="group" aria-label="Around the chosen change">
        {spans.map(({ aroundS, title }) => (
          <button
            key={aroundS}
            type="button"
            aria-pressed={Math.abs(view.windowS - 2 * aroundS) < 1}
            onClick={() => timeline.show(centreS - aroundS, centreS + aroundS)}
          >
            {title}
          </button>
        ))}
      </div>
      <div className="moment-steps">
        <button
          type="button"
          className="button is-small"
          disabled={earlier === undefined}
          onClick={() => earlier !== undefined && onChoose(earlier)}
        >
          Earlier change
        </button>
        <button
          type="button"
          className="button is-small"
          disabled={later === undefined}
          onClick={() => later !== undefined && onChoose(later)}
        >
          Later change
        </button>
      </div>
    </div>
  )
}

function OpenInMetrics({ alert, deck }: { readonly alert: MergedAlert; readonly deck: Deck }) {
  const { timeline } = deck.feed
  const view = useSyncExternalStore(timeline.onChange, () => timeline.view)
  if (alert.context === '') return null
  const query = new URLSearchParams({ nodes: alert.nodeId })
  if (view.mode === 'past' && view.endS !== undefined) {
    query.set('from', String(Math.round(view.endS - view.windowS)))
    query.set('to', String(Math.round(view.endS)))
  } else query.set('last', String(Math.round(view.windowS)))
  const fragment = encodeFragment({ section: undefined, cards: new Map(), open: alert.context, panel: undefined })
  return <Link href={`/metrics?${query.toString()}#${fragment}`}>Open in metrics</Link>
}

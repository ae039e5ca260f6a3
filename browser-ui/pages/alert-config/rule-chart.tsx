import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { AlertRule } from '../../../src/health/alert-document.ts'
import { ChartStage } from '../../charts/chart-stage.tsx'
import type { ChartOver } from '../../charts/chart-view.ts'
import type { Deck } from '../../charts/deck.ts'
import { paintThresholds } from '../../charts/paint-thresholds.ts'
import { useMountedChart } from '../../charts/use-mounted-chart.ts'
import { thresholdLines, type ThresholdLine } from '../../data/alert-config/condition-form.ts'
import { chartSettingsOf, whyNoLines } from '../../data/alert-config/drawn-as.ts'
import type { CardSettings } from '../../data/charts/card-settings.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import { createTimeline } from '../../data/time/timeline.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useMetricsDeck } from '../dashboard/use-metrics-deck.ts'
import type { RulePlace } from './use-rule-place.ts'

const windows = [
  [300, '5 min'],
  [900, '15 min'],
  [3_600, '1 h'],
  [21_600, '6 h'],
  [86_400, '1 day'],
] as const

interface RuleChartProps {
  readonly rule: AlertRule
  readonly place: RulePlace
  readonly onNode: (nodeId: string) => void
}

/** What a rule looks at, live, with the numbers that raise and clear it as lines. */
export function RuleChart({ rule, place, onNode }: RuleChartProps) {
  const { node, candidates, context } = place
  const [timeline] = useState(() => createTimeline({ clock: pageClock, first: { windowS: 900 } }))
  const windowS = useSyncExternalStore(timeline.onChange, () => timeline.view.windowS)
  const nodes = useMemo(() => (node === undefined ? undefined : [node]), [node])
  const deck = useMetricsDeck(timeline, nodes, place.stored)
  return (
    <section className="card rule-chart" aria-label="The chart" tabIndex={-1}>
      <div className="rule-chart-head">
        <h2>{context?.title ?? 'The chart'}</h2>
        <label>
          <span className="visually-hidden">Shown on</span>
          <select
            className="select"
            value={node?.nodeId ?? ''}
            disabled={candidates.length === 0}
            onChange={(event) => onNode(event.target.value)}
          >
            {candidates.length === 0 ? <option value="">No node</option> : null}
            {candidates.map(({ nodeId, hostname, state }) => (
              <option key={nodeId} value={nodeId}>
                {hostname}
                {state === 'live' ? '' : ` (${state})`}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="visually-hidden">Time shown</span>
          <select
            className="select"
            value={windows.some(([seconds]) => seconds === windowS) ? windowS : ''}
            onChange={(event) => {
              timeline.resume()
              timeline.setWindow(Number(event.target.value))
            }}
          >
            {windows.some(([seconds]) => seconds === windowS) ? null : <option value="">as chosen</option>}
            {windows.map(([seconds, words]) => (
              <option key={seconds} value={seconds}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
      {deck === undefined || context === undefined ? (
        <p className="rule-chart-none">
          {place.isLoading
            ? 'Loading the chart…'
            : rule.config.match.on.trim() === ''
              ? 'Choose what the alert looks at, and its chart is drawn here.'
              : `No node of this room collects ${rule.config.match.on} now.`}
        </p>
      ) : (
        <Drawn key={context.id} deck={deck} context={context} rule={rule} place={place} />
      )}
    </section>
  )
}

function Drawn({
  deck,
  context,
  rule,
  place,
}: {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly rule: AlertRule
  readonly place: RulePlace
}) {
  const own = JSON.stringify(chartSettingsOf(rule, place.instances, place.taken))
  const [hidden, setHidden] = useState<CardSettings['hidden']>()
  const settings = useMemo(() => ({ ...(JSON.parse(own) as CardSettings), ...(hidden === undefined ? {} : { hidden }) }), [own, hidden])
  const onSettings = useCallback((_: string, next: CardSettings) => setHidden(next.hidden), [])
  const why = whyNoLines(rule)
  const { conditions } = rule.config
  const lines = useRef<readonly ThresholdLine[]>([])
  lines.current = why === undefined ? thresholdLines(conditions) : []
  const [over] = useState<ChartOver>(() => ({
    inSight: () => lines.current.map(({ value }) => value),
    paint: (plot, colors) => paintThresholds(plot, lines.current, colors),
  }))
  const { card, plotHost, legendHost, unitLabel, timeLabel, chart, reason } = useMountedChart({
    deck,
    context,
    settings,
    onSettings,
    isWorking: true,
    over,
  })
  const key = JSON.stringify(lines.current)
  useEffect(() => chart.current?.repaint(), [chart, key])
  return (
    <div
      ref={(element) => {
        card.current = element
      }}
      className="rule-chart-body chart-card"
      data-lines={key}
    >
      <p className="rule-chart-labels">
        <time ref={timeLabel} className="chart-time" />
        <span ref={unitLabel} className="chart-unit">
          {context.units}
        </span>
      </p>
      <ChartStage title={context.title || context.id} plotHost={plotHost} legendHost={legendHost} reason={reason} />
      {why === undefined ? null : <p className="settings-note">{why}</p>}
    </div>
  )
}

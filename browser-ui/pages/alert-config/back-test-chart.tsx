import { useEffect, useRef, useState } from 'react'
import type { AlertRule } from '../../../src/health/alert-document.ts'
import { ChartStage } from '../../charts/chart-stage.tsx'
import { chartColors } from '../../charts/chart-colors.ts'
import { createChartView, type ChartView } from '../../charts/chart-view.ts'
import { createLegendView } from '../../charts/legend-view.ts'
import { paintSpans, paintThresholds } from '../../charts/paint-thresholds.ts'
import type { BackTestResult } from '../../data/alert-config/back-test.ts'
import { thresholdLines } from '../../data/alert-config/condition-form.ts'
import { createTimeline } from '../../data/time/timeline.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useTheme } from '../../ui/hooks.ts'
import { timeZone } from '../../ui/account/time-zone.ts'

interface BackTestChartProps {
  readonly rule: AlertRule
  readonly result: BackTestResult
  readonly fromS: number
  readonly toS: number
}

const heightPx = 190

/** What the rule found over a past, with the times it would have been raised marked. Zooms and pans as every chart does. */
export function BackTestChart({ rule, result, fromS, toS }: BackTestChartProps) {
  const plotHost = useRef<HTMLDivElement>(null)
  const legendHost = useRef<HTMLDivElement>(null)
  const timeLabel = useRef<HTMLTimeElement>(null)
  const unitLabel = useRef<HTMLSpanElement>(null)
  const view = useRef<ChartView>(undefined)
  const theme = useTheme()
  const firstTheme = useRef(theme)
  const [timeline] = useState(() => {
    const own = createTimeline({ clock: pageClock, first: { windowS: toS - fromS } })
    own.noteEdge(toS)
    return own
  })
  const { units } = rule.config.value
  useEffect(() => {
    const [host, words] = [plotHost.current, legendHost.current]
    if (host === null || words === null) return undefined
    const lines = thresholdLines(rule.config.conditions)
    const spans = result.verdict.raised.map((span) => ({ fromS: span.fromS, toS: span.toS ?? toS, level: span.status }))
    const legend = createLegendView(words)
    const chart = createChartView(
      {
        host,
        legend,
        units,
        chartType: 'line',
        heightPx,
        timeline,
        onScale: ({ label }) => put(unitLabel.current, label),
        onCursor: (timeS) => put(timeLabel.current, timeS === undefined ? '' : timeZone.format.moment(timeS, toS)),
        over: {
          inSight: () => lines.map(({ value }) => value),
          paint(plot, colors) {
            paintSpans(plot, spans, colors)
            paintThresholds(plot, lines, colors)
          },
        },
      },
      chartColors[firstTheme.current],
      Math.max(200, host.clientWidth),
    )
    view.current = chart
    const frame = { timesS: result.timesS, series: [{ dimensionId: 'value', name: result.label, values: result.values }] }
    const draw = () => chart.draw(frame, ...timeline.span())
    draw()
    const stop = timeline.onChange(() => {
      chart.invalidate()
      draw()
    })
    const resizes = new ResizeObserver(() => chart.resize(Math.max(200, host.clientWidth)))
    resizes.observe(host)
    return () => {
      stop()
      resizes.disconnect()
      chart.destroy()
      legend.destroy()
      view.current = undefined
    }
  }, [rule, result, timeline, toS, units])
  useEffect(() => view.current?.setColors(chartColors[theme]), [theme])
  return (
    <div className="back-test-chart chart-card" data-drawn="true" data-raised={result.verdict.raised.length}>
      <p className="rule-chart-labels">
        <time ref={timeLabel} className="chart-time" />
        <span ref={unitLabel} className="chart-unit" />
      </p>
      <ChartStage
        title={`the value of ${result.label}`}
        plotHost={plotHost}
        legendHost={legendHost}
        reason={undefined}
        heightPx={heightPx}
      />
    </div>
  )
}

function put(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text
}

import { memo, useEffect, useRef } from 'react'
import { chartColors, seriesColor } from '../../charts/chart-colors.ts'
import { drawSparkline } from '../../charts/sparkline.ts'
import type { FleetMetric } from '../../data/fleet/fleet-metric.ts'
import { ageWords, lineOf, valueWords } from '../../data/fleet/value-words.ts'
import { useTheme } from '../../ui/hooks.ts'
import type { Fleet } from './use-fleet.ts'

const windowS = 60

/** A number with its last minute, drawn past React. */
export const LiveCell = memo(function LiveCell({
  fleet,
  nodeId,
  metric,
  colorIndex,
}: {
  readonly fleet: Fleet
  readonly nodeId: string
  readonly metric: FleetMetric
  readonly colorIndex: number
}) {
  const theme = useTheme()
  const cell = useRef<HTMLSpanElement>(null)
  const number = useRef<HTMLSpanElement>(null)
  const unit = useRef<HTMLSpanElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const color = seriesColor(chartColors[theme], colorIndex)
    return fleet.onNode(nodeId, () => {
      const samples = fleet.sampler.samples(nodeId, metric.id)
      const words = valueWords(metric, samples?.latest)
      const age = ageWords(fleet.sampler.ageS(nodeId, metric.id))
      if (canvas.current !== null && samples !== undefined) {
        const line = lineOf(samples, windowS)
        const toS = line.timesS.at(-1) ?? 0
        drawSparkline(canvas.current, line.timesS, line.values, { fromS: toS - windowS, toS, ceiling: metric.ceiling, color })
      }
      put(number.current, words.number)
      put(unit.current, words.unit)
      if (cell.current !== null) {
        cell.current.dataset['old'] = String(age !== '')
        cell.current.dataset['value'] = samples?.latest === undefined ? '' : 'yes'
        cell.current.title = age
      }
    })
  }, [fleet, nodeId, metric, theme, colorIndex])
  return (
    <span ref={cell} className="live-cell" data-metric={metric.id}>
      <canvas ref={canvas} className="live-line" aria-hidden="true" />
      <span className="live-value">
        <span ref={number} className="live-number">
          –
        </span>{' '}
        <span ref={unit} className="live-unit" />
      </span>
    </span>
  )
})

function put(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text
}

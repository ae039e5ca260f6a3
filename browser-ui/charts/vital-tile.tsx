import { memo, useEffect, useRef } from 'react'
import { defaultChoice } from '../data/metrics/metrics-feed.ts'
import { vitalAggregation, vitalLine, vitalReading, type Vital } from '../data/vitals.ts'
import { useTheme } from '../ui/hooks.ts'
import { chartColors, seriesColor } from './chart-colors.ts'
import type { Deck } from './deck.ts'
import { drawSparkline } from './sparkline.ts'

/** A big number with its recent past. */
export const VitalTile = memo(function VitalTile({
  deck,
  vital,
  units,
  nodeCount,
}: {
  readonly deck: Deck
  readonly vital: Vital
  readonly units: string
  /** Of several nodes a tile shows the sum, or the mean where a sum says nothing. */
  readonly nodeCount: number
}) {
  const tile = useRef<HTMLDivElement>(null)
  const numberText = useRef<HTMLSpanElement>(null)
  const unitText = useRef<HTMLSpanElement>(null)
  const detailText = useRef<HTMLParagraphElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useTheme()

  useEffect(() => {
    const { feed } = deck
    const colors = chartColors[theme]
    const choice = { ...defaultChoice({ id: vital.contextId }, false), aggregation: vitalAggregation(vital) }
    const hide = feed.show(choice, 200)
    const remove = deck.add({
      contextId: vital.contextId,
      draw() {
        const [fromS, toS] = feed.timeline.span()
        const frame = feed.frame(choice)
        if (frame === undefined || canvas.current === null || toS === 0) return
        const line = vitalLine(vital, frame)
        // A slow collector may have no row in the window yet; the agent still told its newest value.
        const ids = frame.series.map((series) => series.dimensionId)
        const row = line.findLastIndex((value) => value !== null)
        const { mode } = feed.timeline.view
        const isNow = mode === 'live' || mode === 'held'
        const reading =
          row === -1 ? (id: string) => (isNow ? feed.latest(vital.contextId, id) : undefined) : vitalReading(vital, frame, row)
        const value = vital.value(reading, ids)
        if (value === undefined) {
          // Nothing of the past: the newest number there is would be a lie about it.
          if (!isNow && !feed.isLoading(choice)) {
            setText(numberText.current, '–')
            setText(unitText.current, '')
            setText(detailText.current, '\u00a0')
            drawSparkline(canvas.current, [], [], { fromS, toS, ceiling: vital.ceiling, color: seriesColor(colors, 0) })
          }
          return
        }
        const words = vital.words(value, reading, units)
        setText(numberText.current, words.number)
        setText(unitText.current, words.unit)
        setText(detailText.current, words.detail)
        if (tile.current) tile.current.dataset['drawn'] = 'true'
        drawSparkline(canvas.current, frame.timesS, line, { fromS, toS, ceiling: vital.ceiling, color: seriesColor(colors, 0) })
      },
    })
    return () => {
      remove()
      hide()
    }
  }, [deck, vital, units, theme])

  return (
    <div ref={tile} className="vital" data-vital={vital.id}>
      <p className="vital-title">
        {vital.title}
        {nodeCount > 1 ? <span className="vital-scope"> · {vitalAggregation(vital) === 'sum' ? 'all nodes' : 'mean of nodes'}</span> : null}
      </p>
      <p className="vital-value">
        <span ref={numberText} className="vital-number">
          –
        </span>
        <span ref={unitText} className="vital-unit" />
      </p>
      <p ref={detailText} className="vital-detail">
        &nbsp;
      </p>
      <canvas ref={canvas} className="vital-line" aria-hidden="true" />
    </div>
  )
})

function setText(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text
}

import type { RefObject } from 'react'
import type { NoDataReason } from '../data/metrics/metrics-feed.ts'
import { icons } from '../ui/look/icons.tsx'
import { chartKeys } from './chart-gestures.ts'

interface ChartStageProps {
  readonly title: string
  /** Where the chart draws itself. */
  readonly plotHost: RefObject<HTMLDivElement | null>
  readonly legendHost: RefObject<HTMLDivElement | null>
  /** Why there is nothing to draw, or not everything. */
  readonly reason: NoDataReason | undefined
  /** Height of the plot; undefined leaves it to the style sheet. */
  readonly heightPx?: number
}

/** The plot of a chart with its legend below, and over it why it is empty. */
export function ChartStage({ title, plotHost, legendHost, reason, heightPx }: ChartStageProps) {
  return (
    <>
      <div className="chart-stage" style={heightPx === undefined ? undefined : { height: heightPx }}>
        <div ref={plotHost} className="chart-plot" role="img" tabIndex={0} aria-label={`Chart of ${title}. ${chartKeys}`} />
        {reason === undefined ? null : (
          <div className="chart-empty">
            <p className="chart-empty-title">{reason.title}</p>
            <p>{reason.text}</p>
          </div>
        )}
      </div>
      {reason === undefined ? null : (
        <p className="chart-note" role="note" title={reason.text}>
          {icons.info} <span>{reason.title}</span>
        </p>
      )}
      <div ref={legendHost} className="chart-legend" />
    </>
  )
}

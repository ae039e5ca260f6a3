import { useEffect, useRef } from 'react'
import { rampColor } from '../../data/fleet/tile-colors.ts'
import { tileLook, type MapColoring } from '../../data/fleet/tile-looks.ts'
import { oldS, valueWords } from '../../data/fleet/value-words.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useTheme } from '../../ui/hooks.ts'
import { stateWords } from '../../ui/look/parts.tsx'
import type { Fleet } from '../fleet/use-fleet.ts'

const steps = 8
const small = '0,-9 7.8,-4.5 7.8,4.5 0,9 -7.8,4.5 -7.8,-4.5'

/** What the colours and marks of the map mean. */
export function MapLegend({
  nodes,
  coloring,
  ceiling,
  fleet,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly coloring: MapColoring
  readonly ceiling: number | undefined
  readonly fleet: Fleet
}) {
  const theme = useTheme()
  const states = (['live', 'stale', 'offline', 'unseen'] as const).filter((state) => nodes.some((node) => node.state === state))
  const metric = coloring.by === 'metric' ? coloring.metric : undefined
  const shown = metric === undefined && coloring.by === 'state' ? states : states.filter((state) => state !== 'live')
  const end = metric === undefined ? undefined : valueWords(metric, metric.ceiling ?? ceiling ?? 1)
  return (
    <div className="map-legend">
      {metric === undefined || end === undefined ? null : (
        <span className="legend-ramp">
          <span>0</span>
          <span className="legend-steps" aria-hidden="true">
            {Array.from({ length: steps }, (_, step) => (
              <span key={step} style={{ background: rampColor(theme, step / (steps - 1)) }} />
            ))}
          </span>
          <span>
            {end.number} {end.unit}
          </span>
        </span>
      )}
      {coloring.by === 'alerts' ? (
        <>
          <Sample look="calm" mark="" text="No alert" />
          <Sample look="warning" mark="▲" text="Warning" />
          <Sample look="critical" mark="◆" text="Critical" />
        </>
      ) : null}
      {shown.map((state) => (
        <Sample key={state} look={state} mark={tileLook({ state }, { by: 'state' }, theme, undefined, 1).mark} text={stateWords[state]} />
      ))}
      {metric === undefined ? null : (
        <>
          <Sample look="none" mark="–" text="No value" />
          <Ages nodes={nodes} metricId={metric.id} fleet={fleet} />
        </>
      )}
    </div>
  )
}

function Sample({ look, mark, text }: { readonly look: string; readonly mark: string; readonly text: string }) {
  return (
    <span className="legend-item">
      <svg className="map-tiles" width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true">
        <g className="tile" data-look={look}>
          <polygon className="tile-shape" points={small} />
          <text className="tile-mark" fontSize="9">
            {mark}
          </text>
        </g>
      </svg>
      {text}
    </span>
  )
}

/** How fresh the map is: with very many nodes most values are sampled in turns. */
function Ages({ nodes, metricId, fleet }: { readonly nodes: readonly NodeSummary[]; readonly metricId: string; readonly fleet: Fleet }) {
  const text = useRef<HTMLSpanElement>(null)
  useEffect(
    () =>
      fleet.onAny(() => {
        const live = nodes.filter(({ state }) => state === 'live')
        const ages = live.flatMap(({ nodeId }) => fleet.sampler.ageS(nodeId, metricId) ?? [])
        const oldest = Math.max(0, ...ages)
        const words =
          ages.length < live.length
            ? `Values of ${ages.length} of ${live.length} nodes so far`
            : oldest < oldS
              ? ''
              : `Oldest value ${oldest < 120 ? `${Math.round(oldest)} s` : `${Math.round(oldest / 60)} min`} old`
        if (text.current !== null && text.current.textContent !== words) text.current.textContent = words
      }),
    [fleet, nodes, metricId],
  )
  return <span ref={text} className="legend-age" />
}

import type { NodeSummary } from '../../link/api.ts'
import type { FleetMetric } from './fleet-metric.ts'
import { rampColor, textOn } from './tile-colors.ts'
import { valueWords } from './value-words.ts'

/** What a map is coloured by: the state, what is alerting, or a live value. */
export type MapColoring = { readonly by: 'state' } | { readonly by: 'alerts' } | { readonly by: 'metric'; readonly metric: FleetMetric }

/** How a tile looks. `look` chooses a shape and a colour in the style sheet; a fill overrides its colour. */
export interface TileLook {
  readonly look: 'live' | 'stale' | 'offline' | 'unseen' | 'calm' | 'warning' | 'critical' | 'value' | 'none'
  readonly fill: string | undefined
  readonly ink: string | undefined
  /** The mark in the middle: a letter or sign, so that colour is not alone. */
  readonly mark: string
  /** What a screen reader says after the name. */
  readonly words: string
}

const states = {
  live: { mark: '', words: 'live' },
  stale: { mark: 'S', words: 'stale' },
  offline: { mark: '×', words: 'offline' },
  unseen: { mark: '?', words: 'not seen yet' },
} as const

/** The look of a node's tile. `value` and `ceiling` count for values only. */
export function tileLook(
  node: Pick<NodeSummary, 'state' | 'alerts'>,
  coloring: MapColoring,
  theme: 'light' | 'dark',
  value: number | undefined,
  ceiling: number,
): TileLook {
  const plain = { fill: undefined, ink: undefined }
  const { state, alerts = { warning: 0, critical: 0 } } = node
  if (coloring.by === 'state' || state !== 'live') {
    const { mark, words } = states[state]
    return { look: state, mark, words, ...plain }
  }
  if (coloring.by === 'alerts') {
    if (alerts.critical > 0) return { look: 'critical', mark: '◆', words: raisedWords(alerts), ...plain }
    if (alerts.warning > 0) return { look: 'warning', mark: '▲', words: raisedWords(alerts), ...plain }
    return { look: 'calm', mark: '', words: 'no alert', ...plain }
  }
  if (value === undefined) return { look: 'none', mark: '–', words: `no value of ${coloring.metric.title}`, ...plain }
  const fill = rampColor(theme, value / ceiling)
  const { number, unit } = valueWords(coloring.metric, value, ceiling)
  return { look: 'value', fill, ink: textOn(fill), mark: number, words: `${coloring.metric.title} ${number} ${unit}`.trim() }
}

function raisedWords({ warning, critical }: { readonly warning: number; readonly critical: number }): string {
  return [critical > 0 ? `${critical} critical` : '', warning > 0 ? `${warning} ${warning === 1 ? 'warning' : 'warnings'}` : '']
    .filter(Boolean)
    .join(', ')
}

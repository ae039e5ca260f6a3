import type { NodeSummary, RaisedAlert } from '../../link/api.ts'
import { hasWords, searchWords } from '../search-words.ts'
import { agoWords } from '../time/ago-words.ts'

/** What the alerts page is narrowed to; empty texts narrow nothing. */
export interface AlertFilter {
  readonly severity: 'critical' | 'warning' | undefined
  readonly nodeId: string | undefined
  readonly context: string | undefined
  readonly words: string
}

/** An alert with the name of its node. */
export interface ListedAlert extends RaisedAlert {
  readonly hostname: string
  /** Stable, for keys of lists. */
  readonly key: string
}

/** The alerts of these nodes, in the order they came. */
export function alertsOfNodes(alerts: readonly RaisedAlert[], nodes: readonly NodeSummary[]): readonly ListedAlert[] {
  const names = new Map(nodes.map(({ nodeId, hostname }) => [nodeId, hostname]))
  return alerts.flatMap((alert) => {
    const hostname = names.get(alert.nodeId)
    return hostname === undefined ? [] : [{ ...alert, hostname, key: JSON.stringify([alert.nodeId, alert.chart, alert.name]) }]
  })
}

/** The alerts that pass. Every word must stand somewhere in what a row shows. */
export function filterAlerts(alerts: readonly ListedAlert[], filter: AlertFilter): readonly ListedAlert[] {
  const words = searchWords(filter.words)
  return alerts.filter((alert) => {
    if (filter.severity !== undefined && alert.status !== filter.severity) return false
    if (filter.nodeId !== undefined && alert.nodeId !== filter.nodeId) return false
    if (filter.context !== undefined && alert.context !== filter.context) return false
    const text = [alert.name, alert.name.replaceAll('_', ' '), alert.chart, alert.context, alert.hostname].join(' ')
    return hasWords(text, words)
  })
}

/** Reads a filter from an address; what is no severity is none. */
export function readAlertFilter(search: string): AlertFilter {
  const params = new URLSearchParams(search)
  const severity = params.get('severity')
  return {
    severity: severity === 'critical' || severity === 'warning' ? severity : undefined,
    nodeId: params.get('node') ?? undefined,
    context: params.get('context') ?? undefined,
    words: params.get('q') ?? '',
  }
}

/** Where an alert leads: its node, with the chart of its context open. Relative to the room. */
export function alertPath({ nodeId, context }: Pick<RaisedAlert, 'nodeId' | 'context'>): string {
  return `/nodes/${encodeURIComponent(nodeId)}${context === '' ? '' : `#open=${encodeURIComponent(context)}`}`
}

/** Since when an alert is as it is; for a silent node, since when nobody knows. */
export function alertSinceText(alert: Pick<RaisedAlert, 'whenS' | 'isStale' | 'unknownSinceMs'>, nowMs: number): string {
  if (alert.isStale) {
    return alert.unknownSinceMs === null ? 'unknown now' : `unknown since ${agoWords(nowMs - alert.unknownSinceMs)}`
  }
  return `since ${agoWords(nowMs - alert.whenS * 1000)}`
}

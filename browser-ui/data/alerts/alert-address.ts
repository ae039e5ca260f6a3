import type { RaisedAlert } from '../../link/api.ts'

/** Which alert: one name on one chart of one node. */
export interface AlertId {
  readonly nodeId: string
  readonly chart: string
  readonly name: string
}

const textMax = 500

/** The page of an alert, relative to the room. */
export function alertPagePath({ nodeId, chart, name }: AlertId): string {
  return `/alerts/one?${new URLSearchParams({ node: nodeId, chart, name }).toString()}`
}

/** The alert that such an address names; undefined for anything else. */
export function readAlertPage(search: string): AlertId | undefined {
  const params = new URLSearchParams(search)
  const [nodeId = '', chart = '', name = ''] = ['node', 'chart', 'name'].map((part) => params.get(part) ?? '')
  if (nodeId === '' || chart === '' || name === '' || [nodeId, chart, name].some((text) => text.length > textMax)) return undefined
  return { nodeId, chart, name }
}

/** The raised alerts of a node, and all of its alerts. Relative to the room. */
export const alertsOfNodePath = (nodeId: string, isAll = false): string =>
  `/alerts?${new URLSearchParams({ node: nodeId, ...(isAll ? { all: '1' } : {}) }).toString()}`

/** The node of an alert with the chart of its context open, relative to the room. */
export function alertChartPath({ nodeId, context }: Pick<RaisedAlert, 'nodeId' | 'context'>): string {
  return `/nodes/${encodeURIComponent(nodeId)}${context === '' ? '' : `#open=${encodeURIComponent(context)}`}`
}

/** Where the definition of an alert is shown and changed, relative to the room. */
export const definitionPath = (name: string): string => `/alerts/definitions/${encodeURIComponent(name)}`

/** A new silence for this alert of this node, relative to the room. */
export function silencePath({ nodeId, chart, name }: AlertId, hours: number): string {
  return `/alerts/silences?new&${new URLSearchParams({ node: nodeId, instance: chart, alert: name, hours: String(hours) }).toString()}`
}

import type { NodeState } from '../../../src/domain/model.ts'
import type { NodeSummary } from '../../link/api.ts'
import { labelOf } from '../labels.ts'
import { formatBytes } from '../units.ts'
import { systemText } from './node-query.ts'

/** What a cell may look at beside its node. */
export interface ColumnContext {
  /** The newest value of a live metric, undefined when there is none. */
  readonly latest: (nodeId: string, metricId: string) => number | undefined
  readonly nowMs: number
}

/** One column of the table of nodes. */
export interface NodeColumn {
  readonly id: string
  readonly title: string
  /** live: a line and a number that move each second; its metric has the column's id. */
  readonly kind: 'state' | 'name' | 'live' | 'alerts' | 'labels' | 'number' | 'text' | 'time'
  readonly widthPx: number
  /** What rows are sorted by; undefined comes last in either direction. */
  sortKey(node: NodeSummary, context: ColumnContext): number | string | undefined
  /** The cell as text. */
  text(node: NodeSummary, context: ColumnContext): string
}

const stateOrder: Readonly<Record<NodeState, number>> = { live: 0, stale: 1, offline: 2, unseen: 3 }
const stateText: Readonly<Record<NodeState, string>> = { live: 'live', stale: 'stale', offline: 'offline', unseen: 'not seen yet' }

const words = (id: string, title: string, widthPx: number, of: (node: NodeSummary) => string | undefined): NodeColumn => ({
  id,
  title,
  kind: 'text',
  widthPx,
  sortKey: (node) => of(node)?.toLowerCase() || undefined,
  text: (node) => of(node) ?? '',
})
const live = (id: string, title: string): NodeColumn => ({
  id,
  title,
  kind: 'live',
  widthPx: 140,
  sortKey: (node, { latest }) => latest(node.nodeId, id),
  text: (node, { latest }) => String(latest(node.nodeId, id) ?? ''),
})
const raised = ({ alerts = { warning: 0, critical: 0 } }: NodeSummary) => alerts.critical * 1_000_000 + alerts.warning
const memoryBytes = (node: NodeSummary) => Number(node.memoryBytes ?? 0) || undefined
const time = (id: string, title: string, of: (node: NodeSummary) => number | undefined): NodeColumn => ({
  id,
  title,
  kind: 'time',
  widthPx: 132,
  sortKey: (node) => of(node),
  text: (node) => {
    const atMs = of(node)
    return atMs === undefined ? '' : new Date(atMs).toISOString()
  },
})

/** Every column but those of single labels. */
export const nodeColumns: readonly NodeColumn[] = [
  {
    id: 'state',
    title: 'State',
    kind: 'state',
    widthPx: 96,
    sortKey: ({ state }) => stateOrder[state],
    text: ({ state }) => stateText[state],
  },
  {
    id: 'name',
    title: 'Node',
    kind: 'name',
    widthPx: 156,
    sortKey: ({ hostname }) => hostname.toLowerCase(),
    text: ({ hostname }) => hostname,
  },
  live('cpu', 'CPU'),
  live('memory', 'Memory'),
  live('disk', 'Disk'),
  live('network', 'Network'),
  live('load', 'Load'),
  {
    id: 'alerts',
    title: 'Alerts',
    kind: 'alerts',
    widthPx: 84,
    sortKey: raised,
    text: ({ alerts }) =>
      [alerts?.critical ? `${alerts.critical} critical` : '', alerts?.warning ? `${alerts.warning} warning` : '']
        .filter(Boolean)
        .join(', '),
  },
  words('os', 'System', 132, (node) => systemText(node)),
  words('version', 'Agent', 88, (node) => node.agentVersion),
  {
    id: 'labels',
    title: 'Labels',
    kind: 'labels',
    widthPx: 160,
    sortKey: (node) => ownLabels(node).join(' ').toLowerCase() || undefined,
    text: (node) => ownLabels(node).join(' '),
  },
  {
    id: 'cores',
    title: 'Cores',
    kind: 'number',
    widthPx: 76,
    sortKey: ({ cpus }) => cpus || undefined,
    text: ({ cpus }) => (cpus ? String(cpus) : ''),
  },
  {
    id: 'ram',
    title: 'RAM size',
    kind: 'number',
    widthPx: 104,
    sortKey: memoryBytes,
    text: (node) => {
      const bytes = memoryBytes(node)
      return bytes === undefined ? '' : formatBytes(bytes)
    },
  },
  words('arch', 'Architecture', 112, (node) => node.architecture),
  words('kernel', 'Kernel', 150, (node) => node.kernelVersion),
  words('virtualization', 'Virtual', 100, (node) => node.virtualization),
  {
    id: 'hops',
    title: 'Reached',
    kind: 'number',
    widthPx: 104,
    sortKey: ({ agent }) => agent?.hops,
    text: ({ agent }) => (!agent ? '' : agent.hops === 0 ? 'directly' : `${agent.hops} ${agent.hops === 1 ? 'hop' : 'hops'}`),
  },
  time('seen', 'Last seen', (node) => (node.state === 'live' ? undefined : (node.lastSeenAtMs ?? undefined))),
  time('connected', 'Connected', ({ createdAtMs }) => createdAtMs),
]

/** The columns before anybody chose. */
export const defaultColumnIds: readonly string[] = [
  'state',
  'name',
  'cpu',
  'memory',
  'disk',
  'network',
  'alerts',
  'os',
  'version',
  'labels',
]

/** Labels that people gave: agents name their own with an underscore first. As `key=value`, by key. */
export function ownLabels({ labels = {} }: Pick<NodeSummary, 'labels'>): readonly string[] {
  return Object.entries(labels)
    .filter(([key]) => !key.startsWith('_'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
}

const labelPrefix = 'label.'

/** A column of one label key. */
export function labelColumn(key: string): NodeColumn {
  return words(`${labelPrefix}${key}`, key, 140, (node) => labelOf(node.labels, key))
}

/** The columns with these ids, in their order; unknown ids are left out, and the name is always there. */
export function columnsOf(ids: readonly string[]): readonly NodeColumn[] {
  const chosen = [...new Set(ids)].slice(0, 40).flatMap((id): NodeColumn[] => {
    if (id.startsWith(labelPrefix) && id.length > labelPrefix.length) return [labelColumn(id.slice(labelPrefix.length))]
    return nodeColumns.filter((column) => column.id === id)
  })
  return chosen.some(({ id }) => id === 'name') ? chosen : [...nodeColumns.filter(({ id }) => id === 'name'), ...chosen]
}

/** A column to sort by, and the direction. */
export interface NodeSort {
  readonly columnId: string
  readonly isDescending: boolean
}

/** Reads `-cpu` or `name`; undefined for what is no column. */
export function parseSort(text: string | null): NodeSort | undefined {
  if (text === null || text === '') return undefined
  const isDescending = text.startsWith('-')
  const columnId = isDescending ? text.slice(1) : text
  return columnId.startsWith(labelPrefix) || nodeColumns.some(({ id }) => id === columnId) ? { columnId, isDescending } : undefined
}

/** What `parseSort` reads. */
export function sortText({ columnId, isDescending }: NodeSort): string {
  return `${isDescending ? '-' : ''}${columnId}`
}

/** The sort after a press on a column's head: numbers begin with the largest, words with the first; the next press turns it around. */
export function nextSort(current: NodeSort | undefined, column: NodeColumn): NodeSort {
  if (current?.columnId === column.id) return { columnId: column.id, isDescending: !current.isDescending }
  return { columnId: column.id, isDescending: ['live', 'alerts', 'number', 'time'].includes(column.kind) }
}

/**
 * Nodes in the order of a column; without one, reachable ones first, then by name. Equal ones keep the order of names, so that rows
 * do not jump.
 */
export function orderNodes(nodes: readonly NodeSummary[], sort: NodeSort | undefined, context: ColumnContext): readonly NodeSummary[] {
  const [column] = sort === undefined ? [] : columnsOf([sort.columnId]).filter(({ id }) => id === sort.columnId)
  const byName = (a: NodeSummary, b: NodeSummary) =>
    a.hostname.localeCompare(b.hostname) || (a.nodeId < b.nodeId ? -1 : a.nodeId > b.nodeId ? 1 : 0)
  if (sort === undefined || column === undefined) return nodes.toSorted((a, b) => stateOrder[a.state] - stateOrder[b.state] || byName(a, b))
  const keyed = nodes.map((node) => ({ node, key: column.sortKey(node, context) }))
  const direction = sort.isDescending ? -1 : 1
  return keyed
    .sort((a, b) => {
      if (a.key === undefined || b.key === undefined)
        return Number(a.key === undefined) - Number(b.key === undefined) || byName(a.node, b.node)
      if (a.key === b.key) return byName(a.node, b.node)
      const order = typeof a.key === 'string' && typeof b.key === 'string' ? a.key.localeCompare(b.key) : a.key < b.key ? -1 : 1
      return order * direction || byName(a.node, b.node)
    })
    .map(({ node }) => node)
}

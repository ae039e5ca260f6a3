import type { NodeState } from '../../../src/domain/model.ts'
import { labelOf } from '../labels.ts'

/** Which nodes of the room a page of metrics shows, as its address says. */
export interface NodeScope {
  /** Undefined for all of the room. */
  readonly nodeIds: readonly string[] | undefined
  readonly states: readonly NodeState[]
  /** `key=value` of node labels: any value of one key, every key named. */
  readonly labels: readonly string[]
}

interface ScopedNode {
  readonly nodeId: string
  readonly state: NodeState
  readonly labels?: Readonly<Record<string, string>>
}

const nodesMax = 500
const idPattern = /^[\w-]{1,64}$/u
const states: readonly NodeState[] = ['live', 'stale', 'offline', 'unseen']

/** Reads `?nodes=…&state=…&label=…`; what is no id, no state or no pair is left out. */
export function readScope(search: string): NodeScope {
  const params = new URLSearchParams(search)
  const ids = (params.get('nodes') ?? '').split(',').filter((id) => idPattern.test(id))
  const labels = params.getAll('label').filter((label) => label.length <= 300 && label.indexOf('=') > 0)
  return {
    nodeIds: ids.length === 0 ? undefined : [...new Set(ids)].slice(0, nodesMax),
    states: states.filter((state) => params.getAll('state').includes(state)),
    labels: [...new Set(labels)].slice(0, 50),
  }
}

/** The query with this scope in it; other parameters stay as they are. Without `?`, empty for nothing. */
export function writeScope(search: string, scope: NodeScope): string {
  const params = new URLSearchParams(search)
  for (const name of ['nodes', 'state', 'label']) params.delete(name)
  for (const state of scope.states) params.append('state', state)
  for (const label of scope.labels) params.append('label', label)
  const rest = params.toString()
  // Commas are allowed in a query and read better unescaped.
  const nodes = scope.nodeIds === undefined ? '' : `nodes=${scope.nodeIds.join(',')}`
  return [nodes, rest].filter(Boolean).join('&')
}

/** The nodes of a room that are in a scope, in the room's order. */
export function nodesInScope<N extends ScopedNode>(nodes: readonly N[], scope: NodeScope): readonly N[] {
  const ids = scope.nodeIds === undefined ? undefined : new Set(scope.nodeIds)
  const keys = [...new Set(scope.labels.map((label) => label.slice(0, label.indexOf('='))))]
  return nodes.filter(
    (node) =>
      (ids === undefined || ids.has(node.nodeId)) &&
      (scope.states.length === 0 || scope.states.includes(node.state)) &&
      keys.every((key) => scope.labels.includes(`${key}=${labelOf(node.labels, key) ?? ''}`)),
  )
}

import { useMemo } from 'react'
import { CheckChooser, type CheckGroup } from '../../charts/controls/check-chooser.tsx'
import { ControlPopover } from '../../charts/controls/control-popover.tsx'
import { chosenWords, counted } from '../../data/charts/facet-words.ts'
import { nodesInScope, type NodeScope } from '../../data/charts/node-scope.ts'
import { toggled } from '../../data/charts/card-settings.ts'
import type { NodeState } from '../../../src/domain/model.ts'
import type { NodeSummary } from '../../link/api.ts'
import { stateWords } from '../../ui/look/parts.tsx'

const states: readonly NodeState[] = ['live', 'stale', 'offline', 'unseen']
/** Labels that nearly every node has another value of say nothing as a filter. */
const labelValuesMax = 30
const noun = ['node', 'nodes'] as const

/** Which nodes of the room the charts show: by name, by state, by label. */
export function NodeChooser({
  nodes,
  scope,
  onScope,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly scope: NodeScope
  readonly onScope: (scope: NodeScope) => void
}) {
  const ids = useMemo(() => nodes.map(({ nodeId }) => nodeId), [nodes])
  const options = useMemo(() => nodes.map(({ nodeId, hostname }) => ({ id: nodeId, name: hostname || nodeId })), [nodes])
  const labels = useMemo(() => labelOptions(nodes), [nodes])
  const shown = nodesInScope(nodes, scope).length
  const filters = scope.states.length + scope.labels.length

  const stateGroup: CheckGroup = {
    title: 'State',
    options: states.map((state) => ({ id: state, name: stateWords[state], count: nodes.filter((node) => node.state === state).length })),
    chosen: scope.states,
    toggle: (id) => onScope({ ...scope, states: states.filter((state) => (state === id) !== scope.states.includes(state)) }),
    only: (id) => onScope({ ...scope, states: states.filter((state) => state === id) }),
  }
  const labelGroups = labels.map(({ key, values }): CheckGroup => ({
    title: key,
    options: values,
    chosen: scope.labels,
    toggle: (id) =>
      onScope({ ...scope, labels: scope.labels.includes(id) ? scope.labels.filter((label) => label !== id) : [...scope.labels, id] }),
    only: (id) => onScope({ ...scope, labels: [...scope.labels.filter((label) => !label.startsWith(`${key}=`)), id] }),
  }))
  return (
    <div className="node-chooser" role="group" aria-label="Nodes of these charts">
      <ControlPopover label="Nodes" words={chosenWords(options, scope.nodeIds, noun)} isChanged={scope.nodeIds !== undefined}>
        <CheckChooser
          title="Nodes"
          groups={[
            {
              title: '',
              options,
              chosen: scope.nodeIds,
              toggle: (id) => onScope({ ...scope, nodeIds: toggled(ids, scope.nodeIds, id) }),
              only: (id) => onScope({ ...scope, nodeIds: [id] }),
            },
          ]}
          isAll={scope.nodeIds === undefined}
          onAll={() => onScope({ ...scope, nodeIds: undefined })}
        />
      </ControlPopover>
      <ControlPopover
        label="Filter nodes"
        words={filters === 0 ? 'Filter' : counted(filters, ['filter', 'filters'])}
        isChanged={filters > 0}
      >
        <CheckChooser
          title="Only nodes with"
          groups={[stateGroup, ...labelGroups]}
          isAll={filters === 0}
          onAll={() => onScope({ ...scope, states: [], labels: [] })}
          note="Nodes that have one of the chosen values of every kind."
        />
      </ControlPopover>
      {shown === nodes.length ? null : (
        <span className="node-chooser-count" role="status">
          {shown} of {counted(nodes.length, noun)} shown
        </span>
      )}
    </div>
  )
}

/** Labels people gave, with few enough values to choose from. */
function labelOptions(nodes: readonly NodeSummary[]) {
  const counts = new Map<string, Map<string, number>>()
  for (const node of nodes) {
    for (const [key, value] of Object.entries(node.labels ?? {})) {
      if (key.startsWith('_')) continue
      const values = counts.get(key) ?? new Map<string, number>()
      values.set(value, (values.get(value) ?? 0) + 1)
      counts.set(key, values)
    }
  }
  return [...counts]
    .filter(([, values]) => values.size <= labelValuesMax)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => ({
      key,
      values: [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, count]) => ({ id: `${key}=${value}`, name: value, count })),
    }))
}

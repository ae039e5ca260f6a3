import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { isPassedOn } from '../../../src/live/filter-text.ts'
import { contextMetric, fleetMetrics, type FleetMetric } from '../../data/fleet/fleet-metric.ts'
import { groupNodes, parseGrouping } from '../../data/fleet/map-groups.ts'
import { labelKeys } from '../../data/fleet/node-query.ts'
import { contextsOfNodes } from '../../data/fleet/space-contexts.ts'
import type { MapColoring } from '../../data/fleet/tile-looks.ts'
import type { NodeSummary } from '../../link/api.ts'
import { usePageSearch } from '../../ui/palette/page-search.ts'
import { contextsQuery } from '../../ui/queries.ts'
import { useServices } from '../../ui/services.ts'
import { useFleet } from '../fleet/use-fleet.ts'
import { MapLegend } from './map-legend.tsx'
import { NodeMap } from './node-map.tsx'

const offeredContextsMax = 2_000

/** The map with what it is coloured and grouped by; both stand in the address. */
export function MapCard({ nodes }: { readonly nodes: readonly NodeSummary[] }) {
  const { api } = useServices()
  const fleet = useFleet()
  const [search, setSearch] = usePageSearch()
  const by = search.get('by') ?? 'state'
  const contextId = search.get('context') ?? ''
  const dimension = search.get('dimension') ?? ''
  const groupText = search.get('group')
  const isContext = by === 'context'
  const space = useQuery({ ...contextsQuery(api), enabled: isContext })
  const contexts = useMemo(
    () =>
      space.data === undefined
        ? []
        : contextsOfNodes(space.data, new Set(nodes.map(({ nodeId }) => nodeId)))
            .filter(({ id }) => isPassedOn(id))
            .slice(0, offeredContextsMax),
    [space.data, nodes],
  )
  const context = contexts.find(({ id }) => id === contextId)
  const units = context?.units
  const coloring = useMemo((): MapColoring => {
    if (by === 'alerts') return { by: 'alerts' }
    const metric: FleetMetric | undefined =
      by === 'context'
        ? units === undefined
          ? undefined
          : contextMetric({ id: contextId, title: contextId, units }, dimension === '' ? undefined : dimension)
        : fleetMetrics.find(({ id }) => id === by)
    return metric === undefined ? { by: 'state' } : { by: 'metric', metric }
  }, [by, contextId, units, dimension])
  const grouping = useMemo(() => parseGrouping(groupText), [groupText])
  const groups = useMemo(() => groupNodes(nodes, grouping), [nodes, grouping])
  const [ceiling, setCeiling] = useState<number>()
  const [visible, setVisible] = useState<readonly string[]>([])
  const onVisible = useCallback((nodeIds: readonly string[]) => {
    setVisible((before) => (before.join() === nodeIds.join() ? before : nodeIds))
  }, [])

  useEffect(() => {
    const live = new Set(nodes.filter(({ state }) => state === 'live').map(({ nodeId }) => nodeId))
    const near = visible.filter((nodeId) => live.has(nodeId))
    for (const nodeId of near) live.delete(nodeId)
    // The rest counts for the end of the scale, and is ready when the map is scrolled.
    const agents = new Map(nodes.map(({ nodeId, agent }) => [nodeId, agent]))
    fleet.sampler.want({
      near,
      far: [...live],
      metrics: coloring.by === 'metric' ? [coloring.metric] : [],
      wantsPast: false,
      agentOf: (nodeId) => agents.get(nodeId),
    })
    fleet.sampler.keep(new Set(nodes.map(({ nodeId }) => nodeId)))
  }, [fleet, nodes, visible, coloring])

  return (
    <section className="card map-card" aria-labelledby="map-title">
      <div className="map-head">
        <h2 id="map-title">Map of nodes</h2>
        <label className="map-choice">
          <span>Colour by</span>
          <select
            className="select"
            value={by}
            onChange={(event) => setSearch({ by: event.target.value === 'state' ? undefined : event.target.value })}
          >
            <option value="state">State</option>
            <option value="alerts">Alerts</option>
            <optgroup label="Live values">
              {fleetMetrics.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
              <option value="context">Any context…</option>
            </optgroup>
          </select>
        </label>
        <label className="map-choice">
          <span>Group by</span>
          <select className="select" value={groupText ?? ''} onChange={(event) => setSearch({ group: event.target.value })}>
            <option value="">Nothing</option>
            <option value="state">State</option>
            <option value="agent">Agent (parent)</option>
            <optgroup label="Labels">
              {labelKeys(nodes).map(({ key, values }) => (
                <option key={key} value={`label:${key}`}>
                  {key} ({values})
                </option>
              ))}
              {grouping.startsWith('label:') && !labelKeys(nodes).some(({ key }) => grouping === `label:${key}`) ? (
                <option value={grouping}>{grouping.slice('label:'.length)}</option>
              ) : null}
            </optgroup>
          </select>
        </label>
      </div>
      {isContext ? (
        <div className="map-context">
          <label className="map-choice">
            <span>Context</span>
            <input
              className="field"
              type="text"
              list="map-contexts"
              defaultValue={contextId}
              placeholder={space.isPending ? 'Loading contexts' : 'disk.io'}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => {
                const id = event.target.value.trim()
                if (contexts.some((candidate) => candidate.id === id)) setSearch({ context: id, dimension: undefined })
              }}
            />
            <datalist id="map-contexts">
              {contexts.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </datalist>
          </label>
          <label className="map-choice">
            <span>Dimension</span>
            <input
              className="field"
              type="text"
              key={contextId}
              defaultValue={dimension}
              placeholder="all together"
              spellCheck={false}
              autoComplete="off"
              onBlur={(event) => setSearch({ dimension: event.target.value.trim() })}
              onKeyDown={(event) => event.key === 'Enter' && setSearch({ dimension: event.currentTarget.value.trim() })}
            />
          </label>
          {coloring.by === 'metric' ? null : (
            <p className="map-note" role="status">
              {space.isError
                ? 'The contexts cannot be read just now.'
                : contextId === '' || space.isPending
                  ? 'Choose a context.'
                  : 'No node of this room has this context.'}
            </p>
          )}
        </div>
      ) : null}
      <NodeMap groups={groups} coloring={coloring} fleet={fleet} onCeiling={setCeiling} onVisible={onVisible} />
      <MapLegend nodes={nodes} coloring={coloring} ceiling={ceiling} fleet={fleet} />
    </section>
  )
}

import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type RefObject } from 'react'
import { useLocation, useRouter } from 'wouter'
import type { NodeGroup } from '../../data/fleet/map-groups.ts'
import { hexagonPoints, isMapKey, layoutMap, neighbourTile, type MapLayout, type TileGroup } from '../../data/fleet/map-layout.ts'
import { steadyCeiling } from '../../data/fleet/tile-colors.ts'
import { tileLook, type MapColoring, type TileLook } from '../../data/fleet/tile-looks.ts'
import { ageWords } from '../../data/fleet/value-words.ts'
import type { NodeSummary } from '../../link/api.ts'
import { useTheme } from '../../ui/hooks.ts'
import type { Fleet } from '../fleet/use-fleet.ts'

/** Tiles of at least this width have room for a mark, and for a name. */
const markedPx = 24
const namedPx = 62

export interface NodeMapProps {
  readonly groups: readonly NodeGroup[]
  readonly coloring: MapColoring
  readonly fleet: Fleet
  /** Tells the end of the scale when it moves. */
  readonly onCeiling: (ceiling: number) => void
  readonly onVisible: (nodeIds: readonly string[]) => void
}

/** The map of nodes: a tile each, a link to the node. One tile is in the order of focus, arrow keys lead to the others. */
export function NodeMap({ groups, coloring, fleet, onCeiling, onVisible }: NodeMapProps) {
  const theme = useTheme()
  const [, navigate] = useLocation()
  const { base } = useRouter()
  const frame = useRef<HTMLDivElement>(null)
  const field = useRef<SVGSVGElement>(null)
  const [widthPx, setWidthPx] = useState(0)
  const [active, setActive] = useState('')
  const nodes = useMemo(() => groups.flatMap((group) => group.nodes), [groups])
  const isNarrow = widthPx < 620
  // The same places as long as the same nodes stand in the same groups, however often the list is renewed.
  const shape = JSON.stringify(groups.map(({ key, nodes: members }) => ({ key, count: members.length })))
  const layout = useMemo(
    () => layoutMap(JSON.parse(shape) as TileGroup[], { widthPx: Math.max(120, widthPx), heightPx: isNarrow ? 380 : 460 }),
    [shape, widthPx, isNarrow],
  )

  useEffect(() => {
    const element = frame.current
    if (element === null) return undefined
    const observer = new ResizeObserver(([entry]) => entry && setWidthPx(Math.floor(entry.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useVisibleTiles(field, nodes, layout, onVisible)
  useTileColors({ field, nodes, layout, coloring, fleet, theme, onCeiling })

  const activeIndex = Math.max(
    0,
    nodes.findIndex(({ nodeId }) => nodeId === active),
  )
  const tileAt = (index: number) => field.current?.querySelectorAll<SVGAElement>('a')[index]
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isMapKey(event.key) || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const next = neighbourTile(layout, activeIndex, event.key)
    setActive(nodes[next]?.nodeId ?? '')
    tileAt(next)?.focus()
  }
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest('a')
    const nodeId = link?.dataset['node']
    // A click with a modifier, or of another button, is the browser's: a new tab, a new window.
    if (nodeId === undefined || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(`/nodes/${nodeId}`)
  }
  const onFocus = (event: { readonly target: EventTarget }) => {
    const nodeId = (event.target as Element).closest('a')?.dataset['node']
    if (nodeId !== undefined) setActive(nodeId)
  }

  return (
    <div ref={frame} className="map-frame">
      {widthPx === 0 ? null : (
        <div className="map-field" style={{ height: layout.heightPx }}>
          {layout.groups.map(({ key, x, y, widthPx: ownPx }) => {
            const group = groups.find((candidate) => candidate.key === key)
            return key === '' || group === undefined ? null : (
              <h3 key={key} className="map-group" style={{ left: x, top: y, width: ownPx }} title={group.title}>
                <span>{group.title}</span> <small>{group.nodes.length}</small>
              </h3>
            )
          })}
          <svg
            ref={field}
            className="map-tiles"
            width={widthPx}
            height={layout.heightPx}
            role="group"
            aria-label="Map of nodes. Arrow keys lead from node to node."
            onKeyDown={onKeyDown}
            onClick={onClick}
            onFocus={onFocus}
          >
            {nodes.map((node, index) => {
              const place = layout.tiles[index]
              return place === undefined ? null : (
                <Tile
                  key={node.nodeId}
                  nodeId={node.nodeId}
                  hostname={node.hostname}
                  href={`${base}/nodes/${node.nodeId}`}
                  x={place.x}
                  y={place.y}
                  tilePx={layout.tilePx}
                  isActive={index === activeIndex}
                />
              )
            })}
          </svg>
        </div>
      )}
    </div>
  )
}

const Tile = memo(function Tile({
  nodeId,
  hostname,
  href,
  x,
  y,
  tilePx,
  isActive,
}: {
  readonly nodeId: string
  readonly hostname: string
  readonly href: string
  readonly x: number
  readonly y: number
  readonly tilePx: number
  readonly isActive: boolean
}) {
  const isNamed = tilePx >= namedPx
  const letters = Math.floor((tilePx - 14) / 6.4)
  const name = Array.from(hostname)
  return (
    <g transform={`translate(${x} ${y})`}>
      <a href={href} data-node={nodeId} tabIndex={isActive ? 0 : -1} className="tile">
        <title>{hostname}</title>
        <polygon className="tile-shape" points={hexagonPoints(tilePx)} />
        {tilePx < markedPx ? null : (
          <text className="tile-mark" y={isNamed ? -4 : 0} fontSize={Math.min(17, tilePx * 0.34)} aria-hidden="true" />
        )}
        {isNamed ? (
          <text className="tile-name" y={13} fontSize={11} aria-hidden="true">
            {name.length > letters ? `${name.slice(0, letters - 1).join('')}…` : hostname}
          </text>
        ) : null}
      </a>
    </g>
  )
})

/** Paints the tiles past React: once when something was chosen, and whenever values arrive. */
function useTileColors({
  field,
  nodes,
  layout,
  coloring,
  fleet,
  theme,
  onCeiling,
}: {
  readonly field: RefObject<SVGSVGElement | null>
  readonly nodes: readonly NodeSummary[]
  /** Tiles of another size have other texts: what was painted is forgotten. */
  readonly layout: MapLayout
  readonly coloring: MapColoring
  readonly fleet: Fleet
  readonly theme: 'light' | 'dark'
  readonly onCeiling: (ceiling: number) => void
}) {
  const ceiling = useRef<{ readonly metricId: string; readonly value: number }>(undefined)
  useEffect(() => {
    const shown = new Map<string, string>()
    const metric = coloring.by === 'metric' ? coloring.metric : undefined
    return fleet.onAny(() => {
      const svg = field.current
      if (svg === null) return
      const valueOf = (nodeId: string) => (metric === undefined ? undefined : fleet.sampler.samples(nodeId, metric.id)?.latest)
      let end = 1
      if (metric !== undefined) {
        let most = 0
        if (metric.ceiling === undefined) for (const { nodeId } of nodes) most = Math.max(most, Math.abs(valueOf(nodeId) ?? 0))
        const before = ceiling.current?.metricId === metric.id ? ceiling.current.value : undefined
        end = metric.ceiling ?? steadyCeiling(before, most)
        if (end !== before) onCeiling(end)
        ceiling.current = { metricId: metric.id, value: end }
      }
      const byId = new Map(nodes.map((node) => [node.nodeId, node]))
      for (const link of svg.querySelectorAll<SVGAElement>('a.tile')) {
        const node = byId.get(link.dataset['node'] ?? '')
        if (node === undefined) continue
        const value = valueOf(node.nodeId)
        const look = tileLook(node, coloring, theme, value === undefined ? undefined : Math.abs(value), end)
        const age = metric === undefined || look.look !== 'value' ? '' : ageWords(fleet.sampler.ageS(node.nodeId, metric.id))
        const key = [look.look, look.fill, look.mark, look.words, age].join('|')
        if (shown.get(node.nodeId) === key) continue
        shown.set(node.nodeId, key)
        paint(link, node.hostname, look, age)
      }
    })
  }, [field, nodes, layout, coloring, fleet, theme, onCeiling])
}

function paint(link: SVGAElement, hostname: string, { look, fill, ink, mark, words }: TileLook, age: string): void {
  const label = [hostname, words, age].filter(Boolean).join(', ')
  link.dataset['look'] = look
  link.dataset['old'] = String(age !== '')
  link.setAttribute('aria-label', label)
  const [title, shape, text] = [
    link.querySelector('title'),
    link.querySelector<SVGElement>('.tile-shape'),
    link.querySelector('.tile-mark'),
  ]
  if (title !== null) title.textContent = label
  if (shape !== null) shape.style.fill = fill ?? ''
  if (text !== null) text.textContent = mark
  // A name alone stands in the middle.
  link.querySelector('.tile-name')?.setAttribute('y', mark === '' ? '0' : '13')
  for (const each of link.querySelectorAll<SVGElement>('text')) each.style.fill = ink ?? ''
}

/** Which tiles are on screen, told when the scroll has come to rest. */
function useVisibleTiles(
  field: RefObject<SVGSVGElement | null>,
  nodes: readonly NodeSummary[],
  layout: MapLayout,
  onVisible: (nodeIds: readonly string[]) => void,
) {
  useEffect(() => {
    let timer = 0
    const look = () => {
      const box = field.current?.getBoundingClientRect()
      if (box === undefined) return
      const from = -box.top - layout.tilePx
      const to = window.innerHeight - box.top + layout.tilePx
      onVisible(
        nodes.flatMap(({ nodeId }, index) => {
          const y = layout.tiles[index]?.y ?? -1
          return y >= from && y <= to ? [nodeId] : []
        }),
      )
    }
    const later = () => {
      window.clearTimeout(timer)
      timer = window.setTimeout(look, 200)
    }
    look()
    window.addEventListener('scroll', later, { passive: true })
    window.addEventListener('resize', later)
    return () => {
      window.clearTimeout(timer)
      window.removeEventListener('scroll', later)
      window.removeEventListener('resize', later)
    }
  }, [field, nodes, layout, onVisible])
}

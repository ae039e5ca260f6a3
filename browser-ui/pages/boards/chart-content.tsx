import { lazy, Suspense, useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import type { ChartTile } from '../../../src/domain/board.ts'
import { ChartCard } from '../../charts/chart-card.tsx'
import type { CardSettings } from '../../data/charts/card-settings.ts'
import { heightPx } from '../../data/boards/grid-geometry.ts'
import { chartWith, settingsOf } from '../../data/boards/tiles.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Skeleton } from '../../ui/look/parts.tsx'
import type { BoardCharts } from './use-board-charts.ts'
import { useMatches } from '../../ui/hooks.ts'

const ExpandedChart = lazy(async () => ({ default: (await import('../../charts/expanded/expanded-chart.tsx')).ExpandedChart }))

/** What of a chart tile is not its plot: title, controls, legend. */
const aroundPx = { looking: 132, editing: 176 } as const
const leastPlotPx = 72
/** A phone has height enough, and a wide plot needs less of it. */
const mostNarrowPx = 220

interface ChartContentProps {
  readonly tile: ChartTile
  readonly charts: BoardCharts
  /** Undefined while the board is only looked at: what is chosen then is for the moment. */
  readonly onChange: ((tile: ChartTile) => void) | undefined
}

/** A chart of a board, live; or why there is none, in one sentence. */
export function ChartContent({ tile, charts, onChange }: ChartContentProps) {
  const { deck, nodeIds } = charts
  const isNarrow = useMatches('(max-width: 720px)')
  const contexts = useSyncExternalStore(deck?.feed.onStatus ?? never, () => deck?.feed.status.contexts)
  const [passing, setPassing] = useState<{ of: string; settings: CardSettings }>()
  // The same text as long as nothing but the place of the tile changed.
  const key = JSON.stringify(settingsOf(tile))
  const own = useMemo(() => JSON.parse(key) as CardSettings, [key])
  const [hidden, setHidden] = useState<CardSettings['hidden']>()
  /** The panel of the large chart; undefined while it is not open. */
  const [panel, setPanel] = useState<string>()
  const expand = useCallback(() => setPanel('values'), [])
  const settings = useMemo(() => {
    const base = onChange === undefined && passing?.of === key ? passing.settings : own
    return hidden === undefined ? base : { ...base, hidden }
  }, [onChange, passing, key, own, hidden])
  const onSettings = useCallback(
    (_contextId: string, { hidden: nextHidden, ...next }: CardSettings) => {
      setHidden(nextHidden)
      if (onChange === undefined) setPassing({ of: key, settings: next })
      else if (JSON.stringify(next) !== key) onChange(chartWith(tile, next))
    },
    [onChange, key, tile],
  )

  const name = tile.title ?? tile.contextId
  if (charts.error !== undefined) return <Missing name={name} text={`The nodes of this room cannot be read. ${charts.error.message}`} />
  if (nodeIds?.size === 0) return <Missing name={name} text="No node is in this room yet." />
  if (deck === undefined || contexts === undefined || nodeIds === undefined) return <Skeleton lines={3} label={`Loading ${name}`} />
  const context = contexts.get(tile.contextId)
  if (context === undefined) {
    return (
      <Missing name={name} text={`No node of this room collects ${tile.contextId} at the moment. The chart appears as soon as one does.`} />
    )
  }
  if (tile.nodes !== 'room' && !tile.nodes.some((id) => nodeIds.has(id))) {
    return <Missing name={name} text="None of the nodes that this chart is about is in this room." />
  }
  const plotPx = heightPx(tile.h) - (onChange === undefined ? aroundPx.looking : aroundPx.editing)
  return (
    <>
      <ChartCard
        deck={deck}
        context={context}
        settings={settings}
        onSettings={onSettings}
        onExpand={expand}
        heightPx={Math.max(leastPlotPx, isNarrow ? Math.min(plotPx, mostNarrowPx) : plotPx)}
        {...(tile.title === undefined ? {} : { title: tile.title })}
      />
      {panel === undefined ? null : (
        <Suspense fallback={null}>
          <ExpandedChart
            deck={deck}
            context={context}
            settings={settings}
            onSettings={onSettings}
            panel={panel}
            onPanel={setPanel}
            onClose={() => setPanel(undefined)}
          />
        </Suspense>
      )}
    </>
  )
}

const never = () => () => {}

function Missing({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className="tile-missing" role="note">
      <h3 title={name}>{name}</h3>
      <p>
        {icons.info} <span>{text}</span>
      </p>
    </div>
  )
}

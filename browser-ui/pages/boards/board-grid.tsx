import { useCallback, useEffect, useRef } from 'react'
import type { BoardDocument, BoardTile } from '../../../src/domain/board.ts'
import { heightPx } from '../../data/boards/grid-geometry.ts'
import { arranged, readingOrder, rowsOf } from '../../data/boards/layout.ts'
import { BoardTileView, cellsOf } from './board-tile.tsx'
import type { BoardCharts } from './use-board-charts.ts'
import { useTileDeeds } from './use-tile-deeds.ts'
import { useTileDrag } from './use-tile-drag.ts'
import { useMatches } from '../../ui/hooks.ts'

interface GridProps {
  readonly document: BoardDocument
  readonly charts: BoardCharts
  readonly isEditing: boolean
  readonly onEdit: (document: BoardDocument) => void
  readonly onOpen: (tile: BoardTile) => void
  readonly onDuplicate: (tile: BoardTile) => void
  readonly onRemove: (tile: BoardTile) => void
}

const help = {
  wide: 'Drag a tile by its head, or its edges to resize it. With the keyboard: arrow keys move the tile that has the focus, Shift and arrow keys resize it, Enter edits and Delete removes it.',
  narrow: 'The menu of a tile moves it and changes its height.',
} as const

/** The tiles of a board: on twelve columns, or on a narrow screen one below the other in the order of reading. */
export function BoardGrid({ document, charts, isEditing, onEdit, onOpen, onDuplicate, onRemove }: GridProps) {
  const host = useRef<HTMLDivElement>(null)
  const isNarrow = useMatches('(max-width: 720px)')
  const latest = useRef(document)
  useEffect(() => {
    latest.current = document
  })
  const { deeds, said } = useTileDeeds({ host, document, isNarrow, onEdit, onOpen, onDuplicate, onRemove })
  // Others may have put tiles on the board or taken some off while this one was dragged.
  const onDrop = useCallback(
    (layout: readonly BoardTile[]) => onEdit({ ...latest.current, tiles: arranged(latest.current.tiles, layout) }),
    [onEdit],
  )
  const { preview, draggedId, isMoving, begin } = useTileDrag({ host, tiles: document.tiles, onTiles: onDrop })
  const shown = preview ?? document.tiles
  // Elements keep their order while one is dragged: one that is taken elsewhere in the document loses its pointer.
  const places = new Map(shown.map((tile) => [tile.id, tile]))
  const ordered = readingOrder(document.tiles).map((tile) => places.get(tile.id) ?? tile)
  const landing = isMoving && draggedId !== undefined ? places.get(draggedId) : undefined

  return (
    <>
      {isEditing ? (
        <p id="tile-help" className="board-help">
          {isNarrow ? help.narrow : help.wide}
        </p>
      ) : null}
      <div
        ref={host}
        className="board-grid"
        data-narrow={isNarrow || undefined}
        data-dragging={draggedId === undefined ? undefined : true}
        style={isNarrow ? undefined : { minHeight: heightPx(rowsOf(shown)) }}
      >
        {ordered.map((tile) => (
          <BoardTileView
            key={tile.id}
            tile={tile}
            charts={charts}
            isEditing={isEditing}
            isNarrow={isNarrow}
            isDragged={draggedId === tile.id}
            deeds={deeds}
            onDrag={begin}
          />
        ))}
        {landing === undefined ? null : <div className="tile-landing" style={cellsOf(landing)} />}
      </div>
      <p className="visually-hidden" aria-live="assertive">
        {said}
      </p>
    </>
  )
}

import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { BoardDocument, BoardTile } from '../../../src/domain/board.ts'
import { placeWords, tileName } from '../../data/boards/board-words.ts'
import { heightPx } from '../../data/boards/grid-geometry.ts'
import { arranged, readingOrder, reordered, resized, rowsOf, stepped, type Direction } from '../../data/boards/layout.ts'
import type { BoardCharts } from './use-board-charts.ts'
import { BoardTileView, cellsOf, type TileDeeds } from './board-tile.tsx'
import { useIsNarrow } from './use-is-narrow.ts'
import { useTileDrag } from './use-tile-drag.ts'

const arrows: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }

interface GridProps {
  readonly document: BoardDocument
  readonly charts: BoardCharts
  readonly isEditing: boolean
  readonly onEdit: (document: BoardDocument) => void
  readonly onOpen: (tile: BoardTile) => void
  readonly onDuplicate: (tile: BoardTile) => void
  readonly onRemove: (tile: BoardTile) => void
}

/** The tiles of a board: on twelve columns, or on a narrow screen one below the other in the order of reading. */
export function BoardGrid({ document, charts, isEditing, onEdit, onOpen, onDuplicate, onRemove }: GridProps) {
  const host = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const [said, setSaid] = useState('')
  const latest = useRef(document)
  useEffect(() => {
    latest.current = document
  })
  const apply = useCallback((tiles: readonly BoardTile[]) => onEdit({ ...latest.current, tiles }), [onEdit])
  // Others may have put tiles on the board or taken some off while this one was dragged.
  const onDrop = useCallback((layout: readonly BoardTile[]) => apply(arranged(latest.current.tiles, layout)), [apply])
  const drag = useTileDrag({ host, tiles: document.tiles, onTiles: onDrop })
  const shown = drag.preview ?? document.tiles
  // Elements keep their order while one is dragged: one that is taken elsewhere in the document loses its pointer.
  const places = new Map(shown.map((tile) => [tile.id, tile]))
  const ordered = readingOrder(document.tiles).map((tile) => places.get(tile.id) ?? tile)
  const focused = useRef<string>(undefined)
  // It loses the focus, too.
  useLayoutEffect(() => {
    const id = focused.current
    focused.current = undefined
    const element = id === undefined ? null : host.current?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(id)}"]`)
    if (window.document.activeElement !== element) element?.focus({ preventScroll: true })
    element?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
  })
  const landing = drag.isMoving ? shown.find(({ id }) => id === drag.draggedId) : undefined

  /** Does it, and tells whoever cannot see it where the tile is now. */
  const arrange = useCallback(
    (tile: BoardTile, change: (tiles: readonly BoardTile[]) => readonly BoardTile[], asOrder = false) => {
      const { tiles } = latest.current
      const next = change(tiles)
      const at = next.find(({ id }) => id === tile.id) ?? tile
      const before = tiles.find(({ id }) => id === tile.id) ?? tile
      const isSame = placeWords(before) === placeWords(at)
      const order = asOrder ? ` Place ${readingOrder(next).findIndex(({ id }) => id === tile.id) + 1} of ${next.length}.` : ''
      setSaid(isSame ? `${tileName(tile)} cannot go further.` : `${tileName(tile)}: ${placeWords(at)}.${order}`)
      if (!isSame) apply(next)
    },
    [apply],
  )
  const onKey = (tile: BoardTile) => (event: KeyboardEvent<HTMLElement>) => {
    // Keys inside of a tile belong to what has the focus there.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const direction = arrows[event.key]
    const act =
      direction !== undefined
        ? () => {
            focused.current = tile.id
            arrange(tile, (tiles) => byArrow(tiles, tile, direction, event.shiftKey, isNarrow), isNarrow)
          }
        : event.key === 'Enter'
          ? () => onOpen(tile)
          : event.key === 'Delete' || event.key === 'Backspace'
            ? () => {
                focusNeighbour(event.currentTarget)
                onRemove(tile)
              }
            : undefined
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  const deedsOf = (tile: BoardTile): TileDeeds => ({
    open: () => onOpen(tile),
    duplicate: () => onDuplicate(tile),
    remove: () => onRemove(tile),
    earlier: () => arrange(tile, (tiles) => reordered(tiles, tile.id, -1), true),
    later: () => arrange(tile, (tiles) => reordered(tiles, tile.id, 1), true),
    grow: (w, h) => arrange(tile, (tiles) => resized(tiles, tile.id, tile.w + w, tile.h + h)),
    change: (next) => onEdit({ ...latest.current, tiles: latest.current.tiles.map((other) => (other.id === next.id ? next : other)) }),
  })

  return (
    <>
      {isEditing ? (
        <p id="tile-help" className="board-help">
          {isNarrow
            ? 'The menu of a tile moves it and changes its height.'
            : 'Drag a tile by its head, or its edges to resize it. With the keyboard: arrow keys move the tile that has the focus, Shift and arrow keys resize it, Enter edits and Delete removes it.'}
        </p>
      ) : null}
      <div
        ref={host}
        className="board-grid"
        data-narrow={isNarrow || undefined}
        data-dragging={drag.draggedId === undefined ? undefined : true}
        style={isNarrow ? undefined : { minHeight: heightPx(rowsOf(shown)) }}
      >
        {landing === undefined ? null : <div className="tile-landing" style={cellsOf(landing)} />}
        {ordered.map((tile) => (
          <BoardTileView
            key={tile.id}
            tile={tile}
            charts={charts}
            isEditing={isEditing}
            isNarrow={isNarrow}
            isDragged={drag.draggedId === tile.id}
            deeds={deedsOf(tile)}
            onKeyDown={isEditing ? onKey(tile) : undefined}
            onGrip={isEditing && !isNarrow ? drag.grip(tile.id) : undefined}
            onEdge={isEditing && !isNarrow ? drag.edge(tile.id) : undefined}
          />
        ))}
      </div>
      <p className="visually-hidden" aria-live="assertive">
        {said}
      </p>
    </>
  )
}

function byArrow(
  tiles: readonly BoardTile[],
  { id, w, h }: BoardTile,
  direction: Direction,
  isResize: boolean,
  isNarrow: boolean,
): readonly BoardTile[] {
  const way = direction === 'left' || direction === 'up' ? -1 : 1
  const isSideways = direction === 'left' || direction === 'right'
  if (isResize) return resized(tiles, id, w + (isSideways ? way : 0), h + (isSideways ? 0 : way))
  return isNarrow ? (isSideways ? tiles : reordered(tiles, id, way)) : stepped(tiles, id, direction)
}

/** The focus goes on to the next tile when its own is removed. */
function focusNeighbour(tile: HTMLElement): void {
  const next = tile.nextElementSibling ?? tile.previousElementSibling
  if (next instanceof HTMLElement) next.focus()
}

import { memo, type KeyboardEvent } from 'react'
import type { BoardTile, TilePlace } from '../../../src/domain/board.ts'
import { placeWords, tileName } from '../../data/boards/board-words.ts'
import { BoardMenu } from './board-menu.tsx'
import { ChartContent } from './chart-content.tsx'
import { TextContent } from './text-content.tsx'
import type { BoardCharts } from './use-board-charts.ts'
import { edges, type TileDrag } from './use-tile-drag.ts'

/** What can be done with a tile; the same object for all tiles, as long as the board is shown. */
export interface TileDeeds {
  readonly open: (tile: BoardTile) => void
  readonly duplicate: (tile: BoardTile) => void
  readonly remove: (tile: BoardTile) => void
  /** One place earlier (-1) or later (1) in the order of reading. */
  readonly reorder: (tile: BoardTile, by: -1 | 1) => void
  /** Makes it so many columns and rows larger. */
  readonly grow: (tile: BoardTile, w: number, h: number) => void
  /** The same tile, set another way. */
  readonly change: (tile: BoardTile) => void
  readonly key: (tile: BoardTile, event: KeyboardEvent<HTMLElement>) => void
}

interface TileProps {
  readonly tile: BoardTile
  readonly charts: BoardCharts
  readonly isEditing: boolean
  readonly isNarrow: boolean
  readonly isDragged: boolean
  readonly deeds: TileDeeds
  readonly onDrag: TileDrag['begin']
}

/** The cells of the grid that a place takes up, as CSS counts them. */
export function cellsOf({ x, y, w, h }: TilePlace): { readonly gridColumn: string; readonly gridRow: string } {
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }
}

/**
 * A tile in its place; while the board is edited with a head to drag it by, edges to resize it, and a menu. Drawn anew only when
 * something about this very tile changed: a board may have hundreds.
 */
export const BoardTileView = memo(function BoardTileView({ tile, charts, isEditing, isNarrow, isDragged, deeds, onDrag }: TileProps) {
  const canDrag = isEditing && !isNarrow
  const name = tileName(tile)
  return (
    <div
      className="board-tile card"
      data-tile={tile.id}
      data-kind={tile.kind}
      data-dragged={isDragged || undefined}
      style={isNarrow ? undefined : cellsOf(tile)}
      {...(isEditing
        ? {
            role: 'group',
            tabIndex: 0,
            'aria-label': `${name}, ${placeWords(tile)}`,
            'aria-describedby': 'tile-help',
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => deeds.key(tile, event),
          }
        : {})}
    >
      {isEditing ? (
        <div
          className="tile-head"
          data-grip={canDrag || undefined}
          onPointerDown={canDrag ? (event) => onDrag(tile.id, undefined, event) : undefined}
        >
          <span className="tile-name">{name}</span>
          <button type="button" className="button is-small is-quiet" onClick={() => deeds.open(tile)}>
            Edit<span className="visually-hidden"> {name}</span>
          </button>
          <BoardMenu
            label={`More for ${name}`}
            entries={[
              { title: 'Duplicate', run: () => deeds.duplicate(tile) },
              { title: 'Move up', run: () => deeds.reorder(tile, -1) },
              { title: 'Move down', run: () => deeds.reorder(tile, 1) },
              ...(isNarrow
                ? []
                : [
                    { title: 'Wider', run: () => deeds.grow(tile, 1, 0) },
                    { title: 'Narrower', run: () => deeds.grow(tile, -1, 0) },
                  ]),
              { title: 'Taller', run: () => deeds.grow(tile, 0, 1) },
              { title: 'Shorter', run: () => deeds.grow(tile, 0, -1) },
              { title: 'Remove', isDanger: true, run: () => deeds.remove(tile) },
            ]}
          />
        </div>
      ) : null}
      <div className="tile-body">
        {tile.kind === 'text' ? (
          <TextContent text={tile.text} />
        ) : (
          <ChartContent tile={tile} charts={charts} onChange={isEditing ? deeds.change : undefined} />
        )}
      </div>
      {canDrag
        ? edges.map((edge) => <div key={edge} className={`tile-edge is-${edge}`} onPointerDown={(event) => onDrag(tile.id, edge, event)} />)
        : null}
    </div>
  )
})

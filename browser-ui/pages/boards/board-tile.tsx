import { memo, type KeyboardEvent, type PointerEvent } from 'react'
import type { BoardTile, TilePlace } from '../../../src/domain/board.ts'
import { placeWords, tileName } from '../../data/boards/board-words.ts'
import { BoardMenu } from './board-menu.tsx'
import { ChartContent } from './chart-content.tsx'
import { TextContent } from './text-content.tsx'
import type { BoardCharts } from './use-board-charts.ts'
import type { Edge } from './use-tile-drag.ts'

/** What can be done with one tile. */
export interface TileDeeds {
  readonly open: () => void
  readonly duplicate: () => void
  readonly remove: () => void
  readonly earlier: () => void
  readonly later: () => void
  /** Makes it so many columns and rows larger. */
  readonly grow: (w: number, h: number) => void
  /** The same tile, set another way. */
  readonly change: (tile: BoardTile) => void
}

interface TileProps {
  readonly tile: BoardTile
  readonly charts: BoardCharts
  readonly isEditing: boolean
  readonly isNarrow: boolean
  readonly isDragged: boolean
  readonly deeds: TileDeeds
  readonly onKeyDown: ((event: KeyboardEvent<HTMLElement>) => void) | undefined
  readonly onGrip: ((event: PointerEvent<HTMLElement>) => void) | undefined
  readonly onEdge: ((edge: Edge) => (event: PointerEvent<HTMLElement>) => void) | undefined
}

/** The cells of the grid that a place takes up, as CSS counts them. */
export function cellsOf({ x, y, w, h }: TilePlace): { readonly gridColumn: string; readonly gridRow: string } {
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }
}

/** A tile in its place; while the board is edited with a head to drag it by, edges to resize it, and a menu. */
export function BoardTileView({ tile, charts, isEditing, isNarrow, isDragged, deeds, onKeyDown, onGrip, onEdge }: TileProps) {
  const name = tileName(tile)
  return (
    <div
      className="board-tile card"
      data-tile={tile.id}
      data-kind={tile.kind}
      data-dragged={isDragged || undefined}
      style={isNarrow ? undefined : cellsOf(tile)}
      {...(isEditing
        ? { role: 'group', tabIndex: 0, 'aria-label': `${name}, ${placeWords(tile)}`, 'aria-describedby': 'tile-help', onKeyDown }
        : {})}
    >
      {isEditing ? (
        <div className="tile-head" data-grip={onGrip === undefined ? undefined : true} onPointerDown={onGrip}>
          <span className="tile-name">{name}</span>
          <button type="button" className="button is-small is-quiet" onClick={deeds.open}>
            Edit<span className="visually-hidden"> {name}</span>
          </button>
          <BoardMenu
            label={`More for ${name}`}
            entries={[
              { title: 'Duplicate', run: deeds.duplicate },
              { title: 'Move up', run: deeds.earlier },
              { title: 'Move down', run: deeds.later },
              ...(isNarrow
                ? []
                : [
                    { title: 'Wider', run: () => deeds.grow(1, 0) },
                    { title: 'Narrower', run: () => deeds.grow(-1, 0) },
                  ]),
              { title: 'Taller', run: () => deeds.grow(0, 1) },
              { title: 'Shorter', run: () => deeds.grow(0, -1) },
              { title: 'Remove', isDanger: true, run: deeds.remove },
            ]}
          />
        </div>
      ) : null}
      <div className="tile-body">
        <Content tile={tile} charts={charts} isEditing={isEditing} onChange={deeds.change} />
      </div>
      {onEdge === undefined ? null : (
        <>
          <div className="tile-edge is-right" onPointerDown={onEdge('right')} />
          <div className="tile-edge is-bottom" onPointerDown={onEdge('bottom')} />
          <div className="tile-edge is-corner" data-corner onPointerDown={onEdge('corner')} />
        </>
      )}
    </div>
  )
}

interface ContentProps {
  readonly tile: BoardTile
  readonly charts: BoardCharts
  readonly isEditing: boolean
  readonly onChange: (tile: BoardTile) => void
}

/** Drawn anew only when the tile itself changed, not when another one was moved. */
const Content = memo(function Content({ tile, charts, isEditing, onChange }: ContentProps) {
  return tile.kind === 'text' ? (
    <TextContent text={tile.text} />
  ) : (
    <ChartContent tile={tile} charts={charts} onChange={isEditing ? onChange : undefined} />
  )
}, isSame)

function isSame(a: ContentProps, b: ContentProps): boolean {
  return a.tile === b.tile && a.charts === b.charts && a.isEditing === b.isEditing
}

import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { BoardDocument, BoardTile } from '../../../src/domain/board.ts'
import { placeWords, tileName } from '../../data/boards/board-words.ts'
import { readingOrder, reordered, resized, stepped, type Direction } from '../../data/boards/layout.ts'
import type { TileDeeds } from './board-tile.tsx'

export interface TileDeedsDeps {
  readonly host: RefObject<HTMLElement | null>
  readonly document: BoardDocument
  readonly isNarrow: boolean
  readonly onEdit: (document: BoardDocument) => void
  readonly onOpen: (tile: BoardTile) => void
  readonly onDuplicate: (tile: BoardTile) => void
  readonly onRemove: (tile: BoardTile) => void
}

const arrows: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }

/** What keys and menus do with tiles, and the sentence that tells where a tile went to whoever cannot see it. */
export function useTileDeeds(deps: TileDeedsDeps): { readonly deeds: TileDeeds; readonly said: string } {
  const [said, setSaid] = useState('')
  const latest = useRef(deps)
  const moved = useRef<string>(undefined)
  useEffect(() => {
    latest.current = deps
  })
  // A tile that goes elsewhere in the document loses the focus, and may be out of sight.
  useLayoutEffect(() => {
    const id = moved.current
    if (id === undefined) return
    moved.current = undefined
    const element = deps.host.current?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(id)}"]`)
    if (window.document.activeElement !== element) element?.focus({ preventScroll: true })
    element?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
  })

  const deeds = useMemo((): TileDeeds => {
    /** Answers whether that changed anything. */
    const arrange = ({ id }: BoardTile, change: (tiles: readonly BoardTile[]) => readonly BoardTile[], asOrder = false): boolean => {
      const { document, onEdit } = latest.current
      const next = change(document.tiles)
      const [before, after] = [document.tiles, next].map((tiles) => tiles.find((tile) => tile.id === id))
      if (before === undefined || after === undefined) return false
      const isSame = placeWords(before) === placeWords(after)
      const order = asOrder ? ` Place ${readingOrder(next).findIndex((tile) => tile.id === id) + 1} of ${next.length}.` : ''
      setSaid(isSame ? `${tileName(after)} cannot go further.` : `${tileName(after)}: ${placeWords(after)}.${order}`)
      if (!isSame) onEdit({ ...document, tiles: next })
      return !isSame
    }
    const byArrow = (tile: BoardTile, direction: Direction, isResize: boolean): boolean => {
      const { isNarrow } = latest.current
      const way = direction === 'left' || direction === 'up' ? -1 : 1
      const isSideways = direction === 'left' || direction === 'right'
      if (isResize) return arrange(tile, (tiles) => grown(tiles, tile.id, isSideways ? way : 0, isSideways ? 0 : way))
      if (!isNarrow) return arrange(tile, (tiles) => stepped(tiles, tile.id, direction))
      return !isSideways && arrange(tile, (tiles) => reordered(tiles, tile.id, way), true)
    }
    return {
      open: (tile) => latest.current.onOpen(tile),
      duplicate: (tile) => latest.current.onDuplicate(tile),
      remove: (tile) => latest.current.onRemove(tile),
      reorder: (tile, by) => void arrange(tile, (tiles) => reordered(tiles, tile.id, by), true),
      grow: (tile, w, h) => void arrange(tile, (tiles) => grown(tiles, tile.id, w, h)),
      change(next) {
        const { document, onEdit } = latest.current
        onEdit({ ...document, tiles: document.tiles.map((tile) => (tile.id === next.id ? next : tile)) })
      },
      key(tile, event) {
        // Keys inside of a tile belong to what has the focus there.
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
        const act = actOf(tile, event)
        if (act === undefined) return
        event.preventDefault()
        event.stopPropagation()
        act()
      },
    }

    function actOf(tile: BoardTile, event: KeyboardEvent<HTMLElement>): (() => void) | undefined {
      const { key, shiftKey, currentTarget } = event
      const direction = arrows[key]
      if (direction !== undefined) {
        return () => {
          moved.current = tile.id
          if (!byArrow(tile, direction, shiftKey)) moved.current = undefined
        }
      }
      if (key === 'Enter') return () => latest.current.onOpen(tile)
      if (key !== 'Delete' && key !== 'Backspace') return undefined
      return () => {
        focusNeighbour(currentTarget)
        latest.current.onRemove(tile)
      }
    }
  }, [])
  return { deeds, said }
}

function grown(tiles: readonly BoardTile[], id: string, w: number, h: number): readonly BoardTile[] {
  const tile = tiles.find((other) => other.id === id)
  return tile === undefined ? tiles : resized(tiles, id, tile.w + w, tile.h + h)
}

/** The focus goes on to the next tile when its own is removed. */
function focusNeighbour(tile: HTMLElement): void {
  const others = [tile.nextElementSibling, tile.previousElementSibling]
  const next = others.find((other) => other instanceof HTMLElement && other.dataset['tile'] !== undefined)
  if (next instanceof HTMLElement) next.focus()
}

import { useCallback, useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react'
import type { BoardTile } from '../../../src/domain/board.ts'
import { boxOf, nearestCell, nearestSize, scrollSpeed } from '../../data/boards/grid-geometry.ts'
import { moved, resized } from '../../data/boards/layout.ts'

/** The edges a tile is resized by. */
export const edges = ['right', 'bottom', 'corner'] as const
export type Edge = (typeof edges)[number]

export interface TileDrag {
  /** The layout as it would be if the tile were let go now; undefined while nothing is dragged. */
  readonly preview: readonly BoardTile[] | undefined
  readonly draggedId: string | undefined
  /** Whether it is taken elsewhere; otherwise it is resized. */
  readonly isMoving: boolean
  /** A pointer went down on what a tile is dragged by, or on an edge. The same function as long as the board is shown. */
  readonly begin: (id: string, edge: Edge | undefined, event: PointerEvent<HTMLElement>) => void
}

interface Drag {
  readonly id: string
  readonly edge: Edge | undefined
  readonly pointerId: number
  readonly element: HTMLElement
  readonly startX: number
  readonly startY: number
  /** Layouts are made from the one at the start, so that what was pushed away comes back. */
  readonly tiles: readonly BoardTile[]
  x: number
  y: number
}

/** How far a pointer moves before it drags; less is a click. */
const slackPx = 4

/**
 * Dragging and resizing by pointer, snapped to the grid. The dragged tile follows the pointer by hand; React only hears when it
 * reaches another cell. Escape puts everything back.
 */
export function useTileDrag({
  host,
  tiles,
  onTiles,
}: {
  readonly host: RefObject<HTMLElement | null>
  readonly tiles: readonly BoardTile[]
  readonly onTiles: (tiles: readonly BoardTile[]) => void
}): TileDrag {
  const [preview, setPreview] = useState<readonly BoardTile[]>()
  const [draggedId, setDraggedId] = useState<string>()
  const [isMoving, setIsMoving] = useState(false)
  const drag = useRef<Drag>(undefined)
  const stop = useRef<() => void>(undefined)
  const latest = useRef({ tiles, onTiles })
  useEffect(() => {
    latest.current = { tiles, onTiles }
  })
  useEffect(() => () => stop.current?.(), [])

  const begin = useCallback(
    (id: string, edge: Edge | undefined, event: PointerEvent<HTMLElement>) => {
      const element = event.currentTarget.closest<HTMLElement>('[data-tile]')
      const grid = host.current
      const inControl = edge === undefined && event.target instanceof Element && event.target.closest('button, a, input, select') !== null
      if (event.button !== 0 || element === null || grid === null || inControl || drag.current !== undefined) return
      event.preventDefault()
      element.focus({ preventScroll: true })
      const { pointerId, clientX, clientY } = event
      const bounds = grid.getBoundingClientRect()
      const startX = clientX - bounds.left
      const startY = clientY - bounds.top
      drag.current = { id, edge, pointerId, element, startX, startY, tiles: latest.current.tiles, x: clientX, y: clientY }
      let isStarted = false
      let frame = 0
      let shown: readonly BoardTile[] | undefined

      const update = () => {
        const now = drag.current
        if (now === undefined) return
        const box = grid.getBoundingClientRect()
        const byX = now.x - box.left - now.startX
        const byY = now.y - box.top - now.startY
        if (!isStarted && Math.hypot(byX, byY) < slackPx) return
        if (!isStarted) {
          setDraggedId(id)
          setIsMoving(edge === undefined)
        }
        isStarted = true
        const next = layoutAfter(now, byX, byY, box.width)
        if (next !== shown) {
          if (shown === undefined || JSON.stringify(next) !== JSON.stringify(shown)) setPreview(next)
          shown = next
        }
        follow(now, shown, byX, byY, box.width)
      }
      const tick = () => {
        const now = drag.current
        if (now === undefined) return
        const speed = isStarted ? scrollSpeed(now.y, window.innerHeight) : 0
        if (speed !== 0) window.scrollBy({ top: speed, behavior: 'instant' })
        update()
        frame = window.requestAnimationFrame(tick)
      }
      const end = (isKept: boolean) => {
        window.cancelAnimationFrame(frame)
        window.removeEventListener('pointermove', onMove)
        window.removeEventListener('pointerup', onUp)
        window.removeEventListener('pointercancel', onCancel)
        window.removeEventListener('keydown', onKey, true)
        element.style.transform = ''
        drag.current = undefined
        stop.current = undefined
        if (isKept && isStarted && shown !== undefined) latest.current.onTiles(shown)
        setPreview(undefined)
        setDraggedId(undefined)
        setIsMoving(false)
      }
      const onMove = (move: globalThis.PointerEvent) => {
        if (drag.current === undefined || move.pointerId !== pointerId) return
        drag.current.x = move.clientX
        drag.current.y = move.clientY
      }
      const onUp = (up: globalThis.PointerEvent) => {
        if (up.pointerId !== pointerId) return
        onMove(up)
        update()
        end(true)
      }
      const onCancel = (cancel: globalThis.PointerEvent) => {
        if (cancel.pointerId === pointerId) end(false)
      }
      const onKey = (key: KeyboardEvent) => {
        if (key.key !== 'Escape') return
        key.preventDefault()
        key.stopPropagation()
        end(false)
      }
      window.addEventListener('pointermove', onMove)
      window.addEventListener('pointerup', onUp)
      window.addEventListener('pointercancel', onCancel)
      window.addEventListener('keydown', onKey, true)
      frame = window.requestAnimationFrame(tick)
      stop.current = () => end(false)
    },
    [host],
  )

  return { preview, draggedId, isMoving, begin }
}

function layoutAfter({ id, edge, tiles }: Drag, byX: number, byY: number, gridPx: number): readonly BoardTile[] {
  const tile = tiles.find((other) => other.id === id)
  if (tile === undefined) return tiles
  const box = boxOf(tile, gridPx)
  if (edge === undefined) {
    const { x, y } = nearestCell(box.left + byX, box.top + byY, gridPx)
    return moved(tiles, id, x, y)
  }
  const { w, h } = nearestSize(box.width + byX, box.height + byY, gridPx)
  return resized(tiles, id, edge === 'bottom' ? tile.w : w, edge === 'right' ? tile.h : h)
}

/** Takes the dragged tile to the pointer from wherever the layout puts it now. */
function follow({ id, edge, element, tiles }: Drag, layout: readonly BoardTile[], byX: number, byY: number, gridPx: number): void {
  const start = tiles.find((tile) => tile.id === id)
  const now = layout.find((tile) => tile.id === id)
  if (edge !== undefined || start === undefined || now === undefined) return
  const [from, to] = [boxOf(start, gridPx), boxOf(now, gridPx)]
  element.style.transform = `translate(${from.left + byX - to.left}px, ${from.top + byY - to.top}px)`
}

import { useEffect, useRef, useState, type RefObject } from 'react'
import { nodeColumns, orderNodes, sortText, type ColumnContext, type NodeSort } from '../../data/fleet/node-columns.ts'
import type { NodeSummary } from '../../link/api.ts'
import { keepOrder } from './node-list.ts'

const resortMs = 3_000

/** Whether a table is sorted by a value that moves. */
export function isLiveSort(sort: NodeSort | undefined): boolean {
  return nodeColumns.some(({ id, kind }) => id === sort?.columnId && kind === 'live')
}

/**
 * Nodes in the order of the table. While the pointer or the focus is among the rows inside `area`, they keep their places: nobody
 * should press what has just moved under the finger. A new sort or filter counts at once.
 */
export function useHeldOrder(
  nodes: readonly NodeSummary[],
  sort: NodeSort | undefined,
  filterText: string,
  latest: ColumnContext['latest'],
  area: RefObject<HTMLElement | null>,
): readonly NodeSummary[] {
  const wish = `${sort === undefined ? '' : sortText(sort)} ${filterText}`
  const sorted = () => orderNodes(nodes, sort, { latest, nowMs: Date.now() }).map(({ nodeId }) => nodeId)
  const [order, setOrder] = useState(() => ({ wish, ids: sorted() }))
  const sortNow = useRef(sorted)
  const isLive = isLiveSort(sort)
  useEffect(() => {
    sortNow.current = sorted
  })
  useEffect(() => {
    const isHeld = () => {
      // Who has just pressed the head of a column is not among the rows, and waits for them to be sorted.
      const rows = area.current?.querySelector('tbody')
      return rows ? rows.matches(':hover') || rows.contains(document.activeElement) : false
    }
    setOrder((before) => (before.wish === wish && isHeld() ? before : { wish, ids: sortNow.current() }))
    if (!isLive) return undefined
    const timer = window.setInterval(() => {
      if (!isHeld()) setOrder({ wish, ids: sortNow.current() })
    }, resortMs)
    return () => window.clearInterval(timer)
  }, [nodes, wish, isLive, area])
  return keepOrder(order.ids, nodes)
}

import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'

import type { FunctionColumn, FunctionRow } from '../../../data/functions/function-table.ts'
import { columnWidthPx, stickyLefts } from '../../../data/functions/table-columns.ts'
import type { TableLine } from '../../../data/functions/table-group.ts'
import type { SortBy } from '../../../data/functions/table-sort.ts'
import { copyText } from '../../../ui/copy-text.ts'
import { cellId } from './cell-id.ts'
import { GridHead } from './grid-head.tsx'
import { GridLine, lineText } from './grid-line.tsx'
import { totalTexts, TotalsRow } from './totals-row.tsx'
import { shownText } from '../shown-text.ts'

const rowHeightPx = 32
/** So much of a table's width may stay in place when it is scrolled sideways. */
const stickyRoomPx = 400
/** After a key, the order of rows rests this long, as it does under a pointer. */
const restAfterKeyMs = 4_000

/** The place of the keyboard: a line by its key (undefined is the head), and a column. */
interface Place {
  readonly key: string | undefined
  readonly columnId: string
}

/**
 * A table whose rows are drawn only where they are seen. It is one stop for the Tab key; arrows, Home, End, Page Up and Page Down move
 * inside, Enter opens a row or sorts by a head, and what is chosen stays chosen by its key while values and order change.
 */
export function DataGrid(props: {
  readonly label: string
  readonly columns: readonly FunctionColumn[]
  readonly lines: readonly TableLine[]
  readonly rows: readonly FunctionRow[]
  readonly sorts: readonly SortBy[]
  readonly openKey: string | undefined
  readonly openGroups: ReadonlySet<string>
  readonly onSort: (column: FunctionColumn, isAdded: boolean) => void
  readonly onOpenRow: (row: FunctionRow) => void
  readonly onToggleGroup: (key: string) => void
  /** Whether the order has to rest, because a person points at a row. */
  readonly onRest: (isResting: boolean) => void
}) {
  const { columns, lines, sorts, onSort, onOpenRow, onToggleGroup, onRest } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<Place>()
  const totals = useMemo(() => totalTexts(columns, props.rows), [columns, props.rows])
  const widths = useColumnWidths(columns, props.rows, totals)
  const widthKey = widths.join()
  const lefts = useMemo(() => stickyLefts(columns, widthKey.split(',').map(Number), stickyRoomPx), [columns, widthKey])
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 12,
    paddingStart: 0,
    scrollPaddingStart: 44,
    scrollPaddingEnd: 40,
  })
  const activeIndex = place?.key === undefined ? -1 : lines.findIndex(({ key }) => key === place.key)
  const activeColumn = Math.max(
    0,
    columns.findIndex((column) => column.id === place?.columnId),
  )
  const restTimer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(restTimer.current), [])

  const rest = () => {
    onRest(true)
    window.clearTimeout(restTimer.current)
    restTimer.current = window.setTimeout(() => onRest(false), restAfterKeyMs)
  }
  const move = (index: number, columnIndex: number) => {
    const row = Math.max(-1, Math.min(lines.length - 1, index))
    const column = columns[Math.max(0, Math.min(columns.length - 1, columnIndex))]
    if (column === undefined) return
    setPlace({ key: row === -1 ? undefined : lines[row]?.key, columnId: column.id })
    if (row >= 0) virtual.scrollToIndex(row)
    requestAnimationFrame(() =>
      document
        .querySelector(`[id="${cellId(id, row === -1 ? undefined : lines[row]?.key, column.id)}"]`)
        ?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    )
  }
  const open = (index: number) => {
    const line = lines[index]
    if (line?.kind === 'group') onToggleGroup(line.key)
    else if (line !== undefined) onOpenRow(line.row)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const column = columns[activeColumn]
    const line = lines[activeIndex]
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / rowHeightPx) - 3)
    if (event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey)) {
      if (line !== undefined && column !== undefined && window.getSelection()?.isCollapsed !== false) copyText(lineText(line, column))
      return
    }
    if (event.altKey || event.metaKey || (event.ctrlKey && event.key !== 'Home' && event.key !== 'End')) return
    const isAtEdge = event.ctrlKey
    if (event.key === 'ArrowDown') move(activeIndex + 1, activeColumn)
    else if (event.key === 'ArrowUp') move(activeIndex - 1, activeColumn)
    else if (event.key === 'ArrowRight') {
      if (line?.kind === 'group' && activeColumn === 0 && !props.openGroups.has(line.key)) onToggleGroup(line.key)
      else move(activeIndex, activeColumn + 1)
    } else if (event.key === 'ArrowLeft') {
      if (line?.kind === 'group' && activeColumn === 0 && props.openGroups.has(line.key)) onToggleGroup(line.key)
      else move(activeIndex, activeColumn - 1)
    } else if (event.key === 'Home') move(isAtEdge ? 0 : activeIndex, 0)
    else if (event.key === 'End') move(isAtEdge ? lines.length - 1 : activeIndex, columns.length - 1)
    else if (event.key === 'PageDown') move(activeIndex + pageRows, activeColumn)
    else if (event.key === 'PageUp') move(Math.max(0, activeIndex - pageRows), activeColumn)
    else if (event.key === 'Enter' || event.key === ' ') {
      if (activeIndex >= 0) open(activeIndex)
      else if (column?.isSortable) onSort(column, event.shiftKey)
    } else return
    event.preventDefault()
    rest()
  }
  const onPointer = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse') return
    window.clearTimeout(restTimer.current)
    onRest(event.type === 'pointerenter')
  }
  const items = virtual.getVirtualItems()
  const activeId =
    place === undefined || (place.key !== undefined && activeIndex === -1)
      ? undefined
      : cellId(id, place.key, columns[activeColumn]?.id ?? '')

  return (
    <div
      ref={scroller}
      className="fn-grid"
      role={lines.some(({ kind }) => kind === 'group') ? 'treegrid' : 'grid'}
      aria-label={props.label}
      aria-rowcount={lines.length + 2}
      aria-colcount={columns.length}
      aria-activedescendant={activeId}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (place === undefined && columns[0] !== undefined) setPlace({ key: lines[0]?.key, columnId: columns[0].id })
      }}
    >
      <div className="fn-grid-inner">
        <GridHead
          id={id}
          columns={columns}
          widths={widths}
          lefts={lefts}
          sorts={sorts}
          activeId={place !== undefined && place.key === undefined ? place.columnId : undefined}
          onSort={onSort}
          onPlace={(columnId) => setPlace({ key: undefined, columnId })}
        />
        <div
          className="fn-grid-body"
          role="rowgroup"
          style={{ height: virtual.getTotalSize() }}
          onPointerEnter={onPointer}
          onPointerLeave={onPointer}
        >
          {items.map((item) => {
            const line = lines[item.index]
            if (line === undefined) return null
            return (
              <GridLine
                key={line.key}
                id={id}
                line={line}
                index={item.index}
                topPx={item.start}
                columns={columns}
                widths={widths}
                lefts={lefts}
                isOpen={line.kind === 'group' ? props.openGroups.has(line.key) : line.row.key === props.openKey}
                activeColumnId={place?.key === line.key ? place.columnId : undefined}
                onPlace={setPlace}
                onOpen={() => open(item.index)}
              />
            )
          })}
        </div>
        <TotalsRow columns={columns} texts={totals} widths={widths} lefts={lefts} rowIndex={lines.length + 2} />
      </div>
    </div>
  )
}

/** Widths by what the first rows hold. They only grow while the table is on screen, so that nothing jumps when values change. */
function useColumnWidths(columns: readonly FunctionColumn[], rows: readonly FunctionRow[], totals: readonly string[]): readonly number[] {
  const known = useRef(new Map<string, number>())
  const sample = rows.slice(0, 60)
  const widths = columns.map((column, place) => {
    const texts = sample.map((row) => shownText(column, row.cells[column.index]))
    const width = Math.max(columnWidthPx(column, texts), place === 0 ? 0 : Math.min(240, 38 + (totals[place]?.length ?? 0) * 8.4))
    return Math.max(known.current.get(column.id) ?? 0, width)
  })
  useLayoutEffect(() => {
    columns.forEach((column, place) => known.current.set(column.id, widths[place] ?? 0))
  })
  return widths
}

import { memo } from 'react'
import { isNumeric } from '../../../data/functions/cell-format.ts'
import type { FunctionColumn, FunctionRow } from '../../../data/functions/function-table.ts'
import { severityWords } from '../../../data/functions/severity.ts'
import { summarise, summaryWords, type RowGroup, type TableLine } from '../../../data/functions/table-group.ts'
import { functionIcons } from '../function-icons.tsx'
import { CellContent, cellTitle } from './cell.tsx'
import { cellId } from './cell-id.ts'
import { shownText } from '../shown-text.ts'

interface LineProps {
  readonly id: string
  readonly line: TableLine
  readonly index: number
  readonly topPx: number
  readonly columns: readonly FunctionColumn[]
  readonly widths: readonly number[]
  /** How far from the left a column that sticks stays; undefined for the others. */
  readonly lefts: readonly (number | undefined)[]
  readonly isOpen: boolean
  /** The column that has the keyboard, when this line does. */
  readonly activeColumnId: string | undefined
  readonly onPlace: (place: { readonly key: string; readonly columnId: string }) => void
  readonly onOpen: () => void
}

/** A line of the table: a row, or a group with the summaries of its rows. */
export const GridLine = memo(
  function GridLine({ id, line, index, topPx, columns, widths, lefts, isOpen, activeColumnId, onPlace, onOpen }: LineProps) {
    const severity = line.kind === 'row' ? line.row.severity : 'normal'
    return (
      <div
        role="row"
        className="fn-tr"
        data-kind={line.kind}
        data-key={line.key}
        data-severity={severity}
        data-odd={index % 2 === 1}
        aria-rowindex={index + 2}
        aria-selected={line.kind === 'row' ? isOpen : undefined}
        aria-expanded={line.kind === 'group' ? isOpen : undefined}
        style={{ transform: `translateY(${topPx}px)` }}
        onDoubleClick={line.kind === 'row' ? onOpen : undefined}
      >
        {line.kind === 'row' ? (
          columns.map((column, place) => (
            <div
              key={column.id}
              id={cellId(id, line.key, column.id)}
              role="gridcell"
              aria-colindex={place + 1}
              className="fn-td"
              data-number={isNumeric(column)}
              data-sticky={lefts[place] !== undefined}
              data-edge={lefts[place] !== undefined && lefts[place + 1] === undefined}
              data-active={activeColumnId === column.id}
              style={{
                width: widths[place],
                left: lefts[place],
                flexGrow: column.isWide ? 1 : 0,
                ...(place === 0 ? { paddingLeft: 12 + line.depth * 16 } : {}),
              }}
              title={cellTitle(column, line.row.cells[column.index])}
              onClick={() => onPlace({ key: line.key, columnId: column.id })}
            >
              {place === 0 ? <RowStart row={line.row} onOpen={onOpen} /> : null}
              <CellContent column={column} value={line.row.cells[column.index]} />
            </div>
          ))
        ) : (
          <GroupCells
            id={id}
            line={line}
            columns={columns}
            widths={widths}
            lefts={lefts}
            isOpen={isOpen}
            activeColumnId={activeColumnId}
            onPlace={onPlace}
            onOpen={onOpen}
          />
        )}
      </div>
    )
  },
  (before, after) =>
    before.line === after.line &&
    before.index === after.index &&
    before.topPx === after.topPx &&
    before.columns === after.columns &&
    before.isOpen === after.isOpen &&
    before.activeColumnId === after.activeColumnId &&
    before.lefts === after.lefts &&
    before.widths.every((width, place) => width === after.widths[place]),
)

/** The name of a group over the columns that stay in place, then the summaries. */
function GroupCells({
  id,
  line,
  columns,
  widths,
  lefts,
  isOpen,
  activeColumnId,
  onPlace,
  onOpen,
}: Omit<LineProps, 'line' | 'index' | 'topPx'> & { readonly line: Extract<TableLine, { kind: 'group' }> }) {
  const { group } = line
  const firstFree = lefts.findIndex((left) => left === undefined)
  const span = firstFree === -1 ? 1 : firstFree
  const named = columns.slice(0, span)
  const width = widths.slice(0, span).reduce((sum, each) => sum + each, 0)
  const open = (columnId: string) => {
    onPlace({ key: line.key, columnId })
    onOpen()
  }
  return (
    <>
      <div
        id={cellId(id, line.key, columns[0]?.id ?? '')}
        role="gridcell"
        aria-colindex={1}
        aria-colspan={span}
        className="fn-td"
        data-sticky
        data-edge
        data-active={named.some((column) => column.id === activeColumnId)}
        style={{ width, left: 0, paddingLeft: 12 + line.depth * 16, flexGrow: named.some(({ isWide }) => isWide) ? 1 : 0 }}
        title={group.value}
        onClick={() => open(columns[0]?.id ?? '')}
      >
        <span className="fn-twist" data-open={isOpen} aria-hidden="true">
          {functionIcons.right}
        </span>
        <span className="fn-text fn-group-name">{group.value}</span>
        <span className="fn-count">{group.rows.length}</span>
      </div>
      {columns.slice(span).map((column, place) => (
        <div
          key={column.id}
          id={cellId(id, line.key, column.id)}
          role="gridcell"
          aria-colindex={span + place + 1}
          className="fn-td"
          data-number={isNumeric(column)}
          data-active={activeColumnId === column.id}
          style={{ width: widths[span + place], flexGrow: column.isWide ? 1 : 0 }}
          onClick={() => open(column.id)}
        >
          <span className="fn-text">{groupText(column, group)}</span>
        </div>
      ))}
    </>
  )
}

/** What stands before the first cell: how grave the row is, and a way to its details for a pointer. */
function RowStart({ row, onOpen }: { readonly row: FunctionRow; readonly onOpen: () => void }) {
  const word = severityWords[row.severity]
  return (
    <>
      {word === '' ? null : (
        <span className="fn-severity" data-severity={row.severity}>
          {word}
        </span>
      )}
      <button
        type="button"
        className="fn-row-button"
        tabIndex={-1}
        aria-label="Details of this row"
        title="Details (Enter)"
        onClick={(event) => {
          event.stopPropagation()
          onOpen()
        }}
      >
        {functionIcons.details}
      </button>
    </>
  )
}

/** A summary that says no more than how many rows a group has is left out: that stands beside its name. */
function groupText(column: FunctionColumn, group: RowGroup): string {
  const { kind, number } = summarise(column, group.rows)
  return kind === 'count' && number === group.rows.length ? '' : summaryText(column, group)
}

/** The summary of a column over a group, with the word that says which. */
export function summaryText(column: FunctionColumn, { rows }: Pick<RowGroup, 'rows'>): string {
  const { kind, number, isInUnits } = summarise(column, rows)
  if (number === undefined) return '–'
  return `${summaryWords[kind]} ${isInUnits ? shownText(column, number) : String(number)}`
}

/** What a cell of a line says, to be copied. */
export function lineText(line: TableLine, column: FunctionColumn): string {
  if (line.kind === 'row') return shownText(column, line.row.cells[column.index], 100_000)
  return line.group.columnId === column.id ? line.group.value : summaryText(column, line.group)
}

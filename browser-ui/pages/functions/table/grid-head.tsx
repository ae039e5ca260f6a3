import type { FunctionColumn } from '../../../data/functions/function-table.ts'
import { isNumeric } from '../../../data/functions/cell-format.ts'
import type { SortBy } from '../../../data/functions/table-sort.ts'
import { functionIcons } from '../function-icons.tsx'
import { cellId } from './cell-id.ts'

/** The heads of the columns; a click sorts, with Shift it joins the sort there is. */
export function GridHead({
  id,
  columns,
  widths,
  lefts,
  sorts,
  activeId,
  onSort,
  onPlace,
}: {
  readonly id: string
  readonly columns: readonly FunctionColumn[]
  readonly widths: readonly number[]
  /** How far from the left a column that sticks stays; undefined for the others. */
  readonly lefts: readonly (number | undefined)[]
  readonly sorts: readonly SortBy[]
  /** The column whose head has the keyboard. */
  readonly activeId: string | undefined
  readonly onSort: (column: FunctionColumn, isAdded: boolean) => void
  readonly onPlace: (columnId: string) => void
}) {
  return (
    <div role="row" className="fn-grid-head" aria-rowindex={1}>
      {columns.map((column, place) => {
        const rank = sorts.findIndex(({ columnId }) => columnId === column.id)
        const sort = sorts[rank]
        return (
          <div
            key={column.id}
            id={cellId(id, undefined, column.id)}
            role="columnheader"
            aria-colindex={place + 1}
            aria-sort={sort?.direction ?? (column.isSortable ? 'none' : undefined)}
            className="fn-th"
            data-number={isNumeric(column)}
            data-sticky={lefts[place] !== undefined}
            data-edge={lefts[place] !== undefined && lefts[place + 1] === undefined}
            data-active={column.id === activeId}
            style={{ width: widths[place], left: lefts[place], flexGrow: column.isWide ? 1 : 0 }}
            title={column.units === '' ? column.name : `${column.name} (${column.units})`}
            onClick={(event) => {
              onPlace(column.id)
              if (column.isSortable) onSort(column, event.shiftKey)
            }}
          >
            <span className="fn-th-name">{column.name}</span>
            {sort === undefined ? null : (
              <span className="fn-sort" aria-hidden="true">
                {sort.direction === 'ascending' ? functionIcons.up : functionIcons.down}
                {sorts.length > 1 ? <small>{rank + 1}</small> : null}
              </span>
            )}
          </div>
        )
      })}
    </div>
  )
}

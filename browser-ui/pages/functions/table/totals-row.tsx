import { isNumeric } from '../../../data/functions/cell-format.ts'
import type { FunctionColumn, FunctionRow } from '../../../data/functions/function-table.ts'
import { summaryText } from './grid-line.tsx'

/** The summaries of all rows that the filters leave, a text for each column; the first says how many rows there are. */
export function totalTexts(columns: readonly FunctionColumn[], rows: readonly FunctionRow[]): readonly string[] {
  return columns.map((column, place) => {
    if (place === 0) return `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`
    return isNumeric(column) && column.summary !== 'count' ? summaryText(column, { rows }) : ''
  })
}

/** The totals; they stay at the lower edge of the table. */
export function TotalsRow({
  columns,
  texts,
  widths,
  lefts,
  rowIndex,
}: {
  readonly columns: readonly FunctionColumn[]
  readonly texts: readonly string[]
  readonly widths: readonly number[]
  readonly lefts: readonly (number | undefined)[]
  readonly rowIndex: number
}) {
  return (
    <div role="row" className="fn-totals" aria-rowindex={rowIndex}>
      {columns.map((column, place) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={place + 1}
          className="fn-td"
          data-number={isNumeric(column) && place > 0}
          data-sticky={lefts[place] !== undefined}
          data-edge={lefts[place] !== undefined && lefts[place + 1] === undefined}
          style={{ width: widths[place], left: lefts[place], flexGrow: column.isWide ? 1 : 0 }}
        >
          <span className="fn-text">{texts[place]}</span>
        </div>
      ))}
    </div>
  )
}

import { memo } from 'react'
import { cellNumber, isMissing, isNumeric, pillsOf } from '../../../data/functions/cell-format.ts'
import type { FunctionColumn } from '../../../data/functions/function-table.ts'
import { shownText } from '../shown-text.ts'

/** What a cell says: text, a bar behind a number, or pills. Agents' text is only ever text. */
export const CellContent = memo(function CellContent({ column, value }: { readonly column: FunctionColumn; readonly value: unknown }) {
  if (column.visualization === 'pill' && !isMissing(value)) {
    return (
      <span className="fn-pills">
        {pillsOf(value).map((pill, place) => (
          <span key={place} className="fn-pill">
            {pill}
          </span>
        ))}
      </span>
    )
  }
  const text = shownText(column, value)
  if (column.visualization === 'bar' || column.type === 'bar-with-integer') {
    const number = cellNumber(value)
    const share = number === undefined || column.max === undefined ? 0 : Math.max(0, Math.min(1, number / column.max))
    return (
      <span className="fn-bar-cell">
        {column.visualization === 'bar' ? (
          <span className="fn-bar" aria-hidden="true">
            <span style={{ width: `${(share * 100).toFixed(1)}%` }} />
          </span>
        ) : null}
        <span className="fn-text">{text}</span>
      </span>
    )
  }
  return <span className="fn-text">{text}</span>
})

/** The title of a cell: its whole text where it may be cut, but never a page of it. */
export function cellTitle(column: FunctionColumn, value: unknown): string | undefined {
  if (isMissing(value) || isNumeric(column)) return undefined
  const text = shownText(column, value, 1_000)
  return text.length < 12 ? undefined : text
}

import { detailTextLength } from '../../../data/functions/cell-format.ts'
import { isShowable, type FunctionColumn, type FunctionRow } from '../../../data/functions/function-table.ts'
import { severityWords } from '../../../data/functions/severity.ts'
import { rowText } from '../../../data/functions/table-csv.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { timeZone } from '../../../ui/account/time-zone.ts'
import { copyText } from '../../../ui/copy-text.ts'
import { shownText } from '../shown-text.ts'

/** All columns of one row, each to be copied; it goes on changing with the table. */
export function RowDetail({
  columns,
  row,
  isGone,
}: {
  readonly columns: readonly FunctionColumn[]
  readonly row: FunctionRow
  readonly isGone: boolean
}) {
  const shown = columns.filter(isShowable)
  return (
    <>
      <div className="fn-detail-tools">
        <button type="button" className="button is-small" onClick={() => copyText(rowText(shown, row, timeZone.format.zone))}>
          {icons.copy} Copy row
        </button>
        {row.severity === 'normal' ? null : (
          <span className="fn-severity" data-severity={row.severity}>
            {severityWords[row.severity]}
          </span>
        )}
      </div>
      {isGone ? (
        <p className="banner is-warning" role="status">
          {icons.warning} This row is not in the newest answer. What you see is the last of it.
        </p>
      ) : null}
      <dl className="fn-detail-list">
        {shown.map((column) => {
          const text = shownText(column, row.cells[column.index], detailTextLength)
          return (
            <div key={column.id} className="fn-detail-item">
              <dt>{column.name}</dt>
              <dd>
                <span className="fn-detail-text">{text}</span>
                <button type="button" className="icon-button fn-copy" aria-label={`Copy ${column.name}`} onClick={() => copyText(text)}>
                  {icons.copy}
                </button>
              </dd>
            </div>
          )
        })}
      </dl>
    </>
  )
}

/** What a row is called: its key columns, else its first. */
export function rowTitle(columns: readonly FunctionColumn[], row: FunctionRow): string {
  const shown = columns.filter(isShowable)
  const sticky = shown.filter(({ isSticky, isKey }) => isSticky || isKey)
  return (sticky.length > 0 ? sticky : shown)
    .slice(0, 2)
    .map((column) => shownText(column, row.cells[column.index], 80))
    .join(' · ')
}

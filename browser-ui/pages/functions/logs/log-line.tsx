import { memo } from 'react'
import { detailTextLength, isMissing } from '../../../data/functions/cell-format.ts'
import { isShowable, type FunctionColumn } from '../../../data/functions/function-table.ts'
import { isLevel, type LogEntry } from '../../../data/functions/log-answer.ts'
import { severityWords } from '../../../data/functions/severity.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { copyText } from '../../../ui/copy-text.ts'
import { shownLogTime, shownText } from '../shown-text.ts'

/** Which columns a line shows: the main text, and a few short ones before it. */
export interface LineColumns {
  readonly text: FunctionColumn | undefined
  readonly short: readonly FunctionColumn[]
}

/** The columns of a line, as the agent marks them. */
export function lineColumns(columns: readonly FunctionColumn[]): LineColumns {
  const shown = columns.filter((column) => column.isVisible && column.type !== 'timestamp' && !isLevel(column))
  const text = shown.find(({ isWide }) => isWide) ?? shown.at(-1)
  return { text, short: shown.filter((column) => column !== text).slice(0, 3) }
}

/** One log entry: when, how grave, from where, what; opened, all its fields. */
export const LogLine = memo(function LogLine({
  id,
  entry,
  line,
  columns,
  isOpen,
  isActive,
  onToggle,
}: {
  readonly id: string
  readonly entry: LogEntry
  readonly line: LineColumns
  readonly columns: readonly FunctionColumn[]
  readonly isOpen: boolean
  readonly isActive: boolean
  readonly onToggle: (key: string) => void
}) {
  const { text, short } = line
  return (
    <>
      <div
        id={id}
        role="row"
        className="fn-log-line"
        data-key={entry.key}
        data-severity={entry.severity}
        data-active={isActive}
        aria-expanded={isOpen}
        onClick={() => window.getSelection()?.isCollapsed !== false && onToggle(entry.key)}
      >
        <span role="gridcell" className="fn-log-time">
          {shownLogTime(entry.timeUs)}
        </span>
        <span role="gridcell" className="fn-log-severity">
          <span className="fn-severity" data-severity={entry.severity}>
            {severityWords[entry.severity] === '' ? 'Info' : severityWords[entry.severity]}
          </span>
        </span>
        <span role="gridcell" className="fn-log-source">
          {short.map((column) => (
            <span key={column.id} title={column.name}>
              {shownText(column, entry.fields.get(column.id), 60)}
            </span>
          ))}
        </span>
        <span role="gridcell" className="fn-log-text">
          {text === undefined ? '' : shownText(text, entry.fields.get(text.id))}
        </span>
      </div>
      {isOpen ? <LogFields entry={entry} columns={columns} /> : null}
    </>
  )
})

function LogFields({ entry, columns }: { readonly entry: LogEntry; readonly columns: readonly FunctionColumn[] }) {
  const present = columns.filter((column) => isShowable(column) && !isMissing(entry.fields.get(column.id)))
  const textOf = (column: FunctionColumn) => shownText(column, entry.fields.get(column.id), detailTextLength)
  return (
    <div role="row" className="fn-log-fields">
      <div role="gridcell" aria-colspan={4}>
        <button
          type="button"
          className="button is-small"
          onClick={() => copyText(present.map((column) => `${column.name}: ${textOf(column)}`).join('\n'))}
        >
          {icons.copy} Copy entry
        </button>
        <dl className="fn-detail-list">
          {present.map((column) => (
            <div key={column.id} className="fn-detail-item">
              <dt>{column.name}</dt>
              <dd>
                <span className="fn-detail-text">{textOf(column)}</span>
                <button
                  type="button"
                  className="icon-button fn-copy"
                  aria-label={`Copy ${column.name}`}
                  onClick={() => copyText(textOf(column))}
                >
                  {icons.copy}
                </button>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  )
}

import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { FunctionColumn, FunctionRow } from '../../../data/functions/function-table.ts'
import { severityWords } from '../../../data/functions/severity.ts'
import { cardColumns } from '../../../data/functions/table-columns.ts'
import type { TableLine } from '../../../data/functions/table-group.ts'
import type { SortBy } from '../../../data/functions/table-sort.ts'
import { CellContent } from './cell.tsx'

const cardPx = 138
const groupPx = 48
const factCount = 4

/** Rows as cards for a small screen: what names the row and the few columns that say most; the whole row is a tap away. */
export function RowCards({
  label,
  columns,
  lines,
  sorts,
  openGroups,
  onOpenRow,
  onToggleGroup,
}: {
  readonly label: string
  readonly columns: readonly FunctionColumn[]
  readonly lines: readonly TableLine[]
  readonly sorts: readonly SortBy[]
  readonly openGroups: ReadonlySet<string>
  readonly onOpenRow: (row: FunctionRow) => void
  readonly onToggleGroup: (key: string) => void
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const sortIds = sorts.map(({ columnId }) => columnId)
  const { title, facts } = cardColumns(columns, sortIds, factCount)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === 'group' ? groupPx : cardPx),
    getItemKey: (index) => `${lines[index]?.kind ?? ''}${lines[index]?.key ?? index}`,
    overscan: 6,
  })
  return (
    <div ref={scroller} className="fn-cards" tabIndex={0} role="region" aria-label={label}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index]
          if (line === undefined) return null
          return (
            <li
              key={line.key}
              style={{ transform: `translateY(${item.start}px)`, height: item.size }}
              aria-setsize={lines.length}
              aria-posinset={item.index + 1}
            >
              {line.kind === 'group' ? (
                <button
                  type="button"
                  className="fn-card-group"
                  aria-expanded={openGroups.has(line.key)}
                  onClick={() => onToggleGroup(line.key)}
                >
                  <span className="fn-text">{line.group.value}</span> <span className="fn-count">{line.group.rows.length}</span>
                </button>
              ) : (
                <button
                  type="button"
                  className="fn-card"
                  data-severity={line.row.severity}
                  data-key={line.key}
                  onClick={() => onOpenRow(line.row)}
                >
                  <span className="fn-card-title">
                    {title === undefined ? null : <CellContent column={title} value={line.row.cells[title.index]} />}
                    {severityWords[line.row.severity] === '' ? null : (
                      <span className="fn-severity" data-severity={line.row.severity}>
                        {severityWords[line.row.severity]}
                      </span>
                    )}
                  </span>
                  <span className="fn-card-facts">
                    {facts.map((column) => (
                      <span key={column.id} className="fn-fact">
                        <span className="fn-fact-name">{column.name}</span>
                        <CellContent column={column} value={line.row.cells[column.index]} />
                      </span>
                    ))}
                  </span>
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

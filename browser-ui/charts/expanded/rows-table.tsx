import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { clipboardRows, valueRows, type RowOrder } from '../../data/charts/value-rows.ts'
import type { ChartFrame } from '../../data/chart-frame.ts'
import { CopyButton } from '../../ui/look/parts.tsx'

const rowPx = 28

/** Every row of a frame as it was taken, sortable; only what is in sight is in the document. */
export function RowsTable({
  frame,
  timeText,
  onRenew,
}: {
  /** Undefined before there is one. */
  readonly frame: ChartFrame | undefined
  readonly timeText: (timeS: number) => string
  readonly onRenew: () => void
}) {
  const [order, setOrder] = useState<RowOrder>({ column: 'time', isDescending: true })
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => (frame === undefined ? [] : valueRows(frame, order)), [frame, order])
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => rowPx, overscan: 12 })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)

  if (frame === undefined || rows.length === 0) return <p className="expanded-note">There are no values in this window yet.</p>
  const head = (column: RowOrder['column'], title: string) => {
    const isSorted = order.column === column
    return (
      <th
        key={column}
        scope="col"
        className={column === 'time' ? undefined : 'is-number'}
        aria-sort={isSorted ? (order.isDescending ? 'descending' : 'ascending') : undefined}
      >
        <button
          type="button"
          className="value-sort"
          title={title}
          onClick={() => setOrder({ column, isDescending: isSorted ? !order.isDescending : true })}
        >
          <span className="value-name">{title}</span>
          <span aria-hidden="true">{isSorted ? (order.isDescending ? '↓' : '↑') : ''}</span>
        </button>
      </th>
    )
  }
  return (
    <>
      <div className="expanded-bar">
        <p className="expanded-note">
          {rows.length.toLocaleString('en')} {rows.length === 1 ? 'row' : 'rows'}, taken at {timeText(frame.timesS.at(-1) ?? 0)}
        </p>
        <button type="button" className="button is-small" onClick={onRenew}>
          Take again
        </button>
        <CopyButton text={clipboardRows(frame, rows, timeText)} label="Copy all rows" />
      </div>
      <div ref={scroll} className="value-scroll is-rows" tabIndex={0} role="region" aria-label="Values by time">
        <table className="value-table" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {head('time', 'Time')}
              {frame.series.map((series, index) => head(index, series.name))}
            </tr>
          </thead>
          <tbody>
            {first === undefined || first.start === 0 ? null : <tr aria-hidden="true" style={{ height: first.start }} />}
            {items.map(({ index }) => {
              const row = rows[index]
              if (row === undefined) return null
              return (
                <tr key={row.timeS} aria-rowindex={index + 2} style={{ height: rowPx }}>
                  <th scope="row">{timeText(row.timeS)}</th>
                  {row.values.map((value, column) => (
                    <td key={frame.series[column]?.dimensionId} className="is-number">
                      {value === null ? '–' : String(Number(value.toPrecision(7)))}
                    </td>
                  ))}
                </tr>
              )
            })}
            {last === undefined ? null : <tr aria-hidden="true" style={{ height: Math.max(0, virtual.getTotalSize() - last.end) }} />}
          </tbody>
        </table>
      </div>
    </>
  )
}

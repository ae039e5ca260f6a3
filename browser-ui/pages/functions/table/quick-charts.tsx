import { useMemo } from 'react'

import type { FunctionRow, FunctionTable } from '../../../data/functions/function-table.ts'
import { barChart } from '../../../data/functions/table-charts.ts'
import { functionIcons } from '../function-icons.tsx'
import { shownText } from '../shown-text.ts'

const maxCharts = 2

/** The charts a function names for its table: columns added up for each value of another, as bars. */
export function QuickCharts({ table, rows }: { readonly table: FunctionTable; readonly rows: readonly FunctionRow[] }) {
  const wanted = table.defaultCharts.slice(0, maxCharts)
  if (wanted.length === 0 || rows.length === 0) return null
  return (
    <details className="fn-charts">
      <summary>{functionIcons.chart} Charts of these rows</summary>
      <div className="fn-chart-list">
        {wanted.map(([chartId, columnId]) => (
          <QuickChart key={`${chartId} ${columnId ?? ''}`} table={table} rows={rows} chartId={chartId} columnId={columnId} />
        ))}
      </div>
    </details>
  )
}

function QuickChart({
  table,
  rows,
  chartId,
  columnId,
}: {
  readonly table: FunctionTable
  readonly rows: readonly FunctionRow[]
  readonly chartId: string
  readonly columnId: string | undefined
}) {
  const offer = table.charts.find(({ id }) => id === chartId)
  const by = table.columns.find(({ id }) => id === columnId)
  const first = table.columns.find(({ id }) => id === offer?.columnIds[0])
  const chart = useMemo(
    () => (offer === undefined ? undefined : barChart(rows, table.columns, offer, columnId)),
    [rows, table, offer, columnId],
  )
  if (offer === undefined || chart === undefined || first === undefined) return null
  const amount = (value: number) => shownText(first, value)
  return (
    <figure className="fn-chart card">
      <figcaption>
        {offer.name}
        {by === undefined || offer.isOverAll ? '' : ` by ${by.name}`}
      </figcaption>
      {chart.bars.length === 0 ? <p className="fn-note">All of it is zero now.</p> : null}
      <ul>
        {chart.bars.map((bar) => (
          <li key={bar.label} title={bar.parts.map(({ name, amount: value }) => `${name}: ${amount(value)}`).join('\n')}>
            <span className="fn-chart-label">{bar.label}</span>
            <span className="fn-chart-track" aria-hidden="true">
              {bar.parts.map((part, place) => (
                <span key={part.columnId} data-part={place % 6} style={{ width: `${((part.amount / chart.max) * 100).toFixed(2)}%` }} />
              ))}
            </span>
            <span className="fn-chart-value">{amount(bar.total)}</span>
          </li>
        ))}
      </ul>
      {chart.restCount > 0 ? <p className="fn-note">{chart.restCount} smaller ones are left out.</p> : null}
    </figure>
  )
}

import { useDeferredValue, useMemo, useState } from 'react'

import type { FunctionColumn, FunctionTable } from '../../../data/functions/function-table.ts'
import { filterOf, optionsOf, rangeOf, withColumnFilter, type TableFilter } from '../../../data/functions/table-filter.ts'
import { shownText } from '../shown-text.ts'

const firstShown = 12

/** A filter for each column that allows one; values carry how many rows have them. */
export function FilterPanel({
  table,
  filter,
  onChange,
}: {
  readonly table: FunctionTable
  readonly filter: TableFilter
  readonly onChange: (filter: TableFilter) => void
}) {
  const filterable = table.columns.filter((column) => filterOf(column) !== undefined)
  if (filterable.length === 0) return <p className="fn-note">This table has nothing to filter by but words.</p>
  const wanted = filterable.toSorted((a, b) => weight(a) - weight(b))
  return (
    <div className="fn-filters">
      {wanted.map((column) => (
        <ColumnFilterBox key={column.id} column={column} table={table} filter={filter} onChange={onChange} />
      ))}
    </div>
  )
}

const weight = (column: FunctionColumn) => (column.isFilterOpen ? 0 : column.isVisible ? 1 : 2)

function ColumnFilterBox({
  column,
  table,
  filter,
  onChange,
}: {
  readonly column: FunctionColumn
  readonly table: FunctionTable
  readonly filter: TableFilter
  readonly onChange: (filter: TableFilter) => void
}) {
  const [isOpen, setIsOpen] = useState(column.isFilterOpen || filter.byColumn.has(column.id))
  const isSet = filter.byColumn.has(column.id)
  return (
    <details className="fn-filter" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span className="fn-filter-name">{column.name}</span>
        {isSet ? <span className="fn-filter-set">set</span> : null}
      </summary>
      {!isOpen ? null : filterOf(column) === 'range' ? (
        <RangeFilter column={column} table={table} filter={filter} onChange={onChange} />
      ) : (
        <ValuesFilter column={column} table={table} filter={filter} onChange={onChange} />
      )}
    </details>
  )
}

interface FilterProps {
  readonly column: FunctionColumn
  readonly table: FunctionTable
  readonly filter: TableFilter
  readonly onChange: (filter: TableFilter) => void
}

function ValuesFilter({ column, table, filter, onChange }: FilterProps) {
  const [search, setSearch] = useState('')
  const [isAll, setIsAll] = useState(false)
  const settled = useDeferredValue(filter)
  const options = useMemo(() => optionsOf(table.rows, table.columns, settled, column), [table, settled, column])
  const set = filter.byColumn.get(column.id)
  const chosen = set?.kind === 'values' ? set.values : new Set<string>()
  const found = options.filter(({ value }) => value.toLowerCase().includes(search.toLowerCase()))
  const shown = isAll || search !== '' ? found.slice(0, 200) : found.slice(0, firstShown)
  const toggle = (value: string) => {
    const values = new Set(chosen)
    if (!values.delete(value)) values.add(value)
    onChange(withColumnFilter(filter, column.id, { kind: 'values', values }))
  }
  return (
    <fieldset className="fn-options">
      <legend className="visually-hidden">{column.name}</legend>
      {options.length <= firstShown ? null : (
        <input
          className="fn-input"
          type="search"
          aria-label={`Search values of ${column.name}`}
          placeholder="Search values"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      {shown.map(({ value, count }) => (
        <label key={value} className="fn-option" title={value.length > 20 ? value : undefined}>
          <input type="checkbox" checked={chosen.has(value)} onChange={() => toggle(value)} />
          <span className="fn-option-name">{value}</span>
          <span className="fn-option-detail">{count}</span>
        </label>
      ))}
      {found.length > shown.length && search === '' ? (
        <button type="button" className="link-button" onClick={() => setIsAll(true)}>
          Show all {found.length}
        </button>
      ) : null}
    </fieldset>
  )
}

function RangeFilter({ column, table, filter, onChange }: FilterProps) {
  const range = useMemo(() => rangeOf(table.rows, column), [table, column])
  const set = filter.byColumn.get(column.id)
  const now = set?.kind === 'range' ? set : { kind: 'range' as const, from: undefined, to: undefined }
  const change = (part: 'from' | 'to', text: string) => {
    const number = text.trim() === '' ? undefined : Number(text)
    if (number !== undefined && !Number.isFinite(number)) return
    onChange(withColumnFilter(filter, column.id, { ...now, [part]: number }))
  }
  return (
    <div className="fn-range">
      {(['from', 'to'] as const).map((part) => (
        <label key={part}>
          <span>{part === 'from' ? 'At least' : 'At most'}</span>
          <input
            className="fn-input"
            type="number"
            step="any"
            value={now[part] ?? ''}
            placeholder={range === undefined ? '' : String(Math.round(range[part === 'from' ? 0 : 1] * 100) / 100)}
            aria-label={`${column.name}: ${part === 'from' ? 'at least' : 'at most'}${column.units === '' ? '' : `, in ${column.units}`}`}
            onChange={(event) => change(part, event.target.value)}
          />
        </label>
      ))}
      {range === undefined ? null : (
        <p className="fn-note">
          Now {shownText(column, range[0])} to {shownText(column, range[1])}
        </p>
      )}
    </div>
  )
}

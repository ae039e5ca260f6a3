import type { ReactNode } from 'react'

import { isShowable, type FunctionTable } from '../../../data/functions/function-table.ts'
import { withColumnFilter, type TableFilter } from '../../../data/functions/table-filter.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { functionIcons } from '../function-icons.tsx'
import { MoreTools } from '../more-tools.tsx'
import { shownText } from '../shown-text.ts'

/** Search, filters, grouping, and what else stands above a table. */
export function TableTools({
  table,
  filter,
  groupIds,
  isFiltering,
  onFilter,
  onGroup,
  onToggleFilters,
  onCsv,
  children,
}: {
  readonly table: FunctionTable
  readonly filter: TableFilter
  readonly groupIds: readonly string[]
  readonly isFiltering: boolean
  readonly onFilter: (filter: TableFilter) => void
  readonly onGroup: (columnIds: readonly string[]) => void
  readonly onToggleFilters: () => void
  readonly onCsv: () => void
  readonly children: ReactNode
}) {
  const count = filter.byColumn.size
  return (
    <div className="fn-tools">
      <label className="search is-small fn-search">
        {icons.search}
        <span className="visually-hidden">Search rows</span>
        <input
          type="search"
          placeholder="Search rows"
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        />
      </label>
      <button type="button" className="button is-small" aria-expanded={isFiltering} onClick={onToggleFilters}>
        {functionIcons.filter} Filters {count > 0 ? <span className="fn-count">{count}</span> : null}
      </button>
      <MoreTools>
        <GroupSelect table={table} groupIds={groupIds} onGroup={onGroup} />
        {children}
        <button type="button" className="button is-small" onClick={onCsv}>
          {icons.download} CSV
        </button>
      </MoreTools>
    </div>
  )
}

/** The agent's own groupings first, then every column. The value of an option is its columns. */
function GroupSelect({
  table,
  groupIds,
  onGroup,
}: {
  readonly table: FunctionTable
  readonly groupIds: readonly string[]
  readonly onGroup: (columnIds: readonly string[]) => void
}) {
  const value = JSON.stringify(groupIds)
  const columns = table.columns.filter((column) => isShowable(column) && column.filter !== 'range' && column.type !== 'timestamp')
  const offered = table.groups.map(({ name, columnIds }) => ({ name, value: JSON.stringify(columnIds) }))
  const single = columns
    .map(({ id, name }) => ({ name, value: JSON.stringify([id]) }))
    .filter((option) => offered.every((offer) => offer.value !== option.value))
  return (
    <label className="fn-field fn-group-field">
      <span className="visually-hidden">Group by</span>
      <select className="fn-select" value={value} onChange={(event) => onGroup(columnIdsOf(event.target.value))}>
        <option value="[]">No grouping</option>
        {offered.length === 0 ? null : (
          <optgroup label="By the function">
            {offered.map((option) => (
              <option key={option.value + option.name} value={option.value}>
                {option.name}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="By column">
          {single.map((option) => (
            <option key={option.value} value={option.value}>
              {option.name}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  )
}

function columnIdsOf(value: string): readonly string[] {
  const parsed: unknown = JSON.parse(value)
  return Array.isArray(parsed) ? parsed.filter((id) => typeof id === 'string') : []
}

/** What is filtered by now, each to be taken away. */
export function FilterChips({
  table,
  filter,
  onFilter,
}: {
  readonly table: FunctionTable
  readonly filter: TableFilter
  readonly onFilter: (filter: TableFilter) => void
}) {
  if (filter.byColumn.size === 0) return null
  return (
    <ul className="fn-chips" aria-label="Filters in effect">
      {[...filter.byColumn].map(([id, set]) => {
        const column = table.columns.find((candidate) => candidate.id === id)
        const name = column?.name ?? id
        const end = (value: number | undefined) => (value === undefined || column === undefined ? '…' : shownText(column, value))
        const words = set.kind === 'values' ? [...set.values].join(', ') : `${end(set.from)} to ${end(set.to)}`
        return (
          <li key={id}>
            <button
              type="button"
              className="fn-chip"
              aria-label={`Take away the filter ${name}`}
              onClick={() => onFilter(withColumnFilter(filter, id, undefined))}
            >
              <span className="fn-chip-text">
                {name}: {words}
              </span>
              {icons.close}
            </button>
          </li>
        )
      })}
    </ul>
  )
}

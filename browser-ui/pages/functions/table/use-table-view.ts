import { useDeferredValue, useMemo, useState } from 'react'
import type { FunctionTable } from '../../../data/functions/function-table.ts'
import { agentsChoice, visibleColumns, type ColumnChoice } from '../../../data/functions/table-columns.ts'
import { filterRows, noFilter, type TableFilter } from '../../../data/functions/table-filter.ts'
import { groupRows, openLines, sortGroups, type TableLine } from '../../../data/functions/table-group.ts'
import { defaultSort, keepOrder, sortRows, type SortBy } from '../../../data/functions/table-sort.ts'

/** What a person chose about a table; kept by function while the page is open, so that coming back finds it. */
export interface TableChoice {
  readonly columns: ColumnChoice
  /** Undefined is the agent's own sort. */
  readonly sorts: readonly SortBy[] | undefined
  readonly filter: TableFilter
  readonly groupIds: readonly string[]
  readonly open: ReadonlySet<string>
}

const untouched: TableChoice = { columns: agentsChoice, sorts: undefined, filter: noFilter, groupIds: [], open: new Set() }
/** Only in the memory of this page: filters hold words of live values. */
const remembered = new Map<string, Pick<TableChoice, 'columns' | 'sorts' | 'groupIds'>>()

/** The choice for a function and how to change it. */
export function useTableChoice(functionName: string): readonly [TableChoice, (change: Partial<TableChoice>) => void] {
  const [choice, setChoice] = useState<TableChoice>(() => ({ ...untouched, ...remembered.get(functionName) }))
  const change = (next: Partial<TableChoice>) =>
    setChoice((before) => {
      const after = { ...before, ...next }
      remembered.set(functionName, { columns: after.columns, sorts: after.sorts, groupIds: after.groupIds })
      return after
    })
  return [choice, change]
}

/** A table as it is on screen: columns, the rows the filters leave, and lines in order. */
export function useTableView(table: FunctionTable, choice: TableChoice, heldKeys: readonly string[] | undefined) {
  const filter = useDeferredValue(choice.filter)
  const sorts = choice.sorts ?? defaultSort(table)
  const columns = useMemo(() => visibleColumns(table.columns, choice.columns), [table.columns, choice.columns])
  const kept = useMemo(() => filterRows(table.rows, table.columns, filter), [table, filter])
  const sorted = useMemo(() => sortRows(kept, table.columns, sorts), [kept, table.columns, sorts])
  const lines = useMemo((): readonly TableLine[] => {
    if (choice.groupIds.length > 0) {
      const groups = groupRows(sorted, table.columns, choice.groupIds)
      const first = sorts[0]
      const column = table.columns.find(({ id }) => id === first?.columnId)
      return openLines(first === undefined || column === undefined ? groups : sortGroups(groups, column, first.direction), choice.open)
    }
    return sorted.map((row) => ({ kind: 'row', key: row.key, row, depth: 0 }))
  }, [sorted, table.columns, choice.groupIds, choice.open, sorts])
  const ordered = useMemo(
    () => (heldKeys === undefined || choice.groupIds.length > 0 ? lines : keepOrder(lines, heldKeys)),
    [lines, heldKeys, choice.groupIds],
  )
  return { columns, sorts, rows: kept, sorted, lines: ordered }
}

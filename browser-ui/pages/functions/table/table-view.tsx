import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { FunctionAnswer } from '../../../data/functions/function-answer.ts'
import { argumentsOf, type Choices, type FunctionInfo } from '../../../data/functions/function-info.ts'
import type { FunctionEntry } from '../../../data/functions/function-list.ts'
import type { FunctionProblem } from '../../../data/functions/function-problem.ts'
import type { FunctionColumn, FunctionRow, FunctionTable } from '../../../data/functions/function-table.ts'
import { tableCsv } from '../../../data/functions/table-csv.ts'
import { noFilter } from '../../../data/functions/table-filter.ts'
import { toggleSort } from '../../../data/functions/table-sort.ts'
import { useActions } from '../../../ui/palette/actions.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { icons } from '../../../ui/look/icons.tsx'
import { Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { timeZone } from '../../../ui/account/time-zone.ts'
import { saveCsv } from '../../../ui/save-file.ts'
import { ProblemBanner, ProblemNotice } from '../problem-notice.tsx'
import { ProgressLine, RefreshControls } from '../refresh-controls.tsx'
import { askFunction, outcomeOf, usePolling } from '../use-function.ts'
import { useIsNarrow } from '../use-page-state.ts'
import { ColumnChooser } from './column-chooser.tsx'
import { DataGrid } from './data-grid.tsx'
import { FilterPanel } from './filter-panel.tsx'
import { QuickCharts } from './quick-charts.tsx'
import { RowCards } from './row-cards.tsx'
import { RowDetail, rowTitle } from './row-detail.tsx'
import { FilterChips, TableTools } from './table-tools.tsx'
import { useTableChoice, useTableView } from './use-table-view.ts'

const defaultEveryS = 5

interface TableViewProps {
  readonly nodeId: string
  readonly isNodeLive: boolean
  readonly hostname: string
  readonly entry: FunctionEntry
  readonly info: FunctionInfo
  readonly choices: Choices
  readonly parameters: ReactNode
  /** The answer turned out to be one of logs. */
  readonly onHistory: (info: FunctionInfo) => void
}

/** A function's table, asked for again and again while it is looked at. */
export function TableView(props: TableViewProps) {
  const { nodeId, isNodeLive, entry, info, choices, parameters, onHistory } = props
  const { live } = useServices()
  const [answer, setAnswer] = useState<Exclude<FunctionAnswer, { kind: 'problem' | 'unchanged' }>>()
  const [problem, setProblem] = useState<FunctionProblem>()
  const [isPaused, setIsPaused] = useState(false)
  const args = useMemo(() => argumentsOf(info, choices), [info, choices])
  const everyMs = ((answer?.kind === 'table' ? answer.info.updateEveryS : undefined) ?? info.updateEveryS ?? defaultEveryS) * 1_000
  const polling = usePolling({
    key: JSON.stringify(args),
    isNodeLive,
    isPaused,
    everyMs,
    ask: async (signal) => {
      const next = await askFunction(live, nodeId, entry, args, signal)
      if (signal.aborted) return 'stop'
      if (next.kind === 'problem') setProblem(next.problem)
      else {
        setProblem(undefined)
        if (next.kind === 'table' && next.info.hasHistory) onHistory(next.info)
        else if (next.kind !== 'unchanged') setAnswer(next)
      }
      return outcomeOf(next)
    },
  })
  const { refresh } = polling
  useActions(
    useMemo(
      () => [
        {
          id: 'function-pause',
          title: isPaused ? 'Resume this function' : 'Pause this function',
          group: 'This page',
          run: () => setIsPaused(!isPaused),
        },
        { id: 'function-refresh', title: 'Refresh this function now', group: 'This page', key: 'r', run: refresh },
      ],
      [isPaused, refresh],
    ),
  )

  return (
    <div className="fn-view">
      <div className="fn-bar-top">
        {parameters}
        <RefreshControls polling={polling} isPaused={isPaused} everyMs={everyMs} onPause={setIsPaused} />
      </div>
      <ProgressLine isOn={polling.state.isAsking} />
      {problem !== undefined && answer !== undefined ? <ProblemBanner problem={problem} onRetry={polling.refresh} /> : null}
      {answer === undefined ? (
        problem === undefined ? (
          <Skeleton lines={9} label={`Asking for ${entry.title}`} />
        ) : (
          <ProblemNotice problem={problem} entry={entry} onRetry={polling.refresh} />
        )
      ) : answer.kind === 'table' ? (
        <Table {...props} table={answer.table} />
      ) : (
        <OtherAnswer answer={answer} />
      )}
    </div>
  )
}

/** An answer that is no table: there is at least its text. */
function OtherAnswer({ answer }: { readonly answer: Exclude<FunctionAnswer, { kind: 'problem' | 'unchanged' | 'table' }> }) {
  if (answer.kind === 'info') {
    return (
      <Notice icon={icons.info} title="This function has nothing to show">
        <p>Its agent described it, but sent no rows.</p>
      </Notice>
    )
  }
  return (
    <>
      <p className="banner">{icons.info} This answer is of a kind this page has no view for yet. Here is its text.</p>
      <pre className="fn-raw" tabIndex={0}>
        {answer.text}
      </pre>
    </>
  )
}

function Table({ table, nodeId, hostname, entry }: TableViewProps & { readonly table: FunctionTable }) {
  const isNarrow = useIsNarrow()
  const [choice, change] = useTableChoice(entry.name)
  const [isFiltering, setIsFiltering] = useState(false)
  const [opened, setOpened] = useState<FunctionRow>()
  const [heldKeys, setHeldKeys] = useState<readonly string[]>()
  const view = useTableView(table, choice, heldKeys)
  const now = opened === undefined ? undefined : table.rows.find(({ key }) => key === opened.key)
  const shown = now ?? opened
  // The last of a row stays when it is gone.
  if (now !== undefined && now !== opened) setOpened(now)

  const toggleGroup = (key: string) => {
    const open = new Set(choice.open)
    if (!open.delete(key)) open.add(key)
    change({ open })
  }
  const sort = (column: FunctionColumn, isAdded: boolean) => {
    setHeldKeys(undefined)
    change({ sorts: toggleSort(view.sorts, column, isAdded) })
  }
  const filters = <FilterPanel table={table} filter={choice.filter} onChange={(filter) => change({ filter })} />
  const list = {
    columns: view.columns,
    lines: view.lines,
    sorts: view.sorts,
    openGroups: choice.open,
    onOpenRow: setOpened,
    onToggleGroup: toggleGroup,
  }
  const label = `${entry.title} of ${hostname}`
  return (
    <>
      <TableTools
        table={table}
        filter={choice.filter}
        groupIds={choice.groupIds}
        isFiltering={isFiltering}
        onFilter={(filter) => change({ filter })}
        onGroup={(groupIds) => change({ groupIds, open: new Set() })}
        onToggleFilters={() => setIsFiltering(!isFiltering)}
        onCsv={() => saveCsv(`${entry.name}.csv`, tableCsv(view.columns, view.sorted, timeZone.format.zone))}
      >
        {isNarrow ? <SortSelect columns={view.columns} sortId={view.sorts[0]?.columnId} onSort={(column) => sort(column, false)} /> : null}
        <ColumnChooser columns={table.columns} choice={choice.columns} onChange={(columns) => change({ columns })} />
      </TableTools>
      <FilterChips table={table} filter={choice.filter} onFilter={(filter) => change({ filter })} />
      {table.cutRows > 0 ? (
        <p className="banner is-warning">
          {icons.warning} The answer has {table.cutRows.toLocaleString('en')} more rows than this page shows. Ask for less.
        </p>
      ) : null}
      <QuickCharts table={table} rows={view.rows} />
      <div className="fn-body" data-filters={isFiltering && !isNarrow} data-detail={shown !== undefined && !isNarrow}>
        {isFiltering && !isNarrow ? (
          <aside className="fn-panel" aria-label="Filters">
            {filters}
          </aside>
        ) : null}
        {table.rows.length === 0 ? (
          <Notice icon={icons.info} title="No rows">
            <p>The node answered, and there is nothing to list right now.</p>
          </Notice>
        ) : view.lines.length === 0 ? (
          <Notice
            icon={icons.search}
            title="No row matches"
            action={
              <button type="button" className="button" onClick={() => change({ filter: noFilter })}>
                Take the filters away
              </button>
            }
          />
        ) : isNarrow ? (
          <RowCards label={label} {...list} />
        ) : (
          <DataGrid
            key={nodeId}
            label={label}
            rows={view.rows}
            openKey={shown?.key}
            onSort={sort}
            onRest={(isResting) => setHeldKeys(isResting ? (heldKeys ?? view.lines.map(({ key }) => key)) : undefined)}
            {...list}
          />
        )}
        {shown === undefined ? null : isNarrow ? (
          <Dialog title={rowTitle(table.columns, shown)} onClose={() => setOpened(undefined)} isSheet>
            <RowDetail columns={table.columns} row={shown} isGone={now === undefined} />
          </Dialog>
        ) : (
          <DetailPanel title={rowTitle(table.columns, shown)} onClose={() => setOpened(undefined)}>
            <RowDetail columns={table.columns} row={shown} isGone={now === undefined} />
          </DetailPanel>
        )}
      </div>
      {isFiltering && isNarrow ? (
        <Dialog title="Filters" onClose={() => setIsFiltering(false)} isSheet>
          {filters}
        </Dialog>
      ) : null}
    </>
  )
}

/** Beside the table, which goes on; Escape closes it and the focus returns to the table. */
function DetailPanel({ title, onClose, children }: { readonly title: string; readonly onClose: () => void; readonly children: ReactNode }) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <aside
      ref={panel}
      className="fn-panel fn-detail"
      aria-label={`Details of ${title}`}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <div className="fn-panel-head">
        <h3>{title}</h3>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={onClose}>
          {icons.close}
        </button>
      </div>
      {children}
    </aside>
  )
}

/** Cards have no heads to sort by. */
function SortSelect({
  columns,
  sortId,
  onSort,
}: {
  readonly columns: readonly FunctionColumn[]
  readonly sortId: string | undefined
  readonly onSort: (column: FunctionColumn) => void
}) {
  return (
    <label className="fn-field">
      <span className="visually-hidden">Sort by</span>
      <select
        className="fn-select"
        value={sortId ?? ''}
        onChange={(event) => {
          const column = columns.find(({ id }) => id === event.target.value)
          if (column !== undefined) onSort(column)
        }}
      >
        {sortId === undefined ? <option value="">Sort by</option> : null}
        {columns
          .filter(({ isSortable }) => isSortable)
          .map(({ id, name }) => (
            <option key={id} value={id}>
              Sort: {name}
            </option>
          ))}
      </select>
    </label>
  )
}

import { useMemo, useState, type ReactNode } from 'react'
import type { Choices, FunctionInfo } from '../../../data/functions/function-info.ts'
import type { FunctionEntry } from '../../../data/functions/function-list.ts'
import type { LogSearch } from '../../../data/functions/log-question.ts'
import { useActions } from '../../../ui/palette/actions.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { icons } from '../../../ui/look/icons.tsx'
import { Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { timeZone } from '../../../ui/account/time-zone.ts'
import { ProblemBanner, ProblemNotice } from '../problem-notice.tsx'
import { ProgressLine } from '../refresh-controls.tsx'
import { functionIcons } from '../function-icons.tsx'
import { MoreTools } from '../more-tools.tsx'
import { useAfter, useIsNarrow } from '../use-page-state.ts'
import { LogFacets } from './log-facets.tsx'
import { LogHistogram } from './log-histogram.tsx'
import { LogList } from './log-list.tsx'
import { LogTools, spans } from './log-tools.tsx'
import { useLog } from './use-log.ts'

const linePx = 32
const narrowLinePx = 64
const firstSearch: LogSearch = { fromS: 3_600, toS: 0, text: '', facets: new Map(), histogramId: undefined }

/** A log of a node: search, fields to narrow by, entries over time, and the entries, as they are written. */
export function LogView({
  nodeId,
  isNodeLive,
  entry,
  info,
  choices,
  parameters,
}: {
  readonly nodeId: string
  readonly isNodeLive: boolean
  readonly entry: FunctionEntry
  readonly info: FunctionInfo
  readonly choices: Choices
  readonly parameters: ReactNode
}) {
  const isNarrow = useIsNarrow()
  const [search, setSearch] = useState(firstSearch)
  const [isTailing, setIsTailing] = useState(true)
  const [isFiltering, setIsFiltering] = useState(!isNarrow)
  const feed = useLog({ nodeId, isNodeLive, entry, info, choices, search, isTailing: isTailing && search.toS === 0 })
  const { log, problem, polling } = feed
  const shown = log ?? feed.before
  const change = (next: Partial<LogSearch>) => setSearch((before) => ({ ...before, ...next }))
  const isLate = useAfter(polling.state.isAsking && log === undefined, 300)
  const { refresh } = polling
  const stop = () => {
    polling.cancel()
    setIsTailing(false)
  }
  useActions(
    useMemo(
      () => [
        { id: 'log-follow', title: 'Follow this log, or stop', group: 'This page', run: () => setIsTailing((now) => !now) },
        { id: 'log-refresh', title: 'Look for new entries now', group: 'This page', key: 'r', run: refresh },
      ],
      [refresh],
    ),
  )
  const openIds = useMemo(
    () => new Set((shown?.window.columns ?? []).filter(({ isFilterOpen }) => isFilterOpen).map(({ id }) => id)),
    [shown],
  )
  const facets = (
    <LogFacets facets={shown?.facets ?? []} openIds={openIds} chosen={search.facets} onChange={(next) => change({ facets: next })} />
  )
  const longer = search.toS === 0 ? spans.find(({ seconds }) => seconds > search.fromS) : undefined
  const isPanel = isFiltering && !isNarrow

  return (
    <div className="fn-view">
      <LogTools
        search={search}
        isTailing={isTailing}
        chosenCount={[...search.facets.values()].reduce((sum, values) => sum + values.length, 0)}
        isFiltering={isFiltering}
        onSearch={change}
        onTail={setIsTailing}
        onToggleFilters={() => setIsFiltering(!isFiltering)}
      >
        <MoreTools>
          {parameters}
          <button type="button" className="button is-small" onClick={refresh} disabled={isLate}>
            {functionIcons.refresh} Refresh now
          </button>
        </MoreTools>
        {isLate ? (
          <button type="button" className="button is-small is-quiet" onClick={stop}>
            {icons.close} Stop asking
          </button>
        ) : null}
      </LogTools>
      <ProgressLine isOn={polling.state.isAsking || feed.loading !== undefined} />
      {problem !== undefined && shown !== undefined ? <ProblemBanner problem={problem} onRetry={refresh} /> : null}
      {shown === undefined ? (
        problem === undefined ? (
          <Skeleton lines={9} label={`Asking for ${entry.title}`} />
        ) : (
          <ProblemNotice problem={problem} entry={entry} onRetry={refresh} />
        )
      ) : (
        <>
          {shown.note === '' ? null : (
            <p className="banner" role="status">
              {icons.info} {shown.note}
            </p>
          )}
          <div className="fn-log-head">
            <span>
              {shown.matched === undefined
                ? ''
                : `${shown.matched.toLocaleString('en')} ${shown.matched === 1 ? 'entry matches' : 'entries match'}`}{' '}
              <span className="fn-pace">Times in {timeZone.format.zone}</span>
            </span>
            {shown.histograms.length === 0 ? null : (
              <label className="fn-field">
                <span className="fn-field-name">Over time by</span>
                <select
                  className="fn-select"
                  value={search.histogramId ?? shown.histogram?.id ?? ''}
                  onChange={(event) => change({ histogramId: event.target.value })}
                >
                  {shown.histograms.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </div>
          {shown.histogram === undefined ? null : (
            <LogHistogram histogram={shown.histogram} onSelect={(fromS, toS) => change({ fromS, toS })} />
          )}
          <div className="fn-body" data-filters={isPanel} data-stale={log === undefined}>
            {isPanel ? (
              <aside className="fn-panel" aria-label="Fields">
                {facets}
              </aside>
            ) : null}
            {shown.window.entries.length === 0 ? (
              <Notice
                icon={icons.search}
                title="No entry matches"
                action={
                  longer === undefined ? undefined : (
                    <button type="button" className="button" onClick={() => change({ fromS: longer.seconds })}>
                      Look at the {longer.words.toLowerCase()}
                    </button>
                  )
                }
              >
                <p>Nothing was written in this span, or the search leaves nothing.</p>
              </Notice>
            ) : (
              <LogList
                key={shown.key}
                label={entry.title}
                window={shown.window}
                linePx={isNarrow ? narrowLinePx : linePx}
                loading={feed.loading}
                onOlder={feed.loadOlder}
                onNewer={feed.loadNewer}
                onLookBack={longer === undefined ? undefined : () => change({ fromS: longer.seconds })}
              />
            )}
          </div>
        </>
      )}
      {isFiltering && isNarrow ? (
        <Dialog title="Fields" onClose={() => setIsFiltering(false)} isSheet>
          {facets}
        </Dialog>
      ) : null}
    </div>
  )
}

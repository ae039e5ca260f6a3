import { useState, type ReactNode } from 'react'
import type { LogSearch } from '../../../data/functions/log-question.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { functionIcons } from '../function-icons.tsx'
import { timeZone } from '../../../ui/account/time-zone.ts'

/** Spans that end now, seconds. */
export const spans: readonly { readonly seconds: number; readonly words: string }[] = [
  { seconds: 900, words: 'Last 15 minutes' },
  { seconds: 3_600, words: 'Last hour' },
  { seconds: 21_600, words: 'Last 6 hours' },
  { seconds: 86_400, words: 'Last day' },
  { seconds: 604_800, words: 'Last 7 days' },
  { seconds: 2_592_000, words: 'Last 30 days' },
]

/** Words to search for, the span of time, and whether new entries appear by themselves. */
export function LogTools({
  search,
  isTailing,
  chosenCount,
  isFiltering,
  onSearch,
  onTail,
  onToggleFilters,
  children,
}: {
  readonly search: LogSearch
  readonly isTailing: boolean
  readonly chosenCount: number
  readonly isFiltering: boolean
  readonly onSearch: (change: Partial<LogSearch>) => void
  readonly onTail: (isTailing: boolean) => void
  readonly onToggleFilters: () => void
  readonly children: ReactNode
}) {
  const [text, setText] = useState(search.text)
  const isSpan = search.toS !== 0
  return (
    <div className="fn-tools">
      <form
        className="fn-log-search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          onSearch({ text })
        }}
      >
        <label className="search is-small">
          {icons.search}
          <span className="visually-hidden">Search all fields of the log</span>
          <input
            type="search"
            placeholder="Search all fields, then Enter"
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              if (event.target.value === '') onSearch({ text: '' })
            }}
          />
        </label>
        <button type="submit" className="button is-small">
          Search
        </button>
      </form>
      <button type="button" className="button is-small" aria-expanded={isFiltering} onClick={onToggleFilters}>
        {functionIcons.filter} Fields {chosenCount > 0 ? <span className="fn-count">{chosenCount}</span> : null}
      </button>
      <label className="fn-field">
        <span className="visually-hidden">Span of time</span>
        <select
          className="fn-select"
          value={isSpan ? 'span' : String(search.fromS)}
          onChange={(event) => {
            const nowS = Math.floor(Date.now() / 1_000)
            if (event.target.value === 'span') onSearch({ fromS: nowS - search.fromS, toS: nowS })
            else onSearch({ fromS: Number(event.target.value), toS: 0 })
          }}
        >
          {spans.map(({ seconds, words }) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
          <option value="span">From … to …</option>
        </select>
      </label>
      {isSpan ? <SpanFields search={search} onSearch={onSearch} /> : null}
      <button
        type="button"
        className="button is-small fn-live"
        aria-pressed={isTailing && !isSpan}
        onClick={() => {
          if (isSpan) onSearch({ fromS: 3_600, toS: 0 })
          onTail(isSpan || !isTailing)
        }}
      >
        {isTailing && !isSpan ? icons.pause : icons.play} {isTailing && !isSpan ? 'Following' : 'Follow'}
      </button>
      {children}
    </div>
  )
}

function SpanFields({ search, onSearch }: { readonly search: LogSearch; readonly onSearch: (change: Partial<LogSearch>) => void }) {
  const change = (part: 'fromS' | 'toS', value: string) => {
    const seconds = timeZone.format.parseField(value)
    if (seconds !== undefined && seconds > 0) onSearch({ [part]: seconds })
  }
  return (
    <>
      <label className="fn-field">
        <span className="fn-field-name">From</span>
        <input
          className="fn-input"
          type="datetime-local"
          step={1}
          value={timeZone.format.field(search.fromS)}
          onChange={(event) => change('fromS', event.target.value)}
        />
      </label>
      <label className="fn-field">
        <span className="fn-field-name">to</span>
        <input
          className="fn-input"
          type="datetime-local"
          step={1}
          value={timeZone.format.field(search.toS)}
          onChange={(event) => change('toS', event.target.value)}
        />
      </label>
    </>
  )
}

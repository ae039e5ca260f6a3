import { useEffect, useRef, useState } from 'react'
import { parseQuery, termText, toggleTerm, type QueryTerm } from '../../data/fleet/node-query.ts'
import type { NodeSummary } from '../../link/api.ts'
import { icons } from '../../ui/look/icons.tsx'
import { stateWords } from '../../ui/look/parts.tsx'
import { FilterMenu } from './filter-menu.tsx'
import { countStates } from './node-list.ts'

const typingMs = 150

/** The query field with the conditions of the query as chips. The query is the caller's; typing reaches it after a moment. */
export function NodeToolbar({
  nodes,
  query,
  onQuery,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly query: string
  readonly onQuery: (query: string) => void
}) {
  const [typed, setTyped] = useState(query)
  const [known, setKnown] = useState(query)
  const timer = useRef(0)
  // The address changed by itself: a chip, a link, the way back.
  if (known !== query) {
    setKnown(query)
    setTyped(query)
  }
  const type = (text: string) => {
    setTyped(text)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      setKnown(text)
      onQuery(text)
    }, typingMs)
  }
  useEffect(() => () => window.clearTimeout(timer.current), [])
  const toggle = (term: QueryTerm) => {
    window.clearTimeout(timer.current)
    onQuery(toggleTerm(typed, term))
  }
  const terms = parseQuery(typed)
  const isOn = (term: QueryTerm) => terms.some((other) => termText(other) === termText(term))
  const chips = terms.filter((term) => (term.field !== undefined && term.field !== 'state') || term.isNot)
  return (
    <>
      <div className="filters">
        <label className="search">
          {icons.search}
          <span className="visually-hidden">Search nodes</span>
          <input
            type="search"
            value={typed}
            placeholder="web state:live label:env=prod version:2.*"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => type(event.target.value)}
          />
        </label>
        <FilterMenu nodes={nodes} onPick={toggle} />
        <div className="chips" role="group" aria-label="Filter by state">
          {countStates(nodes).map(({ state, count }) => {
            const term: QueryTerm = { field: 'state', pattern: state, isNot: false }
            return (
              <button key={state} type="button" className="chip" data-state={state} aria-pressed={isOn(term)} onClick={() => toggle(term)}>
                <span className="state-dot" aria-hidden="true" />
                {count} {stateWords[state].toLowerCase()}
              </button>
            )
          })}
        </div>
      </div>
      {chips.length === 0 ? null : (
        <ul className="term-list" aria-label="Conditions">
          {chips.map((term) => (
            <li key={termText(term)}>
              <button type="button" className="term" onClick={() => toggle(term)} aria-label={`Remove the condition ${termText(term)}`}>
                <span className="term-text" title={termText(term)}>
                  {termText(term)}
                </span>
                {icons.close}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

import { useState } from 'react'
import type { LogFacet } from '../../../data/functions/log-answer.ts'
import { isItem } from '../../../data/functions/log-question.ts'

const firstShown = 8

/** The fields a log can be narrowed by, with counts; those the agent wants open, and those in use, are open. */
export function LogFacets({
  facets,
  openIds,
  chosen,
  onChange,
}: {
  readonly facets: readonly LogFacet[]
  readonly openIds: ReadonlySet<string>
  readonly chosen: ReadonlyMap<string, readonly string[]>
  readonly onChange: (chosen: ReadonlyMap<string, readonly string[]>) => void
}) {
  const useful = facets.filter(({ id, options }) => options.length > 0 || (chosen.get(id)?.length ?? 0) > 0)
  const ordered = useful.toSorted((a, b) => Number(openIds.has(b.id)) - Number(openIds.has(a.id)))
  if (useful.length === 0) return <p className="fn-note">These entries have no fields to choose by.</p>
  const toggle = (id: string, value: string) => {
    const values = chosen.get(id) ?? []
    const next = new Map(chosen)
    const rest = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
    if (rest.length === 0) next.delete(id)
    else next.set(id, rest)
    onChange(next)
  }
  return (
    <div className="fn-filters">
      {ordered.map((facet) => (
        <Facet
          key={facet.id}
          facet={facet}
          chosen={chosen.get(facet.id) ?? []}
          isOpenFirst={openIds.has(facet.id) || chosen.has(facet.id)}
          onToggle={(value) => toggle(facet.id, value)}
        />
      ))}
    </div>
  )
}

function Facet({
  facet,
  chosen,
  isOpenFirst,
  onToggle,
}: {
  readonly facet: LogFacet
  readonly chosen: readonly string[]
  readonly isOpenFirst: boolean
  readonly onToggle: (value: string) => void
}) {
  const [isOpen, setIsOpen] = useState(isOpenFirst)
  const [isAll, setIsAll] = useState(false)
  const ordered = facet.options.toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name))
  const shown = isAll ? ordered.slice(0, 300) : ordered.slice(0, firstShown)
  return (
    <details className="fn-filter" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span className="fn-filter-name">{facet.name}</span>
        {chosen.length > 0 ? <span className="fn-filter-set">{chosen.length}</span> : null}
      </summary>
      {isOpen ? (
        <fieldset className="fn-options">
          <legend className="visually-hidden">{facet.name}</legend>
          {shown.map(({ id, name, count }) => (
            <label key={id} className="fn-option" title={name.length > 20 ? name : undefined}>
              <input type="checkbox" checked={chosen.includes(id)} disabled={!isItem(id)} onChange={() => onToggle(id)} />
              <span className="fn-option-name">{name}</span>
              <span className="fn-option-detail">{count.toLocaleString('en')}</span>
            </label>
          ))}
          {ordered.length > shown.length ? (
            <button type="button" className="link-button" onClick={() => setIsAll(true)}>
              Show all {ordered.length}
            </button>
          ) : null}
        </fieldset>
      ) : null}
    </details>
  )
}

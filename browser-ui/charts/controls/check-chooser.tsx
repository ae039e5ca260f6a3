import { useId, useState } from 'react'
import { searchOptions, type FacetOption } from '../../data/charts/facet-words.ts'
import { icons } from '../../ui/look/icons.tsx'

/** Entries shown at once; a search finds the rest. */
const shownMax = 200
/** A list that is shorter needs no search. */
const searchFrom = 9

export interface CheckGroup {
  /** Empty for a list without heading. */
  readonly title: string
  readonly options: readonly (Omit<FacetOption, 'count'> & { readonly count?: number })[]
  /** Undefined means all. */
  readonly chosen: readonly string[] | undefined
  toggle(id: string): void
  only(id: string): void
}

/** Lists to choose several from: check boxes with counts, "only" for each, "all" for everything, a search when they are long. */
export function CheckChooser({
  title,
  groups,
  isAll,
  onAll,
  note,
}: {
  readonly title: string
  readonly groups: readonly CheckGroup[]
  readonly isAll: boolean
  readonly onAll: () => void
  readonly note?: string
}) {
  const [search, setSearch] = useState('')
  const titleId = useId()
  const total = groups.reduce((sum, group) => sum + group.options.length, 0)
  let left = shownMax
  const found = groups.map((group) => {
    const matches = searchOptions(group.options, search)
    const shown = matches.slice(0, left)
    left -= shown.length
    return { group, shown, rest: matches.length - shown.length }
  })
  const rest = found.reduce((sum, entry) => sum + entry.rest, 0)
  const isEmpty = found.every(({ shown }) => shown.length === 0)
  return (
    <div className="chooser" role="group" aria-labelledby={titleId}>
      <div className="chooser-head">
        <h4 id={titleId}>{title}</h4>
        <button type="button" className="link-button" disabled={isAll} onClick={onAll}>
          All
        </button>
      </div>
      {total < searchFrom ? null : (
        <label className="search is-small">
          {icons.search}
          <span className="visually-hidden">Search {title}</span>
          <input type="search" value={search} placeholder={`Search ${total}`} onChange={(event) => setSearch(event.target.value)} />
        </label>
      )}
      <div className="chooser-list">
        {found.map(({ group, shown }) => (
          <div key={group.title}>
            {group.title === '' || shown.length === 0 ? null : <h5 title={group.title}>{group.title}</h5>}
            <ul>
              {shown.map((option) => (
                <li key={option.id} className="chooser-option">
                  <label title={option.name}>
                    <input type="checkbox" checked={group.chosen?.includes(option.id) ?? true} onChange={() => group.toggle(option.id)} />
                    <span className="chooser-name">{option.name}</span>
                    {option.count === undefined ? null : <span className="chooser-count">{option.count}</span>}
                  </label>
                  <button type="button" className="chooser-only" aria-label={`Only ${option.name}`} onClick={() => group.only(option.id)}>
                    only
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {isEmpty ? <p className="chooser-note">{total === 0 ? 'Not known yet.' : 'Nothing matches.'}</p> : null}
        {rest > 0 ? <p className="chooser-note">{rest.toLocaleString('en')} more: search to find them.</p> : null}
      </div>
      {note === undefined ? null : <p className="chooser-note">{note}</p>}
    </div>
  )
}

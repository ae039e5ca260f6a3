import { useId, useState } from 'react'
import {
  alertFacets,
  alertGroupings,
  facetTitle,
  toggledFacet,
  type AlertFacetId,
  type AlertFilter,
  type AlertGrouping,
  type FacetOption,
} from '../../data/alerts/alert-list.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { useMatches } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'

const firstShown = 6
const searchFrom = 12
const mostShown = 200
const groupingWords: Readonly<Record<AlertGrouping, string>> = { severity: 'Severity', name: 'Alert', node: 'Node', class: 'Class' }
/** Shown open from the start; the others when somebody looks for them. */
const openFirst: ReadonlySet<AlertFacetId> = new Set(['severity', 'node', 'name'])

export interface AlertFiltersProps {
  readonly filter: AlertFilter
  readonly options: ReadonlyMap<AlertFacetId, readonly FacetOption[]>
  readonly onChange: (filter: AlertFilter) => void
}

/** Words and grouping, above the list. */
export function AlertTools({ filter, options, onChange }: AlertFiltersProps) {
  const isNarrow = useMatches('(max-width: 1000px)')
  const [isOpen, setIsOpen] = useState(false)
  const count = [...filter.chosen.values()].reduce((sum, values) => sum + values.length, 0)
  return (
    <div className="filters alert-tools">
      <label className="search">
        {icons.search}
        <span className="visually-hidden">Search alerts</span>
        <input
          type="search"
          defaultValue={filter.words}
          placeholder="Search by name, chart, node or text"
          onChange={(event) => onChange({ ...filter, words: event.target.value })}
        />
      </label>
      <label className="alert-grouping">
        <span>Group by</span>
        <select
          className="select"
          value={filter.groupBy}
          onChange={(event) => onChange({ ...filter, groupBy: alertGroupings.find((id) => id === event.target.value) ?? 'severity' })}
        >
          {alertGroupings.map((id) => (
            <option key={id} value={id}>
              {groupingWords[id]}
            </option>
          ))}
        </select>
      </label>
      {isNarrow && options.size > 0 ? (
        <button type="button" className="button" aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
          Filters{count > 0 ? ` (${count})` : ''}
        </button>
      ) : null}
      {isOpen ? (
        <Dialog title="Filters" onClose={() => setIsOpen(false)} isSheet>
          <AlertFacets filter={filter} options={options} onChange={onChange} />
          <button type="button" className="button is-primary is-wide" onClick={() => setIsOpen(false)}>
            Show the alerts
          </button>
        </Dialog>
      ) : null}
    </div>
  )
}

/** What is chosen, each with a way to take it away. */
export function ChosenFacets({
  filter,
  onChange,
  hostnames,
}: Pick<AlertFiltersProps, 'filter' | 'onChange'> & { readonly hostnames: ReadonlyMap<string, string> }) {
  const chosen = [...filter.chosen].flatMap(([facet, values]) => values.map((value) => ({ facet, value })))
  if (chosen.length === 0) return null
  return (
    <ul className="term-list" aria-label="Chosen filters">
      {chosen.map(({ facet, value }) => {
        const title = `${alertFacets.find(({ id }) => id === facet)?.title ?? ''}: ${facetTitle(facet, value, hostnames)}`
        return (
          <li key={`${facet} ${value}`}>
            <button type="button" className="term" onClick={() => onChange(toggledFacet(filter, facet, value))}>
              <span className="term-text">{title}</span>
              {icons.close}
              <span className="visually-hidden">Remove this filter</span>
            </button>
          </li>
        )
      })}
      <li>
        <button type="button" className="link-button" onClick={() => onChange({ ...filter, chosen: new Map() })}>
          Clear all
        </button>
      </li>
    </ul>
  )
}

/** Everything the alerts can be narrowed by, with counts. */
export function AlertFacets({ filter, options, onChange }: AlertFiltersProps) {
  return (
    <div className="alert-facets">
      {alertFacets.map(({ id, title }) => {
        const list = options.get(id)
        return list === undefined ? null : (
          <Facet
            key={id}
            title={title}
            options={list}
            chosen={filter.chosen.get(id) ?? []}
            isOpenFirst={openFirst.has(id) || filter.chosen.has(id)}
            onToggle={(value) => onChange(toggledFacet(filter, id, value))}
          />
        )
      })}
    </div>
  )
}

function Facet({
  title,
  options,
  chosen,
  isOpenFirst,
  onToggle,
}: {
  readonly title: string
  readonly options: readonly FacetOption[]
  readonly chosen: readonly string[]
  readonly isOpenFirst: boolean
  readonly onToggle: (value: string) => void
}) {
  const [isOpen, setIsOpen] = useState(isOpenFirst)
  const [isAll, setIsAll] = useState(false)
  const [search, setSearch] = useState('')
  const searchId = useId()
  const found = search === '' ? options : options.filter((option) => option.title.toLowerCase().includes(search.toLowerCase()))
  const shown = found
    .filter(({ value }, index) => isAll || search !== '' || index < firstShown || chosen.includes(value))
    .slice(0, mostShown)
  return (
    <details className="alert-facet" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span>{title}</span>
        {chosen.length > 0 ? <span className="alert-facet-set">{chosen.length}</span> : null}
      </summary>
      {isOpen ? (
        <fieldset>
          <legend className="visually-hidden">{title}</legend>
          {options.length < searchFrom ? null : (
            <input
              id={searchId}
              type="search"
              className="alert-facet-search"
              aria-label={`Search ${title.toLowerCase()}`}
              placeholder="Search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          )}
          {shown.map((option) => (
            <label key={option.value} className="alert-option" title={option.title.length > 24 ? option.title : undefined}>
              <input type="checkbox" checked={chosen.includes(option.value)} onChange={() => onToggle(option.value)} />
              <span className="alert-option-name">{option.title}</span>
              <span className="alert-option-count">{option.count.toLocaleString('en')}</span>
            </label>
          ))}
          {found.length > shown.length && search === '' ? (
            <button type="button" className="link-button" onClick={() => setIsAll(true)}>
              Show all {found.length}
            </button>
          ) : null}
          {shown.length === 0 ? <p className="alert-facet-none">Nothing like this.</p> : null}
        </fieldset>
      ) : null}
    </details>
  )
}

import { useQuery } from '@tanstack/react-query'
import { actionTitle, feedKindWords } from '../../../data/alerts/feed-words.ts'
import { feedKinds, feedStatuses, isNarrowed, type FeedFilter, type FeedKind } from '../../../data/alerts/feed-events.ts'
import type { NodeSummary } from '../../../link/api.ts'
import { useMatches } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { statusWord } from '../../../ui/look/severity-mark.tsx'

interface FeedFacets {
  readonly actions: readonly { readonly action: string; readonly kind: FeedKind; readonly count: number }[]
  readonly alerts: readonly { readonly name: string; readonly count: number }[]
}

const listMax = 300

export interface FeedFiltersProps {
  readonly filter: FeedFilter
  readonly nodes: readonly NodeSummary[]
  readonly onKinds: (kinds: readonly FeedKind[]) => void
  readonly onChange: (changes: Readonly<Record<string, string | undefined>>) => void
  readonly onClear: () => void
}

/** What the feed is narrowed to: kinds as switches, the rest as fields. Choices carry how often they happened in the last day. */
export function FeedFilters({ filter, nodes, onKinds, onChange, onClear }: FeedFiltersProps) {
  const { request } = useServices()
  const isNarrow = useMatches('(max-width: 720px)')
  const facets = useQuery({
    queryKey: ['feed', 'facets'],
    staleTime: 30_000,
    retry: false,
    queryFn: async () => (await request.get('/feed/facets')) as FeedFacets,
  }).data
  const actions = (facets?.actions ?? []).filter(({ kind }) => filter.kinds.length === 0 || filter.kinds.includes(kind))
  const alerts = (facets?.alerts ?? []).slice(0, listMax)
  const toggle = (kind: FeedKind) => {
    const chosen = filter.kinds.length === 0 ? feedKinds : filter.kinds
    const next = chosen.includes(kind) ? chosen.filter((other) => other !== kind) : [...chosen, kind]
    onKinds(next.length === feedKinds.length ? [] : next.length === 0 ? [kind] : next)
  }
  const fields = (
    <>
      <Choice label="What" value={filter.action} all="Everything" onPick={(action) => onChange({ action })}>
        {actions.map(({ action, count }) => ({ value: action, title: `${actionTitle(action)} (${count})` }))}
      </Choice>
      <Choice label="Node" value={filter.nodeId} all="Every node" onPick={(node) => onChange({ node })}>
        {nodes
          .toSorted((a, b) => a.hostname.localeCompare(b.hostname, 'en'))
          .map(({ nodeId, hostname }) => ({ value: nodeId, title: hostname }))}
      </Choice>
      <Choice label="Alert" value={filter.alert} all="Every alert" onPick={(alert) => onChange({ alert })}>
        {alerts.map(({ name, count }) => ({ value: name, title: `${name.replaceAll('_', ' ')} (${count})` }))}
      </Choice>
      <Choice label="Became" value={filter.status} all="Any status" onPick={(status) => onChange({ status })}>
        {feedStatuses.map((status) => ({ value: status, title: statusWord(status) }))}
      </Choice>
      <label className="feed-field">
        From
        <input type="datetime-local" value={filter.from} onChange={(event) => onChange({ from: event.target.value })} />
      </label>
      <label className="feed-field">
        To
        <input type="datetime-local" value={filter.to} onChange={(event) => onChange({ to: event.target.value })} />
      </label>
    </>
  )
  return (
    <form className="feed-filters" aria-label="Filter the feed" onSubmit={(event) => event.preventDefault()}>
      <div className="segmented" role="group" aria-label="Kinds">
        {feedKinds.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={filter.kinds.length === 0 || filter.kinds.includes(kind)}
            onClick={() => toggle(kind)}
          >
            {feedKindWords[kind]}
          </button>
        ))}
      </div>
      <label className="search">
        {icons.search}
        <span className="visually-hidden">Search the feed</span>
        <input
          type="search"
          defaultValue={filter.words}
          placeholder="Search by name"
          onChange={(event) => onChange({ q: event.target.value })}
        />
      </label>
      {isNarrow ? (
        <details className="feed-more-filters">
          <summary>More filters</summary>
          <div>{fields}</div>
        </details>
      ) : (
        fields
      )}
      <button type="button" className="button is-quiet" disabled={!isNarrowed(filter)} onClick={onClear}>
        Clear
      </button>
    </form>
  )
}

function Choice({
  label,
  value,
  all,
  onPick,
  children,
}: {
  readonly label: string
  readonly value: string
  readonly all: string
  readonly onPick: (value: string) => void
  readonly children: readonly { readonly value: string; readonly title: string }[]
}) {
  return (
    <label className="feed-field">
      {label}
      <select className="select" value={value} onChange={(event) => onPick(event.target.value)}>
        <option value="">{all}</option>
        {children.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
        {/* Not among the choices any more, and still chosen. */}
        {value === '' || children.some((option) => option.value === value) ? null : <option value={value}>{value}</option>}
      </select>
    </label>
  )
}

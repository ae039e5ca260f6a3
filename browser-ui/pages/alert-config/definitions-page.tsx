import '../nodes/nodes.css'
import './alert-config.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, useSearch } from 'wouter'
import {
  filterDefinitions,
  listDefinitions,
  originWords,
  readDefinitionFilter,
  sorts,
  type DefinitionFilter,
  type DefinitionSort,
  type ListedDefinition,
  type Origin,
} from '../../data/alert-config/definition-list.ts'
import { useMatches, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { usePageSearch } from '../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { definitionsQuery, documentsQuery } from './alert-config-api.ts'
import { DefinitionCards, DefinitionTable } from './definition-table.tsx'
import { useMayChangeAlerts } from './use-may-change.ts'

const sortWords: Readonly<Record<DefinitionSort, string>> = {
  name: 'name',
  on: 'what it is on',
  nodes: 'most nodes',
  raised: 'most raised',
}

/** All alert definitions that run on the room's nodes, and what is kept of them here. */
export function DefinitionsPage() {
  useTitle('Alert definitions')
  const { request } = useServices()
  const { roomId, name: roomName } = useRoom()
  const mayChange = useMayChangeAlerts()
  const rows = useQuery(definitionsQuery(request, roomId))
  const documents = useQuery(documentsQuery(request))
  const all = useMemo(
    () => (rows.data === undefined || documents.data === undefined ? undefined : listDefinitions(rows.data, documents.data)),
    [rows.data, documents.data],
  )
  if (all === undefined) {
    const failed = rows.isError ? rows : documents.isError ? documents : undefined
    return failed === undefined ? (
      <Skeleton lines={8} label="Loading definitions" />
    ) : (
      <Failure title="The definitions cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
    )
  }
  const renewing = rows.error ?? documents.error
  return (
    <div className="definitions-page">
      <div className="page-head">
        <div>
          <h1>Alert definitions</h1>
          <p className="page-sub">
            {all.length === 0 ? 'None yet' : `${all.length} ${all.length === 1 ? 'definition' : 'definitions'}`}
            {roomId === undefined ? ' on all nodes' : ` in ${roomName}`}
          </p>
        </div>
        {mayChange ? (
          <Link href="/alerts/new" className="button is-primary">
            {icons.plus} New alert
          </Link>
        ) : null}
      </div>
      {renewing === null ? null : (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {renewing.message}
        </p>
      )}
      {all.length === 0 ? (
        <Notice icon={icons.record} title="No definition is known yet">
          <p>When an agent connects, the alerts it works out stand here. {mayChange ? 'Or make one of your own.' : ''}</p>
        </Notice>
      ) : (
        <List all={all} />
      )}
    </div>
  )
}

function List({ all }: { readonly all: readonly ListedDefinition[] }) {
  const filter = readDefinitionFilter(useSearch())
  const [, setSearch] = usePageSearch()
  const isNarrow = useMatches('(max-width: 720px)')
  const key = JSON.stringify(filter)
  const found = useMemo(() => filterDefinitions(all, JSON.parse(key) as DefinitionFilter), [all, key])
  return (
    <>
      <Filters all={all} filter={filter} />
      <p className="visually-hidden" role="status">
        {found.length} of {all.length} definitions
      </p>
      {found.length === 0 ? (
        <Notice
          icon={icons.search}
          title="No definition matches"
          action={
            <button
              type="button"
              className="button"
              onClick={() => setSearch({ q: undefined, origin: undefined, class: undefined, raised: undefined, drifted: undefined })}
            >
              Show all definitions
            </button>
          }
        >
          <p>There are {all.length}, none of them as chosen.</p>
        </Notice>
      ) : isNarrow ? (
        <DefinitionCards rows={found} />
      ) : (
        <DefinitionTable rows={found} sort={filter.sort} onSort={(sort) => setSearch({ sort: sort === 'name' ? undefined : sort })} />
      )}
    </>
  )
}

function Filters({ all, filter }: { readonly all: readonly ListedDefinition[]; readonly filter: DefinitionFilter }) {
  const [, setSearch] = usePageSearch()
  const isNarrow = useMatches('(max-width: 720px)')
  const classes = [...new Set(all.map((row) => row.class).filter((name) => name !== ''))].toSorted()
  const origins = (Object.keys(originWords) as Origin[]).filter((origin) => all.some((row) => row.origin === origin))
  const drifted = all.filter((row) => row.drifted > 0).length
  return (
    <div className="filters">
      <label className="search">
        {icons.search}
        <span className="visually-hidden">Search definitions</span>
        <input
          type="search"
          defaultValue={filter.words}
          placeholder="Search by name, context or class"
          onChange={(event) => setSearch({ q: event.target.value })}
        />
      </label>
      <div className="chips" role="group" aria-label="Filter">
        {origins.map((origin) => (
          <button
            key={origin}
            type="button"
            className="chip"
            aria-pressed={filter.origin === origin}
            onClick={() => setSearch({ origin: filter.origin === origin ? undefined : origin })}
          >
            {all.filter((row) => row.origin === origin).length} {originWords[origin].toLowerCase()}
          </button>
        ))}
        <button
          type="button"
          className="chip"
          aria-pressed={filter.isRaised}
          onClick={() => setSearch({ raised: filter.isRaised ? undefined : '1' })}
        >
          {all.filter((row) => row.raised > 0).length} raised
        </button>
        {drifted > 0 || filter.isDrifted ? (
          <button
            type="button"
            className="chip"
            aria-pressed={filter.isDrifted}
            onClick={() => setSearch({ drifted: filter.isDrifted ? undefined : '1' })}
          >
            <span className="config-mark" data-state="drifted" aria-hidden="true">
              ≠
            </span>
            {drifted} drifted
          </button>
        ) : null}
      </div>
      <label>
        <span className="visually-hidden">Class</span>
        <select className="select" value={filter.class ?? ''} onChange={(event) => setSearch({ class: event.target.value })}>
          <option value="">All classes</option>
          {classes.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          {filter.class !== undefined && !classes.includes(filter.class) ? <option value={filter.class}>{filter.class}</option> : null}
        </select>
      </label>
      {isNarrow ? (
        <label>
          <span className="visually-hidden">Sort</span>
          <select className="select" value={filter.sort} onChange={(event) => setSearch({ sort: event.target.value })}>
            {sorts.map((sort) => (
              <option key={sort} value={sort}>
                By {sortWords[sort]}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  )
}

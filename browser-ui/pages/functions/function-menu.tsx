import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Role } from '../../../src/domain/model.ts'
import { groupFunctions, searchFunctions, type FunctionEntry } from '../../data/functions/function-list.ts'
import { mayCall, whoMayCall } from '../../data/functions/function-rights.ts'
import { icons } from '../../ui/look/icons.tsx'
import { functionIcons } from './function-icons.tsx'
import { useIsNarrow } from './use-page-state.ts'

/** The address of a function of a node, inside the room. */
export function functionPath(nodeId: string, name?: string): string {
  return `/functions?node=${encodeURIComponent(nodeId)}${name === undefined ? '' : `&fn=${encodeURIComponent(name)}`}`
}

/** From so many on there is a field to search in. */
const searchFrom = 9

/** The functions of a node by tag; a lock marks those that the viewer's role may not call. */
export function FunctionMenu({
  nodeId,
  functions,
  chosen,
  role,
}: {
  readonly nodeId: string
  readonly functions: readonly FunctionEntry[]
  readonly chosen: string | undefined
  readonly role: Role
}) {
  const [search, setSearch] = useState('')
  const [, navigate] = useLocation()
  const isNarrow = useIsNarrow()
  const groups = groupFunctions(searchFunctions(functions, search))
  if (isNarrow && chosen !== undefined) {
    return (
      <label className="fn-field fn-menu">
        <span className="fn-field-name">Function</span>
        <select className="fn-select" value={chosen} onChange={(event) => navigate(functionPath(nodeId, event.target.value))}>
          {functions.some(({ name }) => name === chosen) ? null : <option value={chosen}>Choose</option>}
          {groupFunctions(functions).map((group) => (
            <optgroup key={group.tag} label={group.title}>
              {group.functions.map((entry) => (
                <option key={entry.name} value={entry.name}>
                  {entry.title}
                  {mayCall(role, entry) ? '' : ' (not for your role)'}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
    )
  }
  return (
    <nav className="fn-menu" aria-label="Functions of the node">
      {functions.length < searchFrom ? null : (
        <label className="search is-small">
          {icons.search}
          <span className="visually-hidden">Search functions</span>
          <input type="search" placeholder="Search functions" value={search} onChange={(event) => setSearch(event.target.value)} />
        </label>
      )}
      {groups.map((group) => (
        <section key={group.tag} className="fn-menu-group">
          <h2 className="fn-menu-head">{group.title}</h2>
          <ul>
            {group.functions.map((entry) => (
              <li key={entry.name}>
                <FunctionLink nodeId={nodeId} entry={entry} isChosen={entry.name === chosen} isAllowed={mayCall(role, entry)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 ? <p className="fn-note">No function matches.</p> : null}
    </nav>
  )
}

function FunctionLink({
  nodeId,
  entry,
  isChosen,
  isAllowed,
}: {
  readonly nodeId: string
  readonly entry: FunctionEntry
  readonly isChosen: boolean
  readonly isAllowed: boolean
}) {
  return (
    <Link
      href={functionPath(nodeId, entry.name)}
      className="fn-menu-link"
      aria-current={isChosen ? 'page' : undefined}
      title={`${entry.help.slice(0, 300)}${isAllowed ? '' : `\n${whoMayCall(entry)}`}`}
    >
      <span className="fn-menu-name">{entry.title}</span>
      {isAllowed ? null : (
        <span className="fn-lock">
          {functionIcons.lock}
          <span className="visually-hidden">Not for your role. {whoMayCall(entry)}</span>
        </span>
      )}
    </Link>
  )
}

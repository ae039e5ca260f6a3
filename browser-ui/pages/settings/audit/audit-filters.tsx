import { useQuery } from '@tanstack/react-query'
import { auditActions } from '../../../../src/domain/audit.ts'
import { wordsOfAction } from '../../../data/audit/audit-words.ts'
import type { AuditFilter } from '../../../data/audit/audit-answers.ts'
import { usePageSearch } from '../../../ui/palette/page-search.ts'
import { nodesQuery } from '../../../ui/queries.ts'
import { useServices } from '../../../ui/services.ts'
import { membersQuery } from '../settings-api.ts'

const actions = auditActions
  .map((action) => ({ action, words: wordsOfAction(action) }))
  .sort((a, b) => a.words.localeCompare(b.words, 'en'))

/** What is looked for: kept in the address, so that a view can be sent to somebody. */
export function AuditFilters({ filter }: { readonly filter: AuditFilter }) {
  const { api, request } = useServices()
  const [, change] = usePageSearch()
  const members = useQuery(membersQuery(request)).data ?? []
  const nodes = useQuery(nodesQuery(api)).data ?? []
  const isAny = Object.values(filter).some((text) => text !== '')
  return (
    <form className="card audit-filters" aria-label="Filter the audit" onSubmit={(event) => event.preventDefault()}>
      <label>
        What
        <select value={filter.action} onChange={(event) => change({ action: event.target.value })}>
          <option value="">Everything</option>
          {actions.map(({ action, words }) => (
            <option key={action} value={action}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Who
        <select value={filter.personId} onChange={(event) => change({ person: event.target.value })}>
          <option value="">Everybody</option>
          {members.map(({ personId, email }) => (
            <option key={personId} value={personId}>
              {email}
            </option>
          ))}
          {filter.personId === '' || members.some(({ personId }) => personId === filter.personId) ? null : (
            <option value={filter.personId}>Somebody who is gone</option>
          )}
        </select>
      </label>
      <label>
        Node
        <select value={filter.nodeId} onChange={(event) => change({ node: event.target.value })}>
          <option value="">Every node</option>
          {nodes.map(({ nodeId, hostname }) => (
            <option key={nodeId} value={nodeId}>
              {hostname}
            </option>
          ))}
          {filter.nodeId === '' || nodes.some(({ nodeId }) => nodeId === filter.nodeId) ? null : (
            <option value={filter.nodeId}>A node that is gone</option>
          )}
        </select>
      </label>
      <label>
        From
        <input type="datetime-local" value={filter.from} onChange={(event) => change({ from: event.target.value })} />
      </label>
      <label>
        To
        <input type="datetime-local" value={filter.to} onChange={(event) => change({ to: event.target.value })} />
      </label>
      <button
        type="button"
        className="button is-quiet"
        disabled={!isAny}
        onClick={() => change({ action: undefined, person: undefined, node: undefined, from: undefined, to: undefined })}
      >
        Clear
      </button>
    </form>
  )
}

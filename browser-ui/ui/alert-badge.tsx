import { useQuery } from '@tanstack/react-query'
import { alertWords, badgeText, countAlerts } from '../data/shell/trouble.ts'
import { nodesQuery } from './queries.ts'
import { useRoom } from './room.ts'
import { useServices } from './services.ts'

/** How many alerts are raised in this room; nothing while none is. */
export function AlertBadge() {
  const { api } = useServices()
  const { roomId } = useRoom()
  const nodes = useQuery(nodesQuery(api))
  const count = countAlerts(nodes.data ?? [], roomId)
  const raised = count.warning + count.critical
  if (raised === 0) return null
  return (
    <span className="badge" data-tone={count.critical > 0 ? 'critical' : 'warning'} title={alertWords(count)}>
      <span aria-hidden="true">{badgeText(raised)}</span>
      <span className="visually-hidden">, {alertWords(count)}</span>
    </span>
  )
}

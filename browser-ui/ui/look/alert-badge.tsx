import { useQuery } from '@tanstack/react-query'
import { alertWords, badgeText, countAlerts } from '../../data/shell/trouble.ts'
import { nodesQuery } from '../queries.ts'
import { useRoom } from '../spaces/room.ts'
import { useServices } from '../services.ts'

/** How many alerts are raised in this room; a question mark when all of them are of silent nodes, nothing while none is. */
export function AlertBadge() {
  const { api } = useServices()
  const { roomId } = useRoom()
  const nodes = useQuery(nodesQuery(api))
  const count = countAlerts(nodes.data ?? [], roomId)
  const raised = count.warning + count.critical
  if (raised + count.unknown === 0) return null
  const tone = count.critical > 0 ? 'critical' : count.warning > 0 ? 'warning' : 'unknown'
  return (
    <span className="badge" data-tone={tone} title={alertWords(count)}>
      <span aria-hidden="true">{raised === 0 ? '?' : badgeText(raised)}</span>
      <span className="visually-hidden">, {alertWords(count)}</span>
    </span>
  )
}

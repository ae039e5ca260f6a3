import type { ChainEntry } from '../audit/chain-entry.ts'
import type { Caller } from '../identity/ports.ts'
import type { Seen } from './sight.ts'

/** Which entries of the audit concern the caller: all, or their own and those of their rooms and the nodes of these. */
export function auditSeenBy({ personId }: Caller, seen: Seen): (entry: ChainEntry) => boolean {
  if (seen.isWhole) return () => true
  const ids = new Set<string>([...seen.rooms.map(({ roomId }) => roomId), ...seen.nodes.map(({ nodeId }) => nodeId)])
  return (entry) => {
    const { subject, nodeId, roomIds = [] } = entry
    if (entry.personId === personId || (subject?.kind === 'person' && subject.id === personId)) return true
    if (subject?.kind === 'room' || subject?.kind === 'node' ? ids.has(subject.id) : false) return true
    return (nodeId !== undefined && ids.has(nodeId)) || roomIds.some((roomId) => ids.has(roomId))
  }
}

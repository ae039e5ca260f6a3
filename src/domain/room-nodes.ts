import type { MemberId } from './ids.ts'
import type { Node, Room, RoomRule, RoomRuleClause } from './model.ts'

type RoomNode = Pick<Node, 'roomIds' | 'info'>

/**
 * Whether a node belongs to a room: put there by hand, or matched by an INCLUDE rule and by no EXCLUDE rule (cloud-api §7.3).
 * What was put there by hand stays, whatever the rules say.
 */
export function isInRoom(room: Pick<Room, 'roomId' | 'isAllNodes' | 'rules'>, node: RoomNode): boolean {
  if (room.isAllNodes || node.roomIds.includes(room.roomId)) return true
  const labels = node.info?.labels ?? {}
  const fits = (action: RoomRule['action']) => room.rules.some((rule) => rule.action === action && holds(rule, labels))
  return fits('INCLUDE') && !fits('EXCLUDE')
}

/** The rooms of a node, in the order of the rooms. */
export function roomsOfNode(rooms: readonly Room[], node: RoomNode): readonly Room[] {
  return rooms.filter((room) => isInRoom(room, node))
}

/** Whether the node lies in a room of this member. */
export function isSeenByMember(rooms: readonly Room[], memberId: MemberId, node: RoomNode): boolean {
  return rooms.some((room) => room.memberIds.includes(memberId) && isInRoom(room, node))
}

/** A rule without a clause holds for nobody: it would otherwise take in everything by a slip. */
function holds({ clauses }: RoomRule, labels: Readonly<Record<string, string>>): boolean {
  return clauses.length > 0 && clauses.every((clause) => holdsClause(clause, labels))
}

function holdsClause({ label, operator, value, negate }: RoomRuleClause, labels: Readonly<Record<string, string>>): boolean {
  const text = Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''
  const isMatch =
    operator === 'equals'
      ? text === value
      : operator === 'starts_with'
        ? text.startsWith(value)
        : operator === 'ends_with'
          ? text.endsWith(value)
          : text.includes(value)
  return isMatch !== negate
}

import type { MemberId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Room, RoomRule, RoomRuleClause } from '../../../src/domain/model.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

type RuleRecord = {
  ruleId: string
  action: RoomRule['action']
  description: string
  clauses: [string, RoomRuleClause['operator'], string, 0 | 1][]
}

/** What a room item holds; members and rules are in it, so that a room is made, changed and deleted in one write. */
type RoomRecord = {
  name: string
  isAllNodes: boolean
  createdAtMs: number
  description?: string
  memberIds?: MemberId[]
  rules?: RuleRecord[]
}

/** The room an item holds. */
export function roomOf(spaceId: SpaceId, { sort, data }: Pick<StoredItem, 'sort' | 'data'>): Room {
  const { name, isAllNodes, createdAtMs, description = '', memberIds = [], rules = [] } = data as RoomRecord
  return {
    roomId: sort.slice('room/'.length) as RoomId,
    spaceId,
    name,
    description,
    isAllNodes,
    createdAtMs,
    memberIds,
    rules: rules.map(ruleOf),
  }
}

/** The content of a room's item. */
export function roomContent({
  name,
  description,
  isAllNodes,
  createdAtMs,
  memberIds,
  rules,
}: Omit<Room, 'roomId' | 'spaceId'>): ItemContent {
  const record: RoomRecord = {
    name,
    isAllNodes,
    createdAtMs,
    ...(description === '' ? {} : { description }),
    ...(memberIds.length === 0 ? {} : { memberIds: [...memberIds] }),
    ...(rules.length === 0 ? {} : { rules: rules.map(ruleRecord) }),
  }
  return { kind: 'room', data: record }
}

function ruleRecord({ ruleId, action, description, clauses }: RoomRule): RuleRecord {
  return {
    ruleId,
    action,
    description,
    clauses: clauses.map(({ label, operator, value, negate }) => [label, operator, value, negate ? 1 : 0]),
  }
}

function ruleOf({ ruleId, action, description, clauses }: RuleRecord): RoomRule {
  return {
    ruleId: ruleId as RoomRule['ruleId'],
    action,
    description,
    clauses: clauses.map(([label, operator, value, negate]) => ({
      label,
      operator,
      value,
      negate: negate === 1,
    })),
  }
}

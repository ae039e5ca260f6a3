import { expect, it } from 'vitest'
import type { Node, Room, RoomRule } from './model.ts'
import { isInRoom } from './room-nodes.ts'

const nodeWith = (labels: Record<string, string>, roomIds: string[] = []) =>
  ({ roomIds, info: { labels } }) as unknown as Pick<Node, 'roomIds' | 'info'>
const clause = (label: string, operator: RoomRule['clauses'][number]['operator'], value: string, negate = false) => ({
  label,
  operator,
  value,
  negate,
})
const roomWith = (...rules: Pick<RoomRule, 'action' | 'clauses'>[]) => ({ roomId: 'r', isAllNodes: false, rules }) as unknown as Room

it('[SP5] takes in nodes whose labels fit all clauses of any rule, unless an excluding rule fits', () => {
  const room = roomWith(
    { action: 'INCLUDE', clauses: [clause('role', 'equals', 'web'), clause('env', 'starts_with', 'prod')] },
    { action: 'INCLUDE', clauses: [clause('zone', 'ends_with', '-b')] },
    { action: 'EXCLUDE', clauses: [clause('note', 'contains', 'old')] },
  )
  expect(isInRoom(room, nodeWith({ role: 'web', env: 'production' }))).toBe(true)
  expect(isInRoom(room, nodeWith({ role: 'web', env: 'test' }))).toBe(false)
  expect(isInRoom(room, nodeWith({ zone: 'eu-b' }))).toBe(true)
  expect(isInRoom(room, nodeWith({ zone: 'eu-b', note: 'very old' }))).toBe(false)
  expect(isInRoom(room, nodeWith({ zone: 'eu-b', note: 'very old' }, ['r']))).toBe(true)
})

it('[SP5] negates a clause, takes a missing label for empty text, and lets a rule without clauses take in nobody', () => {
  const negated = roomWith({ action: 'INCLUDE', clauses: [clause('env', 'equals', 'production', true)] })
  expect(isInRoom(negated, nodeWith({ env: 'production' }))).toBe(false)
  expect(isInRoom(negated, nodeWith({}))).toBe(true)
  expect(isInRoom(roomWith({ action: 'INCLUDE', clauses: [] }), nodeWith({}))).toBe(false)
  expect(isInRoom(roomWith({ action: 'INCLUDE', clauses: [clause('__proto__', 'contains', 'object')] }), nodeWith({}))).toBe(false)
})

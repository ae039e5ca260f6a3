import type { MemberId, NodeId, RoomId, RuleId } from '../../src/domain/ids.ts'
import type { Room, RoomRule } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Caller } from '../identity/ports.ts'
import type { RoomWish, RuleWish } from '../metadata/rooms/rooms.ts'
import type { Done } from './people-actions.ts'
import type { ApiIdentity, ApiNodes, ApiRoomRemoval, ApiRooms, ApiRoster } from './ports.ts'
import type { AuditNote } from './route.ts'

export interface RoomActionsDeps {
  readonly roster: Pick<ApiRoster, 'list'>
  readonly rooms: ApiRooms
  readonly roomRemoval: ApiRoomRemoval
  readonly nodes: Pick<ApiNodes, 'place'>
  readonly identity: Pick<ApiIdentity, 'forget'>
}

/** What people do to rooms, for every style of route: at once effective here, and what is audited. */
export interface RoomActions {
  create(caller: Caller, wish: { name: string; description: string }): Promise<Done<Room>>
  change(caller: Caller, roomId: RoomId, wish: RoomWish): Promise<Done<Room>>
  /** The result is undefined when nothing was there. */
  remove(caller: Caller, roomId: RoomId): Promise<Done<Room | undefined>>
  /** Throws NOT_FOUND for a member to be added who is not in the space, and then nothing changes. */
  moveMembers(caller: Caller, roomId: RoomId, wish: { add: readonly MemberId[]; remove: readonly MemberId[] }): Promise<Done<undefined>>
  /** Throws NOT_FOUND for a node to be added that is not in the space; "All nodes" has them all and loses none: ROOM_FIXED. */
  moveNodes(caller: Caller, roomId: RoomId, wish: { add: readonly NodeId[]; remove: readonly NodeId[] }): Promise<Done<undefined>>
  setRules(
    caller: Caller,
    roomId: RoomId,
    wishes: readonly (RuleWish & { readonly ruleId?: RuleId | undefined })[],
  ): Promise<Done<readonly RoomRule[]>>
  addRule(caller: Caller, roomId: RoomId, wish: RuleWish): Promise<Done<RoomRule>>
  setRule(caller: Caller, roomId: RoomId, ruleId: RuleId, wish: RuleWish): Promise<Done<RoomRule>>
  /** The result is false when nothing was there. */
  removeRule(caller: Caller, roomId: RoomId, ruleId: RuleId): Promise<Done<boolean>>
}

export function createRoomActions({ roster, rooms, roomRemoval, nodes, identity }: RoomActionsDeps): RoomActions {
  const note = (action: AuditNote['action'], roomId: RoomId, more: Partial<AuditNote> = {}): AuditNote => ({
    action,
    subject: { kind: 'room', id: roomId },
    roomIds: [roomId],
    ...more,
  })
  const done = <T>(caller: Caller, result: T, ...audit: readonly AuditNote[]): Done<T> => {
    identity.forget.forgetRooms(caller.spaceId)
    return { result, audit }
  }
  const aboutRule = (ruleId: RuleId, change: 'added' | 'changed' | 'removed'): Partial<AuditNote> => ({
    subject: { kind: 'rule', id: ruleId },
    details: { change },
  })

  return {
    async create(caller, wish) {
      const members = await roster.list(caller.spaceId)
      const memberId = members.some((member) => member.memberId === caller.memberId) ? caller.memberId : undefined
      const room = await rooms.create(caller.spaceId, { ...wish, memberId })
      return done(caller, room, note('room-created', room.roomId))
    },

    async change(caller, roomId, wish) {
      const room = await rooms.change(caller.spaceId, roomId, wish)
      return done(caller, room, note('room-changed', roomId))
    },

    async remove(caller, roomId) {
      const room = await roomRemoval.remove(caller.spaceId, roomId)
      return room === undefined ? { result: room, audit: [] } : done(caller, room, note('room-deleted', roomId))
    },

    async moveMembers(caller, roomId, { add, remove }) {
      const { spaceId } = caller
      const known = new Set((await roster.list(spaceId)).map(({ memberId }) => memberId))
      if (add.some((memberId) => !known.has(memberId))) throw new ThroughlineError('NOT_FOUND', 'There is no such member.')
      const came = await rooms.addMembers(spaceId, roomId, add)
      const left = remove.length === 0 ? [] : await rooms.removeMembers(spaceId, roomId, remove)
      const about = (id: MemberId) => ({ subject: { kind: 'member' as const, id } })
      return done(
        caller,
        undefined,
        ...came.map((memberId) => note('room-member-added', roomId, about(memberId))),
        ...left.map((memberId) => note('room-member-removed', roomId, about(memberId))),
      )
    },

    async moveNodes(caller, roomId, { add, remove }) {
      const { spaceId } = caller
      const room = await rooms.get(spaceId, roomId)
      if (room === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
      if (room.isAllNodes && remove.length > 0) throw new ThroughlineError('ROOM_FIXED', 'The room of all nodes has every node.')
      // What is in the room of all nodes is there already, and need not be written down.
      const placed = await nodes.place(spaceId, roomId, { add: room.isAllNodes ? [] : add, remove })
      for (const nodeId of [...placed.added, ...placed.removed]) identity.forget.forgetNode(spaceId, nodeId)
      const about = (nodeId: NodeId) => ({ subject: { kind: 'node' as const, id: nodeId }, nodeId })
      return done(
        caller,
        undefined,
        ...placed.added.map((nodeId) => note('room-node-added', roomId, about(nodeId))),
        ...placed.removed.map((nodeId) => note('room-node-removed', roomId, about(nodeId))),
      )
    },

    async setRules(caller, roomId, wishes) {
      const rules = await rooms.setRules(caller.spaceId, roomId, wishes)
      return done(caller, rules, note('room-rule-changed', roomId, { details: { change: 'all', rules: rules.length } }))
    },

    async addRule(caller, roomId, wish) {
      const rule = await rooms.addRule(caller.spaceId, roomId, wish)
      return done(caller, rule, note('room-rule-changed', roomId, aboutRule(rule.ruleId, 'added')))
    },

    async setRule(caller, roomId, ruleId, wish) {
      const rule = await rooms.setRule(caller.spaceId, roomId, ruleId, wish)
      return done(caller, rule, note('room-rule-changed', roomId, aboutRule(ruleId, 'changed')))
    },

    async removeRule(caller, roomId, ruleId) {
      const wasThere = await rooms.removeRule(caller.spaceId, roomId, ruleId)
      return wasThere ? done(caller, true, note('room-rule-changed', roomId, aboutRule(ruleId, 'removed'))) : { result: false, audit: [] }
    },
  }
}

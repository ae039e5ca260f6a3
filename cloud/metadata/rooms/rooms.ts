import { randomUUID } from 'node:crypto'
import type { MemberId, RoomId, RuleId, SpaceId } from '../../../src/domain/ids.ts'
import type { Room, RoomRule } from '../../../src/domain/model.ts'
import { isSeen } from '../../../src/domain/unwanted-characters.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { cleanPassage, cleanText } from '../text-rules.ts'
import { bury } from '../deleted/bury.ts'
import { roomContent, roomOf } from './room-record.ts'

/** What a person says of a room; undefined leaves it as it is. */
export interface RoomWish {
  readonly name?: string | undefined
  readonly description?: string | undefined
}

export type RuleWish = Omit<RoomRule, 'ruleId'>

/**
 * The rooms of a space, who is in them and by which rules nodes belong to them. Foreign and absent rooms are NOT_FOUND alike; what
 * would change "All nodes" is refused with ROOM_FIXED. Whether the space exists is for the caller to know.
 */
export interface Rooms {
  /** "All nodes" first, then the oldest first. */
  list(spaceId: SpaceId): Promise<readonly Room[]>
  get(spaceId: SpaceId, roomId: RoomId): Promise<Room | undefined>
  /** Throws LIMIT_REACHED. Whoever makes a room is in it. */
  create(spaceId: SpaceId, wish: { name: string; description: string; memberId: MemberId | undefined }): Promise<Room>
  change(spaceId: SpaceId, roomId: RoomId, wish: RoomWish): Promise<Room>
  /** Answers what was removed, undefined when nothing was there. Its nodes stay in the space. */
  remove(spaceId: SpaceId, roomId: RoomId): Promise<Room | undefined>
  /** Those who are in already are passed over. Answers who came. */
  addMembers(spaceId: SpaceId, roomId: RoomId, memberIds: readonly MemberId[]): Promise<readonly MemberId[]>
  /** Takes members out of every room, "All nodes" included. */
  forgetMembers(spaceId: SpaceId, memberIds: readonly MemberId[]): Promise<void>
  /** Those who are not in are passed over. Answers who left. */
  removeMembers(spaceId: SpaceId, roomId: RoomId, memberIds: readonly MemberId[]): Promise<readonly MemberId[]>
  /** Throws LIMIT_REACHED. */
  addRule(spaceId: SpaceId, roomId: RoomId, wish: RuleWish): Promise<RoomRule>
  setRule(spaceId: SpaceId, roomId: RoomId, ruleId: RuleId, wish: RuleWish): Promise<RoomRule>
  /** All rules at once; one that names the id of a rule that is there keeps it. Throws LIMIT_REACHED. */
  setRules(
    spaceId: SpaceId,
    roomId: RoomId,
    wishes: readonly (RuleWish & { readonly ruleId?: RuleId | undefined })[],
  ): Promise<readonly RoomRule[]>
  /** Answers whether it was there. */
  removeRule(spaceId: SpaceId, roomId: RoomId, ruleId: RuleId): Promise<boolean>
}

export interface RoomsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
  /** How many rooms a space may have besides "All nodes"; null: as many as fit. */
  readonly roomsMax?: number | null | undefined
}

export function createRooms({ store, changeItem, clock, roomsMax }: RoomsDeps): Rooms {
  const limit = Math.min(roomsMax ?? Infinity, metadataLimits.roomsPerSpace)

  const get = async (spaceId: SpaceId, roomId: RoomId) => {
    const item = await store.read(keys.room(spaceId, roomId))
    return item && roomOf(spaceId, item)
  }

  const list = async (spaceId: SpaceId): Promise<readonly Room[]> => {
    const rooms = (await listAll(store, spacePartition(spaceId), 'room/')).map((item) => roomOf(spaceId, item))
    return rooms.sort(
      (a, b) => Number(b.isAllNodes) - Number(a.isAllNodes) || a.createdAtMs - b.createdAtMs || (a.roomId < b.roomId ? -1 : 1),
    )
  }

  /** Changes a room in one write; `decide` may run again. */
  const change = async <T>(spaceId: SpaceId, roomId: RoomId, decide: (room: Room) => { room: Room; answer: T }): Promise<T> => {
    let given: { room: Room; answer: T } | undefined
    await changeItem(keys.room(spaceId, roomId), (current) => {
      if (current === undefined) throw noRoom()
      given = decide(roomOf(spaceId, current))
      return roomContent(given.room)
    })
    if (given === undefined) throw noRoom()
    return given.answer
  }

  const removeMembers = (spaceId: SpaceId, roomId: RoomId, memberIds: readonly MemberId[]) =>
    change(spaceId, roomId, (room) => {
      const leave = room.memberIds.filter((memberId) => memberIds.includes(memberId))
      return { room: { ...room, memberIds: room.memberIds.filter((memberId) => !leave.includes(memberId)) }, answer: leave }
    })

  const requireOpen = ({ isAllNodes }: Room) => {
    if (isAllNodes) throw new ThroughlineError('ROOM_FIXED', 'The room of all nodes stays as it is.')
  }

  return {
    list,
    get,

    async create(spaceId, { name, description, memberId }) {
      const roomId = randomUUID() as string as RoomId
      const rooms = await list(spaceId)
      if (rooms.filter(({ isAllNodes }) => !isAllNodes).length >= limit)
        throw new ThroughlineError('LIMIT_REACHED', `A space has at most ${limit} rooms here.`)
      const room: Room = {
        roomId,
        spaceId,
        name: roomName(name),
        description: cleanPassage(description, metadataLimits.descriptionBytes),
        isAllNodes: false,
        createdAtMs: clock.nowMs(),
        memberIds: memberId === undefined ? [] : [memberId],
        rules: [],
      }
      await store.write({ ...keys.room(spaceId, roomId), ...roomContent(room) }, 'absent')
      return room
    },

    change: (spaceId, roomId, wish) =>
      change(spaceId, roomId, (room) => {
        requireOpen(room)
        const next: Room = {
          ...room,
          name: wish.name === undefined ? room.name : roomName(wish.name),
          description: wish.description === undefined ? room.description : cleanPassage(wish.description, metadataLimits.descriptionBytes),
        }
        return { room: next, answer: next }
      }),

    async remove(spaceId, roomId) {
      for (;;) {
        const item = await store.read(keys.room(spaceId, roomId))
        if (item === undefined) return undefined
        const room = roomOf(spaceId, item)
        requireOpen(room)
        // Who may see its nodes is not remembered: whoever restores it decides anew.
        if (await bury(store, item, clock.nowMs(), ['memberIds'])) return room
      }
    },

    addMembers: (spaceId, roomId, memberIds) =>
      change(spaceId, roomId, (room) => {
        const come = [...new Set(memberIds)].filter((memberId) => !room.memberIds.includes(memberId))
        return { room: { ...room, memberIds: [...room.memberIds, ...come] }, answer: come }
      }),

    removeMembers,

    async forgetMembers(spaceId, memberIds) {
      for (const room of await list(spaceId)) {
        if (!room.memberIds.some((memberId) => memberIds.includes(memberId))) continue
        await removeMembers(spaceId, room.roomId, memberIds).catch((thrown: unknown) => {
          // A room that went meanwhile has no members either.
          if (!(thrown instanceof ThroughlineError) || thrown.code !== 'NOT_FOUND') throw thrown
        })
      }
    },

    addRule: (spaceId, roomId, wish) =>
      change(spaceId, roomId, (room) => {
        requireOpen(room)
        if (room.rules.length >= metadataLimits.rulesPerRoom)
          throw new ThroughlineError('LIMIT_REACHED', `A room has at most ${metadataLimits.rulesPerRoom} rules.`)
        const rule: RoomRule = { ruleId: randomUUID() as string as RuleId, ...ruleFields(wish) }
        return { room: { ...room, rules: [...room.rules, rule] }, answer: rule }
      }),

    setRule: (spaceId, roomId, ruleId, wish) =>
      change(spaceId, roomId, (room) => {
        requireOpen(room)
        if (!room.rules.some((rule) => rule.ruleId === ruleId)) throw new ThroughlineError('NOT_FOUND', 'There is no such rule.')
        const rule: RoomRule = { ruleId, ...ruleFields(wish) }
        return { room: { ...room, rules: room.rules.map((each) => (each.ruleId === ruleId ? rule : each)) }, answer: rule }
      }),

    setRules: (spaceId, roomId, wishes) =>
      change(spaceId, roomId, (room) => {
        requireOpen(room)
        if (wishes.length > metadataLimits.rulesPerRoom)
          throw new ThroughlineError('LIMIT_REACHED', `A room has at most ${metadataLimits.rulesPerRoom} rules.`)
        const known = new Set<RuleId | undefined>(room.rules.map(({ ruleId }) => ruleId))
        const rules = wishes.map((wish): RoomRule => {
          const ruleId = wish.ruleId !== undefined && known.delete(wish.ruleId) ? wish.ruleId : (randomUUID() as string as RuleId)
          return { ruleId, ...ruleFields(wish) }
        })
        return { room: { ...room, rules }, answer: rules }
      }),

    removeRule: (spaceId, roomId, ruleId) =>
      change(spaceId, roomId, (room) => {
        const rules = room.rules.filter((rule) => rule.ruleId !== ruleId)
        return { room: { ...room, rules }, answer: rules.length < room.rules.length }
      }),
  }
}

const noRoom = () => new ThroughlineError('NOT_FOUND', 'There is no such room.')

function roomName(name: string): string {
  const clean = cleanText(name, metadataLimits.nameBytes)
  if (!isSeen(clean)) throw new ThroughlineError('BODY_UNPROCESSABLE', 'A room needs a name.')
  return clean
}

function ruleFields({ action, description, clauses }: RuleWish): RuleWish {
  return {
    action,
    description: cleanPassage(description, metadataLimits.descriptionBytes),
    clauses: clauses.map(({ label, operator, value, negate }) => ({ label, operator, value, negate })),
  }
}

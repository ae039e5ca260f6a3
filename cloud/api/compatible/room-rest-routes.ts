import { z } from 'zod'
import { canonicalUuid, type MemberId, type NodeId, type RoomId } from '../../../src/domain/ids.ts'
import type { Room } from '../../../src/domain/model.ts'
import { isInRoom } from '../../../src/domain/room-nodes.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isPermitted, type Permission } from '../../identity/permissions.ts'
import type { Caller } from '../../identity/ports.ts'
import { metadataLimits } from '../../metadata/limits.ts'
import { spelled } from '../../metadata/spaces/spelling.ts'
import { idSchema } from '../id-schema.ts'
import { compatibleName, compatibleNames } from '../name-schema.ts'
import type { PeopleActions } from '../people-actions.ts'
import type { ApiNodes, ApiRooms, ApiRoster } from '../ports.ts'
import type { RoomActions } from '../room-actions.ts'
import { guardedRoute, type Route } from '../route.ts'
import { createSight, roomSeen } from '../sight.ts'
import { idList, idsIn, slugOf, timeText } from './client-forms.ts'

const newRoom = z.object({ name: compatibleName, description: compatibleNames.shape.description })
const nodeIds = z.array(idSchema<NodeId>()).max(metadataLimits.placedAtOnce)
const memberIds = z.array(idSchema<MemberId>()).max(metadataLimits.placedAtOnce)
const row = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  slug: z.string(),
  private: z.boolean(),
  untouchable: z.boolean(),
  isMember: z.boolean(),
  node_count: z.number(),
  member_count: z.number(),
  permissions: z.array(z.string()),
  silencing_state: z.string(),
  createdAt: z.iso.datetime(),
})

/** What clients call rights to a room, and ours that they stand for; those that change "All nodes" nobody has. */
const permissionWords = {
  'room:Read': 'rooms.view',
  'room:ChangeName': 'rooms.manage',
  'room:Delete': 'rooms.manage',
  'room:InviteUsers': 'rooms.manage',
  'room:AddNode': 'nodes.place',
  'room:RemoveNode': 'nodes.place',
} as const satisfies Record<string, Permission>

const base = '/api/v1/spaces/:spaceId/rooms'
const newer = '/api/v2/spaces/:spaceId/rooms'

export interface RoomRestDeps {
  readonly roster: Pick<ApiRoster, 'list'>
  readonly rooms: ApiRooms
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly peopleActions: Pick<PeopleActions, 'list'>
  readonly roomActions: RoomActions
}

/** Rooms, their members and the nodes put there by hand, as existing clients manage them (cloud-api §3, §4, §7.2). */
export function roomRestRoutes({ roster, rooms, nodes, peopleActions, roomActions }: RoomRestDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  const find = async (caller: Caller, text: string | undefined): Promise<Room> => {
    const room = await roomSeen(rooms, caller, canonicalUuid(text) as RoomId | undefined)
    if (room === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
    return room
  }
  const wordsFor = (caller: Caller, { isAllNodes }: Room) =>
    Object.entries(permissionWords).flatMap(([word, permission]) =>
      isPermitted(permission, caller) && (!isAllNodes || word === 'room:Read') ? [word] : [],
    )
  /** The people of a room, of those the caller may know of. */
  const membersOf = async (caller: Caller, room: Room) =>
    (await peopleActions.list(caller, room.memberIds)).map(({ memberId, personId, email, capitals, name, role }) => ({
      memberID: memberId,
      accountID: personId,
      email: spelled(email, capitals),
      name: name ?? '',
      role,
    }))

  return [
    guardedRoute(
      'GET',
      newer,
      'rooms.view',
      undefined,
      async ({ caller }) => {
        const [seen, people] = await Promise.all([sight(caller), roster.list(caller.spaceId)])
        const known = new Set(people.map(({ memberId }) => memberId))
        return {
          status: 200,
          json: seen.rooms.map((room) => ({
            id: room.roomId,
            name: room.name,
            description: room.description,
            slug: slugOf(room.name, room.roomId),
            private: !room.isAllNodes,
            untouchable: room.isAllNodes,
            isMember: room.memberIds.includes(caller.memberId),
            node_count: seen.nodes.filter((node) => isInRoom(room, node)).length,
            member_count: room.memberIds.filter((memberId) => known.has(memberId)).length,
            permissions: wordsFor(caller, room),
            silencing_state: 'NONE',
            createdAt: timeText(room.createdAtMs),
          })),
        }
      },
      { style: 'compatible', docs: { summary: 'The rooms the caller sees, "All nodes" first.', answer: z.array(row) } },
    ),
    guardedRoute(
      'POST',
      base,
      'rooms.manage',
      newRoom,
      async ({ caller, body }) => {
        const { result, audit } = await roomActions.create(caller, { name: body.name, description: body.description ?? '' })
        const { roomId: id, name, description } = result
        return { status: 201, json: { id, name, description, slug: slugOf(name, id) }, audit }
      },
      {
        style: 'compatible',
        audits: ['room-created'],
        docs: { summary: 'Makes a room; who makes it is in it.', answer: row.pick({ id: true }).loose(), status: 201 },
      },
    ),
    guardedRoute(
      'PATCH',
      `${base}/:roomId`,
      'rooms.manage',
      compatibleNames,
      async ({ caller, params, body }) => {
        const { roomId } = await find(caller, params['roomId'])
        const wish = { name: body.name?.trim() ? body.name : undefined, description: body.description ?? undefined }
        const { result, audit } = await roomActions.change(caller, roomId, wish)
        return { status: 200, json: { id: roomId, name: result.name, description: result.description }, audit }
      },
      {
        style: 'compatible',
        audits: ['room-changed'],
        docs: { summary: 'Renames and describes a room; an empty name leaves it as it is.', answer: row.pick({ id: true }).loose() },
      },
    ),
    guardedRoute(
      'DELETE',
      `${base}/:roomId`,
      'rooms.manage',
      undefined,
      async ({ caller, params }) => {
        const { audit } = await roomActions.remove(caller, (await find(caller, params['roomId'])).roomId)
        return { status: 204, audit }
      },
      {
        style: 'compatible',
        audits: ['room-deleted'],
        docs: { summary: 'Deletes a room with its boards; its nodes stay in the space.', status: 204 },
      },
    ),
    guardedRoute(
      'GET',
      `${newer}/:roomId/members`,
      'rooms.view',
      undefined,
      async ({ caller, params }) => ({ status: 200, json: await membersOf(caller, await find(caller, params['roomId'])) }),
      {
        style: 'compatible',
        docs: { summary: 'The members of a room.', answer: z.array(z.object({ memberID: z.uuid() }).loose()) },
      },
    ),
    guardedRoute(
      'POST',
      `${newer}/:roomId/members`,
      'rooms.manage',
      memberIds,
      async ({ caller, params, body }) => {
        const { roomId } = await find(caller, params['roomId'])
        const { audit } = await roomActions.moveMembers(caller, roomId, { add: body, remove: [] })
        return { status: 200, json: await membersOf(caller, await find(caller, roomId)), audit }
      },
      {
        style: 'compatible',
        audits: ['room-member-added'],
        docs: { summary: 'Puts members into a room.', answer: z.array(z.object({ memberID: z.uuid() }).loose()) },
      },
    ),
    guardedRoute(
      'DELETE',
      `${newer}/:roomId/members`,
      'rooms.manage',
      undefined,
      async ({ caller, params, query }) => {
        const { roomId } = await find(caller, params['roomId'])
        const { member_ids: list } = query as { member_ids: string }
        const { audit } = await roomActions.moveMembers(caller, roomId, { add: [], remove: idsIn<MemberId>(list) })
        return { status: 204, audit }
      },
      {
        style: 'compatible',
        query: z.object({ member_ids: idList }),
        audits: ['room-member-removed'],
        docs: { summary: 'Takes members out of a room.', status: 204 },
      },
    ),
    guardedRoute(
      'POST',
      `${base}/:roomId/claimed-nodes`,
      'nodes.place',
      nodeIds,
      async ({ caller, params, body }) => {
        const { roomId } = await find(caller, params['roomId'])
        const { audit } = await roomActions.moveNodes(caller, roomId, { add: body, remove: [] })
        return { status: 200, json: body, audit }
      },
      {
        style: 'compatible',
        audits: ['room-node-added'],
        docs: { summary: 'Puts nodes into a room by hand; those that are there stay.', answer: z.array(z.uuid()) },
      },
    ),
    guardedRoute(
      'DELETE',
      `${base}/:roomId/claimed-nodes`,
      'nodes.place',
      undefined,
      async ({ caller, params, query }) => {
        const { roomId } = await find(caller, params['roomId'])
        const { node_ids: list } = query as { node_ids: string }
        const { audit } = await roomActions.moveNodes(caller, roomId, { add: [], remove: idsIn<NodeId>(list) })
        return { status: 204, audit }
      },
      {
        style: 'compatible',
        query: z.object({ node_ids: idList }),
        audits: ['room-node-removed'],
        docs: { summary: 'Takes nodes that were put there by hand out of a room.', status: 204 },
      },
    ),
  ]
}

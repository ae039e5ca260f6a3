import { z } from 'zod'
import { canonicalUuid, type MemberId, type NodeId, type RoomId } from '../../../src/domain/ids.ts'
import type { Node, Room } from '../../../src/domain/model.ts'
import { isInRoom } from '../../../src/domain/room-nodes.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import { metadataLimits } from '../../metadata/limits.ts'
import { idSchema } from '../id-schema.ts'
import { descriptionText, nameText } from '../name-schema.ts'
import type { ApiNodes, ApiRooms, ApiRoster } from '../ports.ts'
import type { RoomActions } from '../room-actions.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { rulesWish, shownRule } from '../rule-schema.ts'
import { createSight, roomSeen } from '../sight.ts'

const roomWish = z.strictObject({ name: nameText, description: descriptionText.default('') })
const roomChange = z.strictObject({ name: nameText.optional(), description: descriptionText.optional() })
const moved = <Id extends string>() => z.array(idSchema<Id>()).max(metadataLimits.placedAtOnce).default([])
const membersMoved = z.strictObject({ add: moved<MemberId>(), remove: moved<MemberId>() })
const nodesMoved = z.strictObject({ add: moved<NodeId>(), remove: moved<NodeId>() })
const large = { bodyBytes: 512 * 1024 }

const roomRow = z.object({
  roomId: z.string(),
  name: z.string(),
  description: z.string(),
  isAllNodes: z.boolean(),
  isMember: z.boolean(),
  members: z.number(),
  nodes: z.number(),
})
const wholeRoom = roomRow.extend({
  memberIds: z.array(z.string()),
  rules: z.array(shownRule),
  nodeIds: z.object({ byHand: z.array(z.string()), byRule: z.array(z.string()) }),
})

export interface RoomRoutesDeps {
  readonly roster: Pick<ApiRoster, 'list'>
  readonly rooms: ApiRooms
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly roomActions: RoomActions
}

/** Rooms: what they are, who is in them, which nodes they have and by which rules. */
export function roomRoutes({ roster, rooms, nodes, roomActions }: RoomRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })

  const peopleOf = async (caller: Caller) => new Set((await roster.list(caller.spaceId)).map(({ memberId }) => memberId))
  const rowOf = (caller: Caller, room: Room, seen: readonly Node[], people: ReadonlySet<MemberId>) => ({
    roomId: room.roomId,
    name: room.name,
    description: room.description,
    isAllNodes: room.isAllNodes,
    isMember: room.memberIds.includes(caller.memberId),
    members: room.memberIds.filter((memberId) => people.has(memberId)).length,
    nodes: seen.filter((node) => isInRoom(room, node)).length,
  })
  const find = async (caller: Caller, text: string | undefined): Promise<Room> => {
    const room = await roomSeen(rooms, caller, canonicalUuid(text) as RoomId | undefined)
    if (room === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
    return room
  }
  const isByHand = (room: Room) => (node: Node) => node.roomIds.includes(room.roomId)

  return [
    guardedRoute(
      'GET',
      `${apiBase}/rooms`,
      'rooms.view',
      undefined,
      async ({ caller }) => {
        const [seen, people] = await Promise.all([sight(caller), peopleOf(caller)])
        const rows = seen.rooms.map((room) => rowOf(caller, room, seen.nodes, people))
        rows.sort((a, b) => Number(b.isAllNodes) - Number(a.isAllNodes) || (a.name < b.name ? -1 : 1))
        return { status: 200, json: { rooms: rows } }
      },
      { docs: { summary: 'Lists the rooms the caller sees.', answer: z.object({ rooms: z.array(roomRow) }) } },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/rooms`,
      'rooms.manage',
      roomWish,
      async ({ caller, body }) => {
        const { result, audit } = await roomActions.create(caller, body)
        return { status: 201, json: { roomId: result.roomId }, audit }
      },
      {
        audits: ['room-created'],
        docs: { summary: 'Makes a room; who makes it is in it.', answer: z.object({ roomId: z.string() }), status: 201 },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/rooms/:roomId`,
      'rooms.view',
      undefined,
      async ({ caller, params }) => {
        const room = await find(caller, params['roomId'])
        const [seen, people] = await Promise.all([sight(caller), peopleOf(caller)])
        const inRoom = seen.nodes.filter((node) => isInRoom(room, node))
        const idsOf = (list: readonly Node[]) => list.map(({ nodeId }) => nodeId)
        return {
          status: 200,
          json: {
            ...rowOf(caller, room, seen.nodes, people),
            memberIds: room.memberIds.filter((memberId) => people.has(memberId)),
            rules: room.rules,
            nodeIds: {
              byHand: room.isAllNodes ? [] : idsOf(inRoom.filter(isByHand(room))),
              byRule: idsOf(room.isAllNodes ? inRoom : inRoom.filter((node) => isInRoom(room, { ...node, roomIds: [] }))),
            },
          },
        }
      },
      { docs: { summary: 'Shows a room with its members, its rules and its nodes.', answer: wholeRoom } },
    ),
    guardedRoute(
      'PATCH',
      `${apiBase}/rooms/:roomId`,
      'rooms.manage',
      roomChange,
      async ({ caller, params, body }) => {
        const { audit } = await roomActions.change(caller, (await find(caller, params['roomId'])).roomId, body)
        return { status: 204, audit }
      },
      { audits: ['room-changed'], docs: { summary: 'Renames or describes a room.', status: 204 } },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/rooms/:roomId`,
      'rooms.manage',
      undefined,
      async ({ caller, params }) => {
        const { result, audit } = await roomActions.remove(caller, (await find(caller, params['roomId'])).roomId)
        if (result === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
        return { status: 204, audit }
      },
      { audits: ['room-deleted'], docs: { summary: 'Deletes a room with its boards; its nodes stay in the space.', status: 204 } },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/rooms/:roomId/members`,
      'rooms.manage',
      membersMoved,
      async ({ caller, params, body }) => {
        const { audit } = await roomActions.moveMembers(caller, (await find(caller, params['roomId'])).roomId, body)
        return { status: 204, audit }
      },
      {
        ...large,
        audits: ['room-member-added', 'room-member-removed'],
        docs: { summary: 'Puts members into a room and takes others out.', status: 204 },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/rooms/:roomId/join`,
      'rooms.join',
      undefined,
      async ({ caller, params }) => {
        const wish = { add: [caller.memberId], remove: [] }
        const { audit } = await roomActions.moveMembers(caller, (await find(caller, params['roomId'])).roomId, wish)
        return { status: 204, audit }
      },
      { audits: ['room-member-added'], docs: { summary: 'Joins a room.', status: 204 } },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/rooms/:roomId/leave`,
      'space.leave',
      undefined,
      async ({ caller, params }) => {
        const wish = { add: [], remove: [caller.memberId] }
        const { audit } = await roomActions.moveMembers(caller, (await find(caller, params['roomId'])).roomId, wish)
        return { status: 204, audit }
      },
      { audits: ['room-member-removed'], docs: { summary: 'Leaves a room.', status: 204 } },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/rooms/:roomId/nodes`,
      'nodes.place',
      nodesMoved,
      async ({ caller, params, body }) => {
        const { audit } = await roomActions.moveNodes(caller, (await find(caller, params['roomId'])).roomId, body)
        return { status: 204, audit }
      },
      {
        ...large,
        audits: ['room-node-added', 'room-node-removed'],
        docs: { summary: 'Puts nodes into a room by hand and takes others out.', status: 204 },
      },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/rooms/:roomId/rules`,
      'nodes.place',
      rulesWish,
      async ({ caller, params, body }) => {
        const { result, audit } = await roomActions.setRules(caller, (await find(caller, params['roomId'])).roomId, body.rules)
        return { status: 200, json: { rules: result }, audit }
      },
      {
        ...large,
        audits: ['room-rule-changed'],
        docs: { summary: 'Replaces all rules of a room.', answer: z.object({ rules: z.array(shownRule) }) },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/rooms/:roomId/rules/preview`,
      'nodes.place',
      rulesWish,
      async ({ caller, params, body }) => {
        const room = await find(caller, params['roomId'])
        const rules = body.rules.map((rule) => ({ ...rule, ruleId: '' as NonNullable<typeof rule.ruleId> }))
        const shown = (await sight(caller)).nodes.flatMap((node) => {
          const byHand = isByHand(room)(node)
          const byRule = isInRoom({ ...room, isAllNodes: false, rules }, { ...node, roomIds: [] })
          return byHand || byRule ? [{ nodeId: node.nodeId, hostname: node.hostname, byHand, byRule }] : []
        })
        return { status: 200, json: { nodes: shown } }
      },
      {
        ...large,
        audits: { none: 'It only looks.' },
        docs: {
          summary: 'Shows which nodes a room would have by these rules; nothing is changed.',
          answer: z.object({
            nodes: z.array(z.object({ nodeId: z.string(), hostname: z.string(), byHand: z.boolean(), byRule: z.boolean() })),
          }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/labels`,
      'nodes.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: { labels: labelsOf((await sight(caller)).nodes) } }),
      {
        docs: {
          summary: 'Lists the labels of the nodes the caller sees, with their values and how many nodes have each.',
          answer: z.object({
            labels: z.array(z.object({ label: z.string(), values: z.array(z.object({ value: z.string(), nodes: z.number() })) })),
          }),
        },
      },
    ),
  ]
}

/** More than anybody chooses from. */
const labelsMax = 500
const valuesMax = 100

/** Labels by name, the values of each by how many nodes have them. */
function labelsOf(nodes: readonly Node[]) {
  const labels = new Map<string, Map<string, number>>()
  for (const node of nodes)
    for (const [label, value] of Object.entries(node.info?.labels ?? {})) {
      const values = labels.get(label) ?? new Map<string, number>()
      labels.set(label, values.set(value, (values.get(value) ?? 0) + 1))
    }
  return [...labels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, labelsMax)
    .map(([label, values]) => ({
      label,
      values: [...values]
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
        .slice(0, valuesMax)
        .map(([value, count]) => ({ value, nodes: count })),
    }))
}

import { z } from 'zod'
import { canonicalUuid, type RoomId, type RuleId } from '../../../src/domain/ids.ts'
import type { Room, RoomRule } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiRooms } from '../ports.ts'
import type { RoomActions } from '../room-actions.ts'
import { guardedRoute, type Route } from '../route.ts'
import { compatibleRule, shownRule } from '../rule-schema.ts'
import { roomSeen } from '../sight.ts'
import { unwrappedId } from './client-forms.ts'

const row = shownRule.omit({ ruleId: true }).extend({ id: z.uuid(), spaceID: z.uuid(), roomID: z.uuid() })
const base = '/api/v3/spaces/:spaceId/rooms/:roomId/node-membership-rules'

export interface RuleRestDeps {
  readonly rooms: Pick<ApiRooms, 'get' | 'list'>
  readonly roomActions: RoomActions
}

/** The rules by which nodes belong to a room, as existing clients manage them (cloud-api §7.3). Clauses keep their order. */
export function ruleRestRoutes({ rooms, roomActions }: RuleRestDeps): readonly Route[] {
  const find = async (caller: Caller, text: string | undefined): Promise<Room> => {
    const room = await roomSeen(rooms, caller, canonicalUuid(text) as RoomId | undefined)
    if (room === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
    return room
  }
  const ruleIdOf = (text: string | undefined): RuleId => {
    const ruleId = unwrappedId(text) as RuleId | undefined
    if (ruleId === undefined) throw noRule()
    return ruleId
  }
  const rowOf = ({ spaceId, roomId }: Room, { ruleId, action, description, clauses }: RoomRule): z.infer<typeof row> => ({
    id: ruleId,
    spaceID: spaceId,
    roomID: roomId,
    action,
    description,
    clauses: clauses.map(({ label, operator, value, negate }) => ({ label, operator, value, negate })),
  })
  return [
    guardedRoute(
      'GET',
      base,
      'rooms.view',
      undefined,
      async ({ caller, params }) => {
        const room = await find(caller, params['roomId'])
        return { status: 200, json: room.rules.map((rule) => rowOf(room, rule)) }
      },
      { style: 'compatible', docs: { summary: 'The rules of a room, oldest first.', answer: z.array(row) } },
    ),
    guardedRoute(
      'GET',
      `${base}/:ruleId`,
      'rooms.view',
      undefined,
      async ({ caller, params }) => {
        const room = await find(caller, params['roomId'])
        const ruleId = ruleIdOf(params['ruleId'])
        const rule = room.rules.find((each) => each.ruleId === ruleId)
        if (rule === undefined) throw noRule()
        return { status: 200, json: rowOf(room, rule) }
      },
      { style: 'compatible', docs: { summary: 'One rule of a room.', answer: row } },
    ),
    guardedRoute(
      'POST',
      base,
      'nodes.place',
      compatibleRule,
      async ({ caller, params, body }) => {
        const room = await find(caller, params['roomId'])
        const { result, audit } = await roomActions.addRule(caller, room.roomId, body)
        return { status: 201, json: rowOf(room, result), audit }
      },
      {
        style: 'compatible',
        audits: ['room-rule-changed'],
        docs: { summary: 'Adds a rule to a room.', answer: row, status: 201 },
      },
    ),
    guardedRoute(
      'PUT',
      `${base}/:ruleId`,
      'nodes.place',
      compatibleRule,
      async ({ caller, params, body }) => {
        const room = await find(caller, params['roomId'])
        const { result, audit } = await roomActions.setRule(caller, room.roomId, ruleIdOf(params['ruleId']), body)
        return { status: 200, json: rowOf(room, result), audit }
      },
      { style: 'compatible', audits: ['room-rule-changed'], docs: { summary: 'Replaces a rule.', answer: row } },
    ),
    guardedRoute(
      'DELETE',
      `${base}/:ruleId`,
      'nodes.place',
      undefined,
      async ({ caller, params }) => {
        const room = await find(caller, params['roomId'])
        const { audit } = await roomActions.removeRule(caller, room.roomId, ruleIdOf(params['ruleId']))
        return { status: 204, audit }
      },
      { style: 'compatible', audits: ['room-rule-changed'], docs: { summary: 'Removes a rule.', status: 204 } },
    ),
  ]
}

const noRule = () => new ThroughlineError('NOT_FOUND', 'There is no such rule.')

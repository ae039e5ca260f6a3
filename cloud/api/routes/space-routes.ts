import { z } from 'zod'
import { plans, hasQuotas, type PlanName } from '../../../src/domain/plans.ts'
import { roles } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isPermitted, permissions, type Permission } from '../../identity/permissions.ts'
import { begunErasure, begunErasureAnswer } from '../begun-erasure.ts'
import { descriptionText, nameText } from '../name-schema.ts'
import type { ApiLeaving, ApiNodes, ApiRooms, ApiRoster, ApiSpaces } from '../ports.ts'
import { apiBase, guardedRoute, personRoute, type Route } from '../route.ts'
import { createSight } from '../sight.ts'
import type { SpaceActions } from '../space-actions.ts'

const spaceWish = z.strictObject({ name: nameText, description: descriptionText.optional() })
const spaceChange = z.strictObject({ name: nameText.optional(), description: descriptionText.optional() })
const typedName = z.strictObject({ name: z.string().max(400) })

const role = z.enum(roles)
const spaceRow = z.object({
  spaceId: z.string(),
  name: z.string(),
  description: z.string(),
  role,
  memberId: z.string(),
  createdAtMs: z.number(),
})
const quota = z.number().nullable()
const shownSpace = spaceRow.extend({
  counts: z.object({ nodes: z.number(), rooms: z.number(), members: z.number() }),
  plan: z.enum(Object.keys(plans) as PlanName[]),
  quotas: z.object({ members: quota, rooms: quota, nodes: quota, claimTokens: quota, channels: quota }).nullable(),
  permissions: z.array(z.string()),
})

export interface SpaceRoutesDeps {
  readonly spaces: ApiSpaces
  readonly roster: ApiRoster
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly spaceActions: SpaceActions
  readonly leaving: Pick<ApiLeaving, 'removeSpace'>
  readonly plan: PlanName
}

/** Spaces of a person, and what one of them is. */
export function spaceRoutes({ spaces, roster, rooms, nodes, spaceActions, plan }: SpaceRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  return [
    personRoute(
      'GET',
      `${apiBase}/spaces`,
      'self.spaces',
      undefined,
      async ({ caller }) => ({ status: 200, json: { spaces: await spaceActions.list(caller) } }),
      { docs: { summary: 'Lists the spaces the caller is a member of.', answer: z.object({ spaces: z.array(spaceRow) }) } },
    ),
    personRoute(
      'POST',
      `${apiBase}/spaces`,
      'self.create-space',
      spaceWish,
      async ({ caller, body }) => {
        const { result, audit } = await spaceActions.create(caller, { name: body.name, description: body.description ?? '' })
        return { status: 201, json: result, audit }
      },
      {
        audits: ['space-created'],
        docs: { summary: 'Makes a space with its room of all nodes; who makes it is its admin.', answer: spaceRow, status: 201 },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/space`,
      'space.view',
      undefined,
      async ({ caller }) => {
        const [space, members, seen] = await Promise.all([spaces.get(caller.spaceId), roster.list(caller.spaceId), sight(caller)])
        if (space === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
        const { spaceId, name, description, createdAtMs } = space
        return {
          status: 200,
          json: {
            spaceId,
            name,
            description,
            createdAtMs,
            role: caller.role,
            memberId: caller.memberId,
            counts: {
              nodes: seen.nodes.length,
              rooms: seen.rooms.length,
              members: members.filter(({ invitation }) => invitation === undefined).length,
            },
            plan,
            quotas: hasQuotas(plan) ? plans[plan] : null,
            permissions: (Object.keys(permissions) as Permission[]).filter((permission) => isPermitted(permission, caller)),
          },
        }
      },
      { docs: { summary: 'Tells what the space is, and what the caller may do in it.', answer: shownSpace } },
    ),
    guardedRoute(
      'PATCH',
      `${apiBase}/space`,
      'space.change',
      spaceChange,
      async ({ caller, body }) => {
        const { audit } = await spaceActions.change(caller, body)
        return { status: 204, audit }
      },
      { audits: ['space-changed'], docs: { summary: 'Renames or describes the space.', status: 204 } },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/space`,
      'space.delete',
      typedName,
      async ({ caller, body }) => {
        const space = await spaces.get(caller.spaceId)
        if (space === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
        if (body.name.trim() !== space.name.trim())
          throw new ThroughlineError('BODY_UNPROCESSABLE', 'The name that was typed is not the name of the space; nothing was deleted.')
        const { result, audit } = await spaceActions.remove(caller)
        return { status: 202, json: begunErasure(result), audit }
      },
      {
        audits: ['space-deleted'],
        docs: {
          summary:
            'Deletes the space with everything in it, when its name is typed; links of its nodes are cut. What follows can be looked at.',
          answer: begunErasureAnswer,
          status: 202,
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/space/leave`,
      'space.leave',
      undefined,
      async ({ caller }) => {
        const { audit } = await spaceActions.leave(caller)
        return { status: 204, audit }
      },
      { audits: ['space-left'], docs: { summary: 'Leaves the space; its last admin cannot.', status: 204 } },
    ),
  ]
}

import { z } from 'zod'
import type { PlanName } from '../../../src/domain/plans.ts'
import { isPermitted, type Permission } from '../../identity/permissions.ts'
import type { PersonCaller } from '../../identity/ports.ts'
import { compatibleName, compatibleNames } from '../name-schema.ts'
import { guardedRoute, personRoute, type Route } from '../route.ts'
import type { MySpace, SpaceActions } from '../space-actions.ts'
import { slugOf, timeText } from './client-forms.ts'

const newSpace = z.object({ name: compatibleName, description: compatibleNames.shape.description })
const row = z.object({ id: z.uuid(), name: z.string(), description: z.string() })
const longRow = row.extend({
  slug: z.string(),
  iconURL: z.null(),
  state: z.string(),
  createdAt: z.iso.datetime(),
  permissions: z.array(z.string()),
  isNG: z.boolean(),
})

/** What clients call rights, and ours that they stand for. */
const permissionWords = {
  'space:ReadSettings': 'space.view',
  'space:ChangeName': 'space.change',
  'space:Delete': 'space.delete',
  'space:InviteUsers': 'people.invite',
  'space:RemoveUsers': 'people.remove',
  'space:CreateRooms': 'rooms.manage',
  'space:AddNode': 'claim-tokens.manage',
  'space:RemoveNode': 'nodes.remove',
} as const satisfies Record<string, Permission>

export interface SpaceRestDeps {
  readonly spaceActions: SpaceActions
  readonly plan: PlanName
}

/** Spaces as existing clients manage them (cloud-api §2). A space that is gone is deleted again with the same answer. */
export function spaceRestRoutes({ spaceActions, plan }: SpaceRestDeps): readonly Route[] {
  const wordsFor = (caller: PersonCaller, { role }: MySpace) =>
    Object.entries(permissionWords).flatMap(([word, permission]) => (isPermitted(permission, { ...caller, role }) ? [word] : []))
  const longRowOf = (caller: PersonCaller, space: MySpace) => ({
    id: space.spaceId,
    slug: slugOf(space.name, space.spaceId),
    name: space.name,
    description: space.description,
    iconURL: null,
    state: 'active',
    createdAt: timeText(space.createdAtMs),
    permissions: wordsFor(caller, space),
    isNG: true,
  })
  return [
    personRoute(
      'GET',
      '/api/v3/spaces',
      'self.spaces',
      undefined,
      async ({ caller }) => ({
        status: 200,
        json: (await spaceActions.list(caller)).map((space) => ({
          id: space.spaceId,
          name: space.name,
          description: space.description,
          slug: slugOf(space.name, space.spaceId),
          plan,
          permissions: wordsFor(caller, space),
          createdAt: timeText(space.createdAtMs),
        })),
      }),
      { style: 'compatible', docs: { summary: 'The spaces the caller is a member of.', answer: z.array(row.loose()) } },
    ),
    personRoute(
      'GET',
      '/api/v2/spaces',
      'self.spaces',
      undefined,
      async ({ caller }) => ({ status: 200, json: (await spaceActions.list(caller)).map((space) => longRowOf(caller, space)) }),
      { style: 'compatible', docs: { summary: 'The spaces the caller is a member of, in an older form.', answer: z.array(longRow) } },
    ),
    personRoute(
      'POST',
      '/api/v1/spaces',
      'self.create-space',
      newSpace,
      async ({ caller, body }) => {
        const { result, audit } = await spaceActions.create(caller, { name: body.name, description: body.description ?? '' })
        return { status: 201, json: longRowOf(caller, result), audit }
      },
      {
        style: 'compatible',
        audits: ['space-created'],
        docs: { summary: 'Makes a space with its room "All nodes"; who makes it is its admin.', answer: longRow, status: 201 },
      },
    ),
    guardedRoute(
      'PATCH',
      '/api/v1/spaces/:spaceId',
      'space.change',
      compatibleNames,
      async ({ caller, body }) => {
        const wish = { name: body.name ?? undefined, description: body.description ?? undefined }
        const { result, audit } = await spaceActions.change(caller, wish)
        return { status: 200, json: { id: result.spaceId, name: result.name, description: result.description }, audit }
      },
      {
        style: 'compatible',
        audits: ['space-changed'],
        docs: { summary: 'Renames and describes a space; an empty name leaves it as it is.', answer: row },
      },
    ),
    guardedRoute(
      'DELETE',
      '/api/v1/spaces/:spaceId',
      'space.delete',
      undefined,
      async ({ caller }) => {
        const { audit } = await spaceActions.remove(caller)
        return { status: 204, audit }
      },
      {
        style: 'compatible',
        audits: ['space-deleted'],
        docs: { summary: 'Deletes a space with everything in it.', status: 204 },
      },
    ),
  ]
}

import { z } from 'zod'
import { canonicalUuid, type MemberId, type RoomId, type SpaceId } from '../../../src/domain/ids.ts'
import { roles } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import { metadataLimits } from '../../metadata/limits.ts'
import { idSchema } from '../id-schema.ts'
import type { PeopleActions, ShownMember } from '../people-actions.ts'
import type { ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, personRoute, type Route } from '../route.ts'
import { roomsSeen } from '../sight.ts'

const role = z.enum(roles)
const invitationWish = z.strictObject({
  email: z.string().max(1_000),
  role,
  roomIds: z.array(idSchema<RoomId>()).max(metadataLimits.roomsPerSpace).default([]),
})
const roleWish = z.strictObject({ role })

const memberRow = z.object({
  memberId: z.string(),
  personId: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role,
  sinceMs: z.number(),
  state: z.enum(['member', 'invited']),
  invitationId: z.string().nullable(),
  invitedBy: z.string().nullable(),
  expiresAtMs: z.number().nullable(),
  rooms: z.array(z.string()),
  isSelf: z.boolean(),
})

export interface PeopleRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly peopleActions: PeopleActions
}

/** The people of a space, and invitations. */
export function peopleRoutes({ rooms, peopleActions }: PeopleRoutesDeps): readonly Route[] {
  const rowsOf = async (caller: Caller, members: readonly ShownMember[]) => {
    const seen = await roomsSeen(rooms, caller)
    return members.map(({ memberId, personId, email, name, role: has, sinceMs, invitation }) => ({
      memberId,
      personId,
      email,
      name,
      role: has,
      sinceMs,
      state: invitation === undefined ? 'member' : 'invited',
      invitationId: invitation?.invitationId ?? null,
      invitedBy: invitation?.byPersonId ?? null,
      expiresAtMs: invitation?.expiresAtMs ?? null,
      rooms: seen.filter(({ memberIds }) => memberIds.includes(memberId)).map(({ roomId }) => roomId),
      isSelf: personId === caller.personId,
    }))
  }
  const rowOf = async (caller: Caller, memberId: MemberId) => {
    const [member] = await peopleActions.list(caller, [memberId])
    return member === undefined ? undefined : (await rowsOf(caller, [member]))[0]
  }
  const memberIdOf = (text: string | undefined): MemberId => {
    const memberId = canonicalUuid(text) as MemberId | undefined
    if (memberId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such member.')
    return memberId
  }
  const invitationOf = (params: Readonly<Record<string, string>>) => {
    const [spaceId, invitationId] = [canonicalUuid(params['spaceId']) as SpaceId | undefined, canonicalUuid(params['invitationId'])]
    if (spaceId === undefined || invitationId === undefined) throw refusedInvitation()
    return { spaceId, invitationId }
  }
  /** Whether there is such a space is nobody's business. */
  const blurred = <T>(work: Promise<T>): Promise<T> =>
    work.catch((thrown: unknown) => {
      throw thrown instanceof ThroughlineError && thrown.code === 'NOT_FOUND' ? refusedInvitation() : thrown
    })

  return [
    guardedRoute(
      'GET',
      `${apiBase}/members`,
      'people.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: { members: await rowsOf(caller, await peopleActions.list(caller)) } }),
      {
        docs: {
          summary: 'Lists the people of the space; those who were invited are listed for who may invite.',
          answer: z.object({ members: z.array(memberRow) }),
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/members`,
      'people.invite',
      invitationWish,
      async ({ caller, body }) => {
        const { result, audit } = await peopleActions.invite(caller, body)
        return { status: 201, json: await rowOf(caller, result.memberId), audit }
      },
      {
        audits: ['member-invited'],
        docs: { summary: 'Invites somebody by address; they are mailed and accept after signing in.', answer: memberRow, status: 201 },
      },
    ),
    guardedRoute(
      'PATCH',
      `${apiBase}/members/:memberId`,
      'roles.appoint',
      roleWish,
      async ({ caller, params, body }) => {
        const { result, audit } = await peopleActions.setRole(caller, memberIdOf(params['memberId']), body.role)
        return { status: 200, json: await rowOf(caller, result.memberId), audit }
      },
      { audits: ['member-role-changed'], docs: { summary: 'Gives a member another role.', answer: memberRow } },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/members/:memberId`,
      'people.remove',
      undefined,
      async ({ caller, params }) => {
        const { result, audit } = await peopleActions.remove(caller, [memberIdOf(params['memberId'])])
        if (result.length === 0) throw new ThroughlineError('NOT_FOUND', 'There is no such member.')
        return { status: 204, audit }
      },
      {
        audits: ['member-removed', 'invitation-revoked'],
        docs: { summary: 'Takes a member out of the space, or an invitation back.', status: 204 },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/members/:memberId/invite-again`,
      'people.invite',
      undefined,
      async ({ caller, params }) => {
        const { audit } = await peopleActions.again(caller, memberIdOf(params['memberId']))
        return { status: 202, audit }
      },
      { audits: ['member-invited'], docs: { summary: 'Mails an invitation again and gives it seven days anew.', status: 202 } },
    ),
    personRoute(
      'POST',
      `${apiBase}/invitations/:spaceId/:invitationId/accept`,
      'self.invitations',
      undefined,
      async ({ caller, params }) => {
        const { spaceId, invitationId } = invitationOf(params)
        const { audit } = await blurred(peopleActions.accept(caller, spaceId, invitationId))
        return { status: 204, audit }
      },
      { audits: ['member-joined'], docs: { summary: 'Accepts an invitation to the own address.', status: 204 } },
    ),
    personRoute(
      'POST',
      `${apiBase}/invitations/:spaceId/:invitationId/decline`,
      'self.invitations',
      undefined,
      async ({ caller, params }) => {
        const { spaceId, invitationId } = invitationOf(params)
        const { audit } = await blurred(peopleActions.decline(caller, spaceId, invitationId))
        return { status: 204, audit }
      },
      { audits: ['invitation-declined'], docs: { summary: 'Declines an invitation to the own address.', status: 204 } },
    ),
  ]
}

const refusedInvitation = () =>
  new ThroughlineError('INVITATION_REFUSED', 'This invitation was used, taken back, or is older than seven days.')

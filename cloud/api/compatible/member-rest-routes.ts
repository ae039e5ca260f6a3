import { z } from 'zod'
import { canonicalUuid, type MemberId } from '../../../src/domain/ids.ts'
import { roles } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { spelled } from '../../metadata/spaces/spelling.ts'
import type { PeopleActions } from '../people-actions.ts'
import type { ApiRoster } from '../ports.ts'
import { guardedRoute, publicRoute, type Route } from '../route.ts'
import { idList, idsIn, timeText } from './client-forms.ts'

const role = z.enum(roles)
const newMember = z.object({ email: z.string().max(1_000), role })
const newRole = z.object({ role })
const row = z.object({
  memberID: z.uuid(),
  accountID: z.uuid(),
  email: z.string(),
  name: z.string(),
  avatarURL: z.string(),
  role,
  joinMethod: z.string(),
  joinedAt: z.iso.datetime().nullable(),
  deactivated: z.boolean(),
})
const shortRow = row.pick({ memberID: true, email: true, role: true })

const members = '/api/v2/spaces/:spaceId/members'

export interface MemberRestDeps {
  readonly roster: Pick<ApiRoster, 'list'>
  readonly peopleActions: PeopleActions
}

/** Members and invitations as existing clients manage them (cloud-api §4, §5). */
export function memberRestRoutes({ roster, peopleActions }: MemberRestDeps): readonly Route[] {
  return [
    guardedRoute(
      'GET',
      members,
      'people.view',
      undefined,
      async ({ caller }) => ({
        status: 200,
        json: (await peopleActions.list(caller)).map((member): z.infer<typeof row> => ({
          memberID: member.memberId,
          accountID: member.personId,
          email: spelled(member.email, member.capitals),
          name: member.name ?? '',
          avatarURL: '',
          role: member.role,
          joinMethod: 'invitation',
          joinedAt: member.invitation === undefined ? timeText(member.sinceMs) : null,
          deactivated: false,
        })),
      }),
      {
        style: 'compatible',
        docs: { summary: 'The people of a space; for who may invite, those who were invited as well.', answer: z.array(row) },
      },
    ),
    guardedRoute(
      'POST',
      members,
      'people.invite',
      newMember,
      async ({ caller, body }) => {
        const { result, audit } = await peopleActions.invite(caller, { ...body, roomIds: [] })
        return { status: 201, json: { memberID: result.memberId, email: spelled(result.email, result.capitals), role: result.role }, audit }
      },
      {
        style: 'compatible',
        audits: ['member-invited'],
        docs: { summary: 'Invites somebody by address.', answer: shortRow, status: 201 },
      },
    ),
    guardedRoute(
      'PATCH',
      `${members}/:memberId`,
      'roles.appoint',
      newRole,
      async ({ caller, params, body }) => {
        const memberId = canonicalUuid(params['memberId']) as MemberId | undefined
        if (memberId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such member.')
        const { result, audit } = await peopleActions.setRole(caller, memberId, body.role)
        return { status: 200, json: { memberID: result.memberId, role: result.role }, audit }
      },
      {
        style: 'compatible',
        audits: ['member-role-changed'],
        docs: { summary: 'Gives a member another role.', answer: shortRow.omit({ email: true }) },
      },
    ),
    guardedRoute(
      'DELETE',
      members,
      'people.remove',
      undefined,
      async ({ caller, query }) => {
        const { audit } = await peopleActions.remove(caller, idsIn<MemberId>((query as { member_ids: string }).member_ids))
        return { status: 204, audit }
      },
      {
        style: 'compatible',
        query: z.object({ member_ids: idList }),
        audits: ['member-removed', 'invitation-revoked'],
        docs: { summary: 'Takes members out of the space, all of them or, when one may not go, none.', status: 204 },
      },
    ),
    guardedRoute(
      'GET',
      '/api/v2/spaces/:spaceId/invitations',
      'people.invite',
      undefined,
      async ({ caller }) => ({
        status: 200,
        json: (await peopleActions.list(caller)).flatMap(({ invitation, email, capitals, role: offered, memberId }) =>
          invitation === undefined
            ? []
            : [{ id: invitation.invitationId, email: spelled(email, capitals), role: offered, memberID: memberId }],
        ),
      }),
      {
        style: 'compatible',
        docs: {
          summary: 'The invitations that nobody accepted yet.',
          answer: z.array(z.object({ id: z.uuid(), email: z.string() }).loose()),
        },
      },
    ),
    guardedRoute(
      'DELETE',
      '/api/v1/spaces/:spaceId/invitations',
      'people.remove',
      undefined,
      async ({ caller, query }) => {
        const wanted = new Set(idsIn((query as { invitation_ids: string }).invitation_ids))
        const open = (await roster.list(caller.spaceId)).filter(({ invitation }) => wanted.has(invitation?.invitationId ?? ''))
        const { audit } = await peopleActions.revoke(
          caller,
          open.map(({ memberId }) => memberId),
        )
        return { status: 204, audit }
      },
      {
        style: 'compatible',
        query: z.object({ invitation_ids: idList }),
        audits: ['invitation-revoked'],
        docs: { summary: 'Takes invitations back.', status: 204 },
      },
    ),
    publicRoute(
      'GET',
      '/api/v1/spaces/:spaceId/join-callback',
      undefined,
      // What is in the address decides nothing: invitations wait for who signs in with their address.
      () => ({ status: 303, location: '/join' }),
      { style: 'compatible', docs: { summary: 'Leads a browser to the page where invitations wait.', status: 303 } },
    ),
  ]
}

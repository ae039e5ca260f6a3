import type { MemberId, PersonId, RoomId, SpaceId } from '../../src/domain/ids.ts'
import type { Member, Role } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { mayAppoint } from '../identity/appointing.ts'
import { isPermitted } from '../identity/permissions.ts'
import type { Caller, PersonCaller } from '../identity/ports.ts'
import type { ApiIdentity, ApiInvitations, ApiPush, ApiRooms, ApiRoster, ApiSilences } from './ports.ts'
import type { AuditNote } from './route.ts'

/** Something done and what the audit hears of it. */
export interface Done<T> {
  readonly result: T
  readonly audit: readonly AuditNote[]
}

export interface PeopleActionsDeps {
  readonly roster: ApiRoster
  readonly rooms: ApiRooms
  readonly invitations: ApiInvitations
  readonly identity: Pick<ApiIdentity, 'people' | 'forget'>
  readonly push: { readonly browsers: Pick<ApiPush['browsers'], 'forget'> }
  readonly silences: Pick<ApiSilences, 'removeOf'>
}

/** A member with what is known of the person. */
export interface ShownMember extends Member {
  readonly email: string
  readonly name: string | null
}

/** What people do to people of a space, for every style of route: who may, at once effective here, and what is audited. */
export interface PeopleActions {
  /** Those the caller may know of, oldest first, of some alone if these are named: invited ones are for who may invite. */
  list(caller: Caller, only?: readonly MemberId[]): Promise<readonly ShownMember[]>
  /** Throws FORBIDDEN, ADDRESS_INVALID, CONFLICT, LIMIT_REACHED, or NOT_FOUND for a room. */
  invite(
    caller: Caller,
    wish: { email: string; role: Role; roomIds: readonly RoomId[] },
  ): Promise<Done<Member & { readonly email: string }>>
  again(caller: Caller, memberId: MemberId): Promise<Done<Member>>
  setRole(caller: Caller, memberId: MemberId, role: Role): Promise<Done<Member>>
  /** Members and invitations; who is not there is passed over. Throws FORBIDDEN or LAST_ADMIN, and then nobody goes. */
  remove(caller: Caller, memberIds: readonly MemberId[]): Promise<Done<readonly Member[]>>
  /** The same for those of them who have not accepted meanwhile; members stay. */
  revoke(caller: Caller, memberIds: readonly MemberId[]): Promise<Done<readonly Member[]>>
  leave(caller: Caller): Promise<Done<undefined>>
  accept(caller: PersonCaller, spaceId: SpaceId, invitationId: string): Promise<Done<undefined>>
  decline(caller: PersonCaller, spaceId: SpaceId, invitationId: string): Promise<Done<undefined>>
}

export function createPeopleActions({ roster, rooms, invitations, identity, push, silences }: PeopleActionsDeps): PeopleActions {
  const requireRank = (caller: Caller, role: Role) => {
    if (!mayAppoint(caller, role)) throw new ThroughlineError('FORBIDDEN', 'Only an admin may do this to admins and billing people.')
  }
  const inRank = (caller: Caller) => (member: Member) => requireRank(caller, member.role)
  const aboutMember = ({ memberId, role }: Pick<Member, 'memberId' | 'role'>) => ({
    subject: { kind: 'member' as const, id: memberId },
    details: { role },
  })
  const forget = (spaceId: SpaceId, personId: PersonId) => identity.forget.forgetMember(spaceId, personId)

  /** What somebody had in the space for themselves alone goes with them. */
  const forgetOwn = async (spaceId: SpaceId, personId: PersonId) => {
    await push.browsers.forget(spaceId, personId)
    await silences.removeOf(spaceId, personId)
  }

  const outOfRooms = async (spaceId: SpaceId, memberIds: readonly MemberId[]) => {
    await rooms.forgetMembers(spaceId, memberIds)
    identity.forget.forgetRooms(spaceId)
  }

  const remove = async (
    caller: Caller,
    memberIds: readonly MemberId[],
    check: (member: Member) => void,
  ): Promise<Done<readonly Member[]>> => {
    const { spaceId } = caller
    const gone = await invitations.remove(spaceId, memberIds, check)
    for (const { personId } of gone) forget(spaceId, personId)
    if (gone.length > 0) await outOfRooms(spaceId, memberIds)
    for (const { personId, invitation } of gone) if (invitation === undefined) await forgetOwn(spaceId, personId)
    const audit = gone.map((member): AuditNote => ({
      action: member.invitation === undefined ? 'member-removed' : 'invitation-revoked',
      ...aboutMember(member),
    }))
    return { result: gone, audit }
  }

  return {
    async list(caller, only) {
      const wanted = only && new Set(only)
      const all = (await roster.list(caller.spaceId)).filter(({ memberId }) => wanted?.has(memberId) !== false)
      const seesInvited = isPermitted('people.invite', caller)
      const shown = all.filter(({ invitation, personId }) => invitation === undefined || seesInvited || personId === caller.personId)
      return Promise.all(
        shown.map(async (member): Promise<ShownMember> => {
          const person = await identity.people.get(member.personId)
          return { ...member, email: person?.email ?? '', name: person?.name ?? null }
        }),
      )
    },

    async invite(caller, { email, role, roomIds }) {
      requireRank(caller, role)
      const { spaceId, personId: byPersonId } = caller
      for (const roomId of roomIds)
        if ((await rooms.get(spaceId, roomId)) === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
      const member = await invitations.invite(spaceId, { email, role, byPersonId })
      for (const roomId of roomIds) await rooms.addMembers(spaceId, roomId, [member.memberId])
      if (roomIds.length > 0) identity.forget.forgetRooms(spaceId)
      return { result: member, audit: [{ action: 'member-invited', ...aboutMember(member), ...(roomIds.length === 0 ? {} : { roomIds }) }] }
    },

    async again(caller, memberId) {
      const member = await invitations.again(caller.spaceId, memberId, caller.personId, inRank(caller))
      return { result: member, audit: [{ action: 'member-invited', ...aboutMember(member) }] }
    },

    async setRole(caller, memberId, role) {
      requireRank(caller, role)
      const { spaceId } = caller
      let before: Role | undefined
      const member = await roster.setRole(spaceId, memberId, role, (each) => {
        requireRank(caller, each.role)
        before = each.role
      })
      forget(spaceId, member.personId)
      const audit: AuditNote[] =
        before === role
          ? []
          : [{ action: 'member-role-changed', subject: { kind: 'member', id: memberId }, details: { role, before: before ?? 'none' } }]
      return { result: member, audit }
    },

    remove: (caller, memberIds) => remove(caller, memberIds, inRank(caller)),

    revoke: (caller, memberIds) =>
      remove(caller, memberIds, (member) => {
        if (member.invitation === undefined)
          throw new ThroughlineError('CONFLICT', 'An invitation was accepted meanwhile; nothing was taken back.')
        requireRank(caller, member.role)
      }),

    async leave(caller) {
      const { spaceId, memberId, personId } = caller
      const gone = await invitations.remove(spaceId, [memberId])
      forget(spaceId, personId)
      await outOfRooms(spaceId, [memberId])
      await forgetOwn(spaceId, personId)
      return { result: undefined, audit: gone.map((member): AuditNote => ({ action: 'space-left', ...aboutMember(member) })) }
    },

    async accept({ personId }, spaceId, invitationId) {
      const member = await invitations.accept(spaceId, personId, invitationId)
      forget(spaceId, personId)
      return { result: undefined, audit: [{ action: 'member-joined', spaceId, ...aboutMember(member) }] }
    },

    async decline({ personId }, spaceId, invitationId) {
      const member = await invitations.decline(spaceId, personId, invitationId)
      await outOfRooms(spaceId, [member.memberId])
      return { result: undefined, audit: [{ action: 'invitation-declined', spaceId, ...aboutMember(member) }] }
    },
  }
}

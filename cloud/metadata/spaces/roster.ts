import { randomUUID } from 'node:crypto'
import type { MemberId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Invitation, Member, Role } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { rosterContent, rosterOf } from './roster-record.ts'

/** Whether a change may touch this member, decided inside the write itself: throws, and then nothing changes. */
export type MemberCheck = (member: Member) => void

/**
 * The people of a space. All of them are one item, so every rule about them (an admin stays, one membership a person) is one
 * conditional write, and a crash leaves no half of anything. Absent spaces throw NOT_FOUND.
 */
export interface Roster {
  /** Those who were invited, too; oldest first. Empty for an absent space. */
  list(spaceId: SpaceId): Promise<readonly Member[]>
  /** Undefined alike for absent spaces, strangers, and people who have not accepted. */
  find(spaceId: SpaceId, personId: PersonId): Promise<Member | undefined>
  /** The spaces a person is in or invited to, oldest first. */
  spacesOf(personId: PersonId): Promise<readonly { readonly spaceId: SpaceId; readonly member: Member }[]>
  /** Makes a space's roster with its first admin; one that is there stays. */
  begin(spaceId: SpaceId, adminPersonId: PersonId): Promise<void>
  /** Invites somebody. Throws CONFLICT for one who is in or invited, LIMIT_REACHED when the space is full. */
  invite(spaceId: SpaceId, wish: { personId: PersonId; role: Role; byPersonId: PersonId; capitals?: string | undefined }): Promise<Member>
  /** Says yes to the invitation of this person. Throws INVITATION_REFUSED when there is none, or it is too old or was used. */
  accept(spaceId: SpaceId, personId: PersonId, invitationId: string): Promise<Member>
  /** Gives an invitation seven days anew, under another id. Throws NOT_FOUND for who is not invited. */
  renew(spaceId: SpaceId, memberId: MemberId, byPersonId: PersonId, check?: MemberCheck): Promise<Member>
  /** Says no to the invitation of this person. Throws INVITATION_REFUSED when there is none. */
  decline(spaceId: SpaceId, personId: PersonId, invitationId: string): Promise<Member>
  /** Throws NOT_FOUND, or LAST_ADMIN when nobody would be left who may do everything. */
  setRole(spaceId: SpaceId, memberId: MemberId, role: Role, check?: MemberCheck): Promise<Member>
  /** Takes members and invitations away; those that are not there are passed over. Answers whom. Throws LAST_ADMIN, and then nobody goes. */
  remove(spaceId: SpaceId, memberIds: readonly MemberId[], check?: MemberCheck): Promise<readonly Member[]>
  /** Nobody is in the space any more, in one write that no later one takes back. Answers who was, also when repeated. */
  close(spaceId: SpaceId): Promise<readonly Member[]>
  /** Takes away the person's side of a membership that the roster does not have (any more). */
  tidy(spaceId: SpaceId, personId: PersonId): Promise<void>
}

type OldMember = { role: Role; sinceMs: number }

/** Where a person's side of a membership lies. It is written before the roster and removed after it, and counts for nothing alone. */
const membershipKey = (personId: PersonId, spaceId: SpaceId): ItemKey => ({
  partition: `person#${personId}`,
  sort: `${membershipPrefix}${spaceId}`,
})
/** How the sort keys of these begin. */
export const membershipPrefix = 'membership#'

export interface RosterDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
  /** How many people a space may have; null: as many as fit. */
  readonly membersMax?: number | null | undefined
}

export function createRoster({ store, changeItem, clock, membersMax }: RosterDeps): Roster {
  const limit = Math.min(membersMax ?? Infinity, metadataLimits.membersPerSpace)

  const read = async (spaceId: SpaceId): Promise<readonly Member[] | undefined> => {
    const item = await store.read(keys.roster(spaceId))
    const roster = item && rosterOf(item)
    return roster?.isClosed === false ? roster.members : undefined
  }

  const change = async <T>(
    spaceId: SpaceId,
    decide: (members: readonly Member[]) => { members: readonly Member[]; answer: T },
  ): Promise<T> => {
    let given: { members: readonly Member[]; answer: T } | undefined
    await changeItem(keys.roster(spaceId), (current) => {
      const before = current && rosterOf(current)
      if (before?.isClosed !== false) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
      given = decide(before.members)
      const { members } = given
      const hadAdmin = before.members.some(isActiveAdmin)
      if (hadAdmin && !members.some(isActiveAdmin))
        throw new ThroughlineError('LAST_ADMIN', 'A space keeps at least one admin; make somebody else one first.')
      return rosterContent(members)
    })
    if (given === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    return given.answer
  }

  const remember = (personId: PersonId, spaceId: SpaceId) =>
    store.write({ ...membershipKey(personId, spaceId), kind: 'membership', data: { sinceMs: clock.nowMs() } }, 'absent')

  const tidy = async (spaceId: SpaceId, personId: PersonId): Promise<void> => {
    const item = await store.read(membershipKey(personId, spaceId))
    if (item === undefined) return
    // Somebody invited again meanwhile keeps the new one.
    if ((await read(spaceId))?.some((member) => member.personId === personId) === true) return
    await store.remove(item, item.revision)
  }

  return {
    list: async (spaceId) => (await read(spaceId)) ?? [],

    async find(spaceId, personId) {
      return (await read(spaceId))?.find((member) => member.personId === personId && member.invitation === undefined)
    },

    async spacesOf(personId) {
      const items = await listAll(store, `person#${personId}`, membershipPrefix)
      items.sort((a, b) => (a.data as { sinceMs: number }).sinceMs - (b.data as { sinceMs: number }).sinceMs)
      const found: { spaceId: SpaceId; member: Member }[] = []
      for (const { sort } of items) {
        const spaceId = sort.slice(membershipPrefix.length) as SpaceId
        const member = (await read(spaceId))?.find((each) => each.personId === personId)
        if (member !== undefined && !isOver(member, clock)) found.push({ spaceId, member })
      }
      return found
    },

    async begin(spaceId, adminPersonId) {
      // One that is there has its admins, who need not be this one any more.
      if ((await store.read(keys.roster(spaceId))) !== undefined) return
      // Before there was a roster each member was an item of its own.
      const old = (await listAll(store, spacePartition(spaceId), 'member/')).map(({ sort, data }) => ({
        personId: sort.slice('member/'.length) as PersonId,
        ...(data as OldMember),
      }))
      const people = old.length === 0 ? [{ personId: adminPersonId, role: 'admin' as const, sinceMs: clock.nowMs() }] : old
      const members = people.map((person): Member => ({ ...person, memberId: newMemberId(), invitation: undefined }))
      for (const { personId } of people) await remember(personId, spaceId)
      await store.write({ ...keys.roster(spaceId), ...rosterContent(members) }, 'absent')
    },

    async invite(spaceId, { personId, role, byPersonId, capitals }) {
      await remember(personId, spaceId)
      return change(spaceId, (members) => {
        const others = members.filter((member) => member.personId !== personId || !isOver(member, clock))
        if (others.some((member) => member.personId === personId))
          throw new ThroughlineError('CONFLICT', 'This address is in the space already, or invited to it.')
        if (others.length >= limit) throw new ThroughlineError('LIMIT_REACHED', `A space has at most ${limit} people here.`)
        const member: Member = {
          memberId: newMemberId(),
          personId,
          role,
          sinceMs: clock.nowMs(),
          invitation: newInvitation(byPersonId, clock),
          ...(capitals === undefined ? {} : { capitals }),
        }
        return { members: [...others, member], answer: member }
      })
    },

    accept: (spaceId, personId, invitationId) =>
      change(spaceId, (members) => {
        const mine = members.find((member) => member.personId === personId && member.invitation?.invitationId === invitationId)
        if (mine === undefined || isOver(mine, clock)) throw noInvitation()
        const joined: Member = { ...mine, sinceMs: clock.nowMs(), invitation: undefined }
        return { members: members.map((member) => (member === mine ? joined : member)), answer: joined }
      }),

    renew: (spaceId, memberId, byPersonId, check) =>
      change(spaceId, (members) => {
        const before = members.find((member) => member.memberId === memberId && member.invitation !== undefined)
        if (before === undefined) throw new ThroughlineError('NOT_FOUND', 'Nobody is invited under this id.')
        check?.(before)
        const after: Member = { ...before, sinceMs: clock.nowMs(), invitation: newInvitation(byPersonId, clock) }
        return { members: members.map((member) => (member === before ? after : member)), answer: after }
      }),

    async decline(spaceId, personId, invitationId) {
      const declined = await change(spaceId, (members) => {
        const mine = members.find((member) => member.personId === personId && member.invitation?.invitationId === invitationId)
        if (mine === undefined) throw noInvitation()
        return { members: members.filter((member) => member !== mine), answer: mine }
      })
      await tidy(spaceId, personId)
      return declined
    },

    setRole: (spaceId, memberId, role, check) =>
      change(spaceId, (members) => {
        const before = members.find((member) => member.memberId === memberId)
        if (before === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such member.')
        check?.(before)
        const after = { ...before, role }
        return { members: members.map((member) => (member === before ? after : member)), answer: after }
      }),

    async remove(spaceId, memberIds, check) {
      const gone = await change(spaceId, (members) => {
        const leaving = members.filter(({ memberId }) => memberIds.includes(memberId))
        for (const member of leaving) check?.(member)
        return { members: members.filter((member) => !leaving.includes(member)), answer: leaving }
      })
      for (const { personId } of gone) await tidy(spaceId, personId)
      return gone
    },

    async close(spaceId) {
      let members: readonly Member[] = []
      await changeItem(keys.roster(spaceId), (current) => {
        members = current === undefined ? [] : rosterOf(current).members
        return current && rosterContent(members, true)
      })
      return members
    },

    tidy,
  }
}

function isActiveAdmin({ role, invitation }: { readonly role: Role; readonly invitation?: unknown }): boolean {
  return role === 'admin' && invitation === undefined
}

/** An invitation that nobody accepted in time counts as absent. */
function isOver({ invitation }: Member, clock: Clock): boolean {
  return invitation !== undefined && invitation.expiresAtMs <= clock.nowMs()
}

function newMemberId(): MemberId {
  return randomUUID() as string as MemberId
}

function newInvitation(byPersonId: PersonId, clock: Clock): Invitation {
  return { invitationId: randomUUID(), byPersonId, expiresAtMs: clock.nowMs() + metadataLimits.invitationMs }
}

/** One sentence for all that is no invitation of this person: another would tell which spaces there are. */
const noInvitation = () => new ThroughlineError('INVITATION_REFUSED', 'This invitation was used, taken back, or is older than seven days.')

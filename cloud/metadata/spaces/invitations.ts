import type { MemberId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Member, Role } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Unfinished } from '../unfinished.ts'
import type { MemberCheck, Roster } from './roster.ts'
import { capitalsOf } from './spelling.ts'

/** What invitations ask of those who know people by their addresses. */
export interface InvitedPeople {
  /** Throws ADDRESS_INVALID. */
  hold(email: string, beforeMade?: (personId: PersonId) => Promise<void>): Promise<{ readonly personId: PersonId; readonly email: string }>
  get(personId: PersonId): Promise<{ readonly email: string } | undefined>
  forgetIfUnused(personId: PersonId): Promise<void>
}

/** Inviting people by their address, and what follows. An invitation needs no secret: it is bound to the address (T3). */
export interface Invitations {
  /** Throws ADDRESS_INVALID, CONFLICT for one who is in or invited, LIMIT_REACHED, or NOT_FOUND. */
  invite(spaceId: SpaceId, wish: { email: string; role: Role; byPersonId: PersonId }): Promise<Member & { readonly email: string }>
  /** Seven days anew, and another mail. Throws NOT_FOUND. */
  again(spaceId: SpaceId, memberId: MemberId, byPersonId: PersonId, check?: MemberCheck): Promise<Member>
  /** Throws INVITATION_REFUSED. */
  accept(spaceId: SpaceId, personId: PersonId, invitationId: string): Promise<Member>
  /** Throws INVITATION_REFUSED. */
  decline(spaceId: SpaceId, personId: PersonId, invitationId: string): Promise<Member>
  /** What {@link Roster.remove} does, and whoever was only ever invited is forgotten. */
  remove(spaceId: SpaceId, memberIds: readonly MemberId[], check?: MemberCheck): Promise<readonly Member[]>
  /** Somebody is no more in this space, or never was: what an invitation to it left of them goes. */
  settle(spaceId: SpaceId, personId: PersonId): Promise<void>
  /** Takes back what is over, and finishes what a crash left. */
  sweep(): Promise<void>
}

export interface InvitationsDeps {
  readonly roster: Roster
  readonly unfinished: Unfinished
  readonly people: InvitedPeople
  readonly spaceName: (spaceId: SpaceId) => Promise<string | undefined>
  readonly mail: {
    send(wish: { readonly to: string; readonly byEmail: string; readonly spaceName: string; readonly spaceId: SpaceId }): void
  }
  readonly clock: Clock
}

const prefix = 'invitation/'
const triesMax = 5

export function createInvitations({ roster, unfinished, people, spaceName, mail, clock }: InvitationsDeps): Invitations {
  const nameOf = (spaceId: SpaceId, personId: PersonId) => `${prefix}${spaceId}/${personId}`

  const tell = async (spaceId: SpaceId, email: string, byPersonId: PersonId): Promise<void> => {
    const [name, by] = await Promise.all([spaceName(spaceId), people.get(byPersonId)])
    if (name !== undefined && by !== undefined) mail.send({ to: email, byEmail: by.email, spaceName: name, spaceId })
  }

  const settle = async (spaceId: SpaceId, personId: PersonId): Promise<void> => {
    const work = await unfinished.find(nameOf(spaceId, personId))
    const member = (await roster.list(spaceId)).find((each) => each.personId === personId)
    if (member?.invitation !== undefined) {
      if (member.invitation.expiresAtMs > clock.nowMs()) return
      const { invitationId } = member.invitation
      await roster.decline(spaceId, personId, invitationId).catch(passOver('INVITATION_REFUSED', 'NOT_FOUND'))
    }
    if (member === undefined || member.invitation !== undefined) {
      await roster.tidy(spaceId, personId)
      await people.forgetIfUnused(personId)
    }
    if (work !== undefined) await unfinished.strike(work)
  }

  return {
    settle,

    async invite(spaceId, { email, role, byPersonId }) {
      for (let tries = 1; tries <= triesMax; tries++) {
        const note = (personId: PersonId) => unfinished.note(nameOf(spaceId, personId), {})
        const person = await people.hold(email, note)
        const { personId } = person
        await note(personId)
        let member: Member
        try {
          member = await roster.invite(spaceId, { personId, role, byPersonId, capitals: capitalsOf(email) })
        } catch (refusal) {
          await settle(spaceId, personId)
          throw refusal
        }
        // Somebody may have forgotten the person while they were invited; then the address has another one by now.
        if ((await people.hold(email)).personId !== personId) {
          await roster.remove(spaceId, [member.memberId])
          await settle(spaceId, personId)
          continue
        }
        await tell(spaceId, person.email, byPersonId)
        return { ...member, email: person.email }
      }
      throw new ThroughlineError('CONFLICT', 'The address changed hands at the same moment; try again.')
    },

    async again(spaceId, memberId, byPersonId, check) {
      const before = (await roster.list(spaceId)).find((each) => each.memberId === memberId)
      if (before?.invitation !== undefined) await unfinished.note(nameOf(spaceId, before.personId), {})
      const member = await roster.renew(spaceId, memberId, byPersonId, check)
      const person = await people.get(member.personId)
      if (person !== undefined) await tell(spaceId, person.email, byPersonId)
      return member
    },

    async accept(spaceId, personId, invitationId) {
      const member = await roster.accept(spaceId, personId, invitationId)
      await settle(spaceId, personId)
      return member
    },

    async decline(spaceId, personId, invitationId) {
      const member = await roster.decline(spaceId, personId, invitationId)
      await settle(spaceId, personId)
      return member
    },

    async remove(spaceId, memberIds, check) {
      const gone = await roster.remove(spaceId, memberIds, check)
      for (const { personId, invitation } of gone) if (invitation !== undefined) await settle(spaceId, personId)
      return gone
    },

    async sweep() {
      for (const { sort } of await unfinished.list(prefix)) {
        const [spaceId, personId] = sort.slice(prefix.length).split('/')
        if (spaceId !== undefined && personId !== undefined) await settle(spaceId as SpaceId, personId as PersonId)
      }
    },
  }
}

function passOver(...codes: readonly string[]) {
  return (thrown: unknown): void => {
    if (!(thrown instanceof ThroughlineError) || !codes.includes(thrown.code)) throw thrown
  }
}

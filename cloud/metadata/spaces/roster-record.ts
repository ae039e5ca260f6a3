import type { MemberId, PersonId } from '../../../src/domain/ids.ts'
import type { Member, Role } from '../../../src/domain/model.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

type MemberRecord = {
  memberId: MemberId
  personId: PersonId
  role: Role
  sinceMs: number
  invitation?: InvitationRecord
  capitals?: string
}
type InvitationRecord = { invitationId: string; byPersonId: PersonId; expiresAtMs: number }
type RosterRecord = { members: MemberRecord[]; isClosed?: true }

/** The people of a space as its roster item holds them; a closed roster is that of a space which is being deleted. */
export interface RosterState {
  readonly members: readonly Member[]
  readonly isClosed: boolean
}

/** What a roster's item says. */
export function rosterOf({ data }: Pick<StoredItem, 'data'>): RosterState {
  const { members, isClosed = false } = data as RosterRecord
  return { members: members.map(memberOf), isClosed }
}

/** The content of a roster's item. */
export function rosterContent(members: readonly Member[], isClosed = false): ItemContent {
  const records = members.map(({ memberId, personId, role, sinceMs, invitation, capitals }): MemberRecord => ({
    memberId,
    personId,
    role,
    sinceMs,
    ...(invitation === undefined ? {} : { invitation }),
    ...(capitals === undefined ? {} : { capitals }),
  }))
  return { kind: 'roster', data: { members: records, ...(isClosed ? { isClosed } : {}) } satisfies RosterRecord }
}

function memberOf({ memberId, personId, role, sinceMs, invitation, capitals }: MemberRecord): Member {
  return { memberId, personId, role, sinceMs, invitation, ...(capitals === undefined ? {} : { capitals }) }
}

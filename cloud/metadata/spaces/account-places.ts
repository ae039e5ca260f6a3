import type { MemberId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Member } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll } from '../change-item.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Invitations } from './invitations.ts'
import { membershipPrefix, type Roster } from './roster.ts'
import type { Spaces } from './spaces.ts'

/** A space somebody is in or invited to, and what it would lose with them. */
export interface Place {
  readonly spaceId: SpaceId
  readonly name: string
  /** False: invited, without an answer yet. */
  readonly isMember: boolean
  readonly isSoleAdmin: boolean
  readonly otherMembers: number
  readonly nodes: number
  /** Invitations that the person sent and nobody has accepted. */
  readonly sent: number
  /** What they have there for themselves alone: browsers that are notified, and silences. */
  readonly browsers: number
  readonly silences: number
}

export interface AccountPlacesDeps {
  readonly store: MetadataStore
  readonly spaces: Pick<Spaces, 'get' | 'installation' | 'setOwner'>
  readonly roster: Pick<Roster, 'list' | 'tidy'>
  readonly rooms: Pick<Rooms, 'forgetMembers'>
  readonly nodes: Pick<Nodes, 'list'>
  readonly invitations: Pick<Invitations, 'remove'>
  readonly countOwn: (spaceId: SpaceId, personId: PersonId) => Promise<Pick<Place, 'browsers' | 'silences'>>
  /** What is remembered of these rights is forgotten. */
  readonly onLeft: (spaceId: SpaceId, personId: PersonId) => void | Promise<void>
}

/** Where a person is, for who leaves everything. All of it may be repeated. */
export function createAccountPlaces({ store, spaces, roster, rooms, nodes, invitations, countOwn, onLeft }: AccountPlacesDeps) {
  const idsOf = async (personId: PersonId): Promise<SpaceId[]> => {
    const items = await listAll(store, `person#${personId}`, membershipPrefix)
    return items.map(({ sort }) => sort.slice(membershipPrefix.length) as SpaceId)
  }
  const isAdmin = ({ role, invitation }: Member) => role === 'admin' && invitation === undefined
  const sentBy = (members: readonly Member[], personId: PersonId) =>
    members.filter(({ invitation, personId: of }) => invitation?.byPersonId === personId && of !== personId)

  return {
    /** Invitations that ran out included, since they still name the person. */
    async list(personId: PersonId): Promise<Place[]> {
      const found: Place[] = []
      for (const spaceId of await idsOf(personId)) {
        const [space, members] = await Promise.all([spaces.get(spaceId), roster.list(spaceId)])
        const mine = members.find((member) => member.personId === personId)
        if (space === undefined || mine === undefined) continue
        const isSoleAdmin = isAdmin(mine) && members.filter(isAdmin).length === 1
        found.push({
          spaceId,
          name: space.name,
          isMember: mine.invitation === undefined,
          isSoleAdmin,
          otherMembers: members.filter((member) => member !== mine && member.invitation === undefined).length,
          nodes: isSoleAdmin ? (await nodes.list(spaceId)).length : 0,
          sent: sentBy(members, personId).length,
          ...(await countOwn(spaceId, personId)),
        })
      }
      return found
    },

    /** Out of the space and its rooms, with the invitations they sent there. Throws LAST_ADMIN, and then they stay. */
    async leave(personId: PersonId, spaceId: SpaceId): Promise<void> {
      const members = await roster.list(spaceId)
      const mine = members.find((member) => member.personId === personId)
      const gone: MemberId[] = [...(mine === undefined ? [] : [mine]), ...sentBy(members, personId)].map(({ memberId }) => memberId)
      if (mine !== undefined && isAdmin(mine) && members.filter(isAdmin).length === 1)
        throw new ThroughlineError('LAST_ADMIN', 'A space keeps at least one admin; make somebody else one first.')
      // Out of the rooms first: afterwards nobody knows under which id.
      await rooms.forgetMembers(spaceId, gone)
      await invitations.remove(spaceId, gone).catch((thrown: unknown) => {
        // A space that was deleted meanwhile has no members either.
        if (!(thrown instanceof ThroughlineError) || thrown.code !== 'NOT_FOUND') throw thrown
      })
      // Before the person's side of the membership goes: as long as that is there, all of this is repeated.
      await onLeft(spaceId, personId)
      await roster.tidy(spaceId, personId)
    },

    /** Whoever owns the installation gives it to another admin of its first space, if there is one. */
    async handOver(personId: PersonId): Promise<void> {
      const first = await spaces.installation()
      if (first?.adminPersonId !== personId || first.spaceId === undefined) return
      const next = (await roster.list(first.spaceId)).find((member) => isAdmin(member) && member.personId !== personId)
      if (next !== undefined) await spaces.setOwner(next.personId)
    },
  }
}

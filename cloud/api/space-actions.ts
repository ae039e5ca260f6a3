import type { Role, Space } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { RemovedSpace } from '../metadata/spaces/space-removal.ts'
import type { MemberId } from '../../src/domain/ids.ts'
import { placesInReach } from './places-in-reach.ts'
import type { Caller, PersonCaller } from '../identity/ports.ts'
import type { Done, PeopleActions } from './people-actions.ts'
import type { ApiIdentity, ApiLeaving, ApiRoster, ApiSpaces } from './ports.ts'

/** A space as one of its members has it. */
export interface MySpace extends Space {
  readonly role: Role
  readonly memberId: MemberId
}

export interface SpaceActionsDeps {
  readonly spaces: ApiSpaces
  readonly roster: ApiRoster
  readonly identity: Pick<ApiIdentity, 'forget'>
  readonly leaving: Pick<ApiLeaving, 'removeSpace'>
  readonly peopleActions: Pick<PeopleActions, 'leave'>
}

/** What people do to whole spaces, for every style of route. */
export interface SpaceActions {
  /** Those the caller is a member of, oldest membership first. */
  list(caller: PersonCaller): Promise<readonly MySpace[]>
  /** Throws FORBIDDEN for who is in no space, LIMIT_REACHED, or BODY_UNPROCESSABLE for a name without a letter. */
  create(caller: PersonCaller, wish: { name: string; description: string }): Promise<Done<MySpace>>
  change(caller: Caller, wish: { name?: string | undefined; description?: string | undefined }): Promise<Done<Space>>
  /** Answers how the erasure is followed. */
  remove(caller: Caller): Promise<Done<RemovedSpace['erasure']>>
  /** Throws LAST_ADMIN. */
  leave(caller: Caller): Promise<Done<undefined>>
}

export function createSpaceActions({ spaces, roster, identity, leaving, peopleActions }: SpaceActionsDeps): SpaceActions {
  const list = async (caller: PersonCaller): Promise<readonly MySpace[]> => {
    const reached = placesInReach(caller, await roster.spacesOf(caller.personId))
    const places = reached.filter(({ member }) => member.invitation === undefined)
    const found = await Promise.all(places.map(async ({ spaceId, member }) => ({ space: await spaces.get(spaceId), member })))
    return found.flatMap(({ space, member: { role, memberId } }) => (space === undefined ? [] : [{ ...space, role, memberId }]))
  }
  return {
    list,

    async create(caller, wish) {
      const { personId: adminPersonId, via } = caller
      // Whoever was let into one space may have another; so may who owns the installation, even when all spaces are gone.
      const mayCreate =
        via === 'operator' ||
        (await roster.spacesOf(adminPersonId)).some(({ member }) => member.invitation === undefined) ||
        (await spaces.installation())?.adminPersonId === adminPersonId
      if (!mayCreate) throw new ThroughlineError('FORBIDDEN', 'Only who is in a space already may make another.')
      const space = await spaces.create({ ...wish, adminPersonId })
      identity.forget.forgetMember(space.spaceId, adminPersonId)
      const member = await roster.find(space.spaceId, adminPersonId)
      if (member === undefined) throw new ThroughlineError('NOT_FOUND', 'The space was deleted at the same moment.')
      return {
        result: { ...space, role: member.role, memberId: member.memberId },
        audit: [{ action: 'space-created', spaceId: space.spaceId, subject: { kind: 'space', id: space.spaceId } }],
      }
    },

    async change({ spaceId }, wish) {
      const space = await spaces.change(spaceId, wish)
      return { result: space, audit: [{ action: 'space-changed', subject: { kind: 'space', id: spaceId } }] }
    },

    async remove({ spaceId }) {
      const removed = await leaving.removeSpace(spaceId)
      if (removed === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
      return {
        result: removed.erasure,
        audit: [{ action: 'space-deleted', subject: { kind: 'space', id: spaceId }, details: { people: removed.members.length } }],
      }
    },

    leave: (caller) => peopleActions.leave(caller),
  }
}

import type { NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Member, Node, Room } from '../../src/domain/model.ts'
import { isSeenByMember } from '../../src/domain/room-nodes.ts'
import type { Clock } from '../../src/support/clock.ts'
import { identityLimits } from './limits.ts'
import { permissions } from './permissions.ts'
import type { IdentityNodes, IdentitySpaces } from './ports.ts'
import type { SignIn, SignIns } from './sign-ins.ts'

/** Remembers answers for a few seconds, and concurrent askers share one look-up. An error is never remembered: it grants nothing. */
function createBriefCache<T>(clock: Clock) {
  const entries = new Map<string, { readonly untilMs: number; readonly answer: Promise<T> }>()
  return {
    get(key: string, look: () => Promise<T>): Promise<T> {
      const known = entries.get(key)
      if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.answer
      entries.delete(key)
      const oldest = entries.keys().next()
      if (entries.size >= identityLimits.rightsCacheEntries && oldest.done !== true) entries.delete(oldest.value)
      const answer = look()
      const entry = { untilMs: clock.monotonicMs() + identityLimits.rightsCacheMs, answer }
      entries.set(key, entry)
      answer.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      return answer
    },
    forget(key: string): void {
      entries.delete(key)
    },
  }
}

/** What is true of a person right now, at most five seconds old: memberships, living sign-ins, which nodes they may see. */
export interface Rights {
  /** Undefined alike for absent spaces, strangers, and people who have not accepted. */
  member(spaceId: SpaceId, personId: PersonId): Promise<Member | undefined>
  signIn(personId: PersonId, signInId: SignInId): Promise<SignIn | undefined>
  rooms(spaceId: SpaceId): Promise<readonly Room[]>
  /** Whether the member's role or one of their rooms shows the node; false alike for absent and foreign ones. */
  seesNode(spaceId: SpaceId, member: Pick<Member, 'memberId' | 'role'>, nodeId: NodeId): Promise<boolean>
  /** This process ended or renewed the sign-in: look it up again. */
  forgetSignIn(signInId: SignInId): void
  /** This process removed or moved the node: look it up again. */
  forgetNode(spaceId: SpaceId, nodeId: NodeId): void
  /** This process changed the membership: look it up again. */
  forgetMember(spaceId: SpaceId, personId: PersonId): void
  /** This process changed rooms: look them up again. */
  forgetRooms(spaceId: SpaceId): void
}

export function createRights(deps: {
  readonly spaces: Pick<IdentitySpaces, 'find' | 'rooms'>
  readonly nodes: IdentityNodes
  readonly signIns: Pick<SignIns, 'get'>
  readonly clock: Clock
}): Rights {
  const { spaces, nodes, signIns, clock } = deps
  const members = createBriefCache<Member | undefined>(clock)
  const living = createBriefCache<SignIn | undefined>(clock)
  const known = createBriefCache<Pick<Node, 'roomIds' | 'info'> | undefined>(clock)
  const roomsOf = createBriefCache<readonly Room[]>(clock)
  const rooms = (spaceId: SpaceId) => roomsOf.get(spaceId, () => spaces.rooms(spaceId))
  return {
    member: (spaceId, personId) => members.get(`${spaceId} ${personId}`, () => spaces.find(spaceId, personId)),
    async signIn(personId, signInId) {
      const found = await living.get(signInId, () => signIns.get(personId, signInId))
      return found?.personId === personId ? found : undefined
    },
    rooms,
    async seesNode(spaceId, { memberId, role }, nodeId) {
      const node = await known.get(`${spaceId} ${nodeId}`, () => nodes.get(spaceId, nodeId))
      if (node === undefined) return false
      return permissions['nodes.view-all'].roles.includes(role) || isSeenByMember(await rooms(spaceId), memberId, node)
    },
    forgetSignIn: (signInId) => living.forget(signInId),
    forgetNode: (spaceId, nodeId) => known.forget(`${spaceId} ${nodeId}`),
    forgetMember: (spaceId, personId) => members.forget(`${spaceId} ${personId}`),
    forgetRooms: (spaceId) => roomsOf.forget(spaceId),
  }
}

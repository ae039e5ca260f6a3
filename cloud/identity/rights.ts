import type { NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'
import type { Clock } from '../../src/support/clock.ts'
import { identityLimits } from './limits.ts'
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

/** What is true of a person right now, at most five seconds old: roles, living sign-ins, which nodes a space has. */
export interface Rights {
  roleOf(spaceId: SpaceId, personId: PersonId): Promise<Role | undefined>
  signIn(personId: PersonId, signInId: SignInId): Promise<SignIn | undefined>
  hasNode(spaceId: SpaceId, nodeId: NodeId): Promise<boolean>
  /** This process ended or renewed the sign-in: look it up again. */
  forgetSignIn(signInId: SignInId): void
  /** This process removed the node: look it up again. */
  forgetNode(spaceId: SpaceId, nodeId: NodeId): void
}

export function createRights(deps: {
  readonly spaces: Pick<IdentitySpaces, 'roleOf'>
  readonly nodes: IdentityNodes
  readonly signIns: Pick<SignIns, 'get'>
  readonly clock: Clock
}): Rights {
  const { spaces, nodes, signIns, clock } = deps
  const roles = createBriefCache<Role | undefined>(clock)
  const living = createBriefCache<SignIn | undefined>(clock)
  const nodesOfSpace = createBriefCache<boolean>(clock)
  return {
    roleOf: (spaceId, personId) => roles.get(`${spaceId} ${personId}`, () => spaces.roleOf(spaceId, personId)),
    signIn: (personId, signInId) => living.get(signInId, () => signIns.get(personId, signInId)),
    hasNode: (spaceId, nodeId) => nodesOfSpace.get(`${spaceId} ${nodeId}`, () => nodes.isIn(spaceId, nodeId)),
    forgetSignIn: (signInId) => living.forget(signInId),
    forgetNode: (spaceId, nodeId) => nodesOfSpace.forget(`${spaceId} ${nodeId}`),
  }
}

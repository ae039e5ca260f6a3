import type { NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { agentPermissionsOfRole } from './agent-permissions.ts'
import { identityLimits } from './limits.ts'
import { isPermitted } from './permissions.ts'
import type { Caller, ProofHeaders } from './ports.ts'
import type { Rights } from './rights.ts'

/** Who sits behind a live socket; the shape the relay's rights port asks for. */
export interface SignedInViewer {
  readonly personId: PersonId
  readonly spaceId: SpaceId
  readonly role: Role
  readonly signInId: SignInId
  readonly expiresAtMs: number
}

export interface ViewerRightsDeps {
  readonly rights: Rights
  readonly clock: Clock
  /** The origin of the page; a socket opened by any other page is refused (S6). */
  readonly origin: string
  readonly authenticate: (headers: ProofHeaders) => Promise<Caller>
}

/** The rights the relay asks about, answered from sign-ins and roles that are at most five seconds old. */
export function createViewerRights({ rights, clock, origin, authenticate }: ViewerRightsDeps) {
  return {
    async authenticate(request: {
      cookie: string | undefined
      origin: string | undefined
      remoteAddress: string
    }): Promise<SignedInViewer> {
      if (request.origin !== origin) throw new ThroughlineError('ORIGIN_REFUSED', `Live values are only shown on ${origin}.`)
      const caller = await authenticate({ cookie: request.cookie, authorization: undefined })
      if (caller.signInId === undefined) throw new ThroughlineError('UNAUTHENTICATED', 'Sign in first.')
      const { personId, spaceId, role, signInId, expiresAtMs } = caller
      return { personId, spaceId, role, signInId, expiresAtMs }
    },
    /** False alike for foreign and absent nodes, for a role that may not look, and for a sign-in that ended. */
    async mayView(viewer: SignedInViewer, nodeId: NodeId): Promise<boolean> {
      const [signIn, role] = await Promise.all([
        rights.signIn(viewer.personId, viewer.signInId),
        rights.roleOf(viewer.spaceId, viewer.personId),
      ])
      if (signIn === undefined || role === undefined || !isPermitted('nodes.view', { role, via: 'cookie' })) return false
      return rights.hasNode(viewer.spaceId, nodeId)
    },
    /** What agents let the viewer do as of now; undefined for a stranger and for a role that may not look at nodes. */
    async agentRights(viewer: SignedInViewer): Promise<{ role: Role; permissions: number } | undefined> {
      const role = await rights.roleOf(viewer.spaceId, viewer.personId)
      if (role === undefined || !isPermitted('nodes.view', { role, via: 'cookie' })) return undefined
      return { role, permissions: agentPermissionsOfRole[role] }
    },
    /** Who reads over HTTP. Throws what authenticating throws, and FORBIDDEN for a role that may not look at nodes. */
    async admitReader(proof: ProofHeaders): Promise<{ personId: PersonId; spaceId: SpaceId; role: Role; permissions: number }> {
      const { personId, spaceId, role, via } = await authenticate(proof)
      if (!isPermitted('nodes.view', { role, via })) throw new ThroughlineError('FORBIDDEN', 'Your role does not allow this.')
      return { personId, spaceId, role, permissions: agentPermissionsOfRole[role] }
    },
    /** False alike for foreign and absent nodes. */
    mayRead: ({ spaceId }: { readonly spaceId: SpaceId }, nodeId: NodeId): Promise<boolean> => rights.hasNode(spaceId, nodeId),
    /** The viewer as of now; its expiry moved on if the browser refreshed its session meanwhile. Undefined 30 s after it ran out. */
    async renewed(viewer: SignedInViewer): Promise<SignedInViewer | undefined> {
      rights.forgetSignIn(viewer.signInId)
      const [signIn, role] = await Promise.all([
        rights.signIn(viewer.personId, viewer.signInId),
        rights.roleOf(viewer.spaceId, viewer.personId),
      ])
      if (signIn === undefined || role === undefined || signIn.accessExpiresAtMs + identityLimits.clockToleranceMs <= clock.nowMs())
        return undefined
      return { ...viewer, role, expiresAtMs: signIn.accessExpiresAtMs }
    },
  }
}

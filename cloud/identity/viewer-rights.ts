import type { MemberId, NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { agentPermissionsOf, agentPermissionsOfRole } from './agent-permissions.ts'
import { identityLimits } from './limits.ts'
import { isPermitted, type Permission } from './permissions.ts'
import type { Caller, PersonCaller, ProofHeaders, ProofKind } from './ports.ts'
import type { Rights } from './rights.ts'

/** Who sits behind a live socket; the shape the relay's rights port asks for. */
export interface SignedInViewer {
  readonly personId: PersonId
  readonly spaceId: SpaceId
  readonly role: Role
  readonly signInId: SignInId
  readonly expiresAtMs: number
}

/** Who reads over HTTP. */
export interface Reader {
  readonly personId: PersonId
  readonly memberId: MemberId
  readonly spaceId: SpaceId
  readonly role: Role
  readonly permissions: number
  readonly via: ProofKind
  readonly seesAllNodes: boolean
}

/** Hears of who was refused. */
type OnDenied = (who: Pick<Reader, 'personId' | 'spaceId' | 'role' | 'via'>) => Promise<void>

export interface ViewerRightsDeps {
  readonly rights: Rights
  readonly clock: Clock
  /** The origin of the page; a socket opened by any other page is refused (S6). */
  readonly origin: string
  readonly authenticate: (headers: ProofHeaders) => Promise<PersonCaller>
  readonly enter: (caller: PersonCaller, spaceId?: SpaceId) => Promise<Caller>
  /** The spaces somebody is in. */
  readonly spacesOf: (caller: PersonCaller) => Promise<readonly SpaceId[]>
}

/** The rights the relay asks about, answered from sign-ins and roles that are at most five seconds old. */
export function createViewerRights({ rights, clock, origin, authenticate, enter, spacesOf }: ViewerRightsDeps) {
  const readerOf = async (caller: Caller, need: Permission, onDenied: OnDenied = async () => {}): Promise<Reader> => {
    if (!isPermitted(need, caller)) {
      const { personId, spaceId, role, via } = caller
      await onDenied({ personId, spaceId, role, via })
      throw new ThroughlineError('FORBIDDEN', 'Your role does not allow this.')
    }
    const { personId, memberId, spaceId, role, via } = caller
    return {
      personId,
      memberId,
      spaceId,
      role,
      via,
      permissions: agentPermissionsOf(caller),
      seesAllNodes: isPermitted('nodes.view-all', caller),
    }
  }
  /** The membership of now, if it lets one look at nodes. */
  const memberOf = async ({ spaceId, personId }: { readonly spaceId: SpaceId; readonly personId: PersonId }) => {
    const member = await rights.member(spaceId, personId)
    return member !== undefined && isPermitted('nodes.view', { role: member.role, via: 'cookie' }) ? member : undefined
  }
  return {
    /** Throws NOT_FOUND alike for foreign and absent spaces. */
    async authenticate(request: {
      cookie: string | undefined
      origin: string | undefined
      remoteAddress: string
      spaceId?: SpaceId | undefined
    }): Promise<SignedInViewer> {
      if (request.origin !== origin) throw new ThroughlineError('ORIGIN_REFUSED', `Live values are only shown on ${origin}.`)
      const caller = await enter(await authenticate({ cookie: request.cookie, authorization: undefined }), request.spaceId)
      if (caller.signInId === undefined) throw new ThroughlineError('UNAUTHENTICATED', 'Sign in first.')
      const { personId, spaceId, role, signInId, expiresAtMs } = caller
      return { personId, spaceId, role, signInId, expiresAtMs }
    },
    /** False alike for foreign and absent nodes, for a role that may not look, and for a sign-in that ended. */
    async mayView(viewer: SignedInViewer, nodeId: NodeId): Promise<boolean> {
      const [signIn, member] = await Promise.all([rights.signIn(viewer.personId, viewer.signInId), memberOf(viewer)])
      return signIn !== undefined && member !== undefined && rights.seesNode(viewer.spaceId, member, nodeId)
    },
    /** What agents let the viewer do as of now; undefined for a stranger and for a role that may not look at nodes. */
    async agentRights(viewer: SignedInViewer): Promise<{ role: Role; permissions: number } | undefined> {
      const member = await memberOf(viewer)
      return member && { role: member.role, permissions: agentPermissionsOfRole[member.role] }
    },
    /** Who reads over HTTP. Throws what authenticating throws, and FORBIDDEN for who may not do what is needed. */
    async admitReader(proof: ProofHeaders, spaceId?: SpaceId, need: Permission = 'data.read', onDenied?: OnDenied): Promise<Reader> {
      return readerOf(await enter(await authenticate(proof), spaceId), need, onDenied)
    },
    /** The same in whichever space of theirs shows the node; NOT_FOUND when none does. */
    async admitNodeReader(proof: ProofHeaders, nodeId: NodeId, need: Permission, onDenied?: OnDenied): Promise<Reader> {
      const person = await authenticate(proof)
      for (const spaceId of await spacesOf(person)) {
        const caller = await enter(person, spaceId)
        if (await rights.seesNode(spaceId, caller, nodeId)) return readerOf(caller, need, onDenied)
      }
      throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
    },
    /** False alike for foreign and absent nodes. */
    mayRead: (reader: Reader, nodeId: NodeId): Promise<boolean> => rights.seesNode(reader.spaceId, reader, nodeId),
    /** The viewer as of now; its expiry moved on if the browser refreshed its session meanwhile. Undefined 30 s after it ran out. */
    async renewed(viewer: SignedInViewer): Promise<SignedInViewer | undefined> {
      rights.forgetSignIn(viewer.signInId)
      const [signIn, member] = await Promise.all([
        rights.signIn(viewer.personId, viewer.signInId),
        rights.member(viewer.spaceId, viewer.personId),
      ])
      if (signIn === undefined || member === undefined || signIn.accessExpiresAtMs + identityLimits.clockToleranceMs <= clock.nowMs())
        return undefined
      return { ...viewer, role: member.role, expiresAtMs: signIn.accessExpiresAtMs }
    },
  }
}

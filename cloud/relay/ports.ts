import type { MemberId, NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'

/** Who sits behind a live socket. */
export interface Viewer {
  readonly personId: PersonId
  readonly spaceId: SpaceId
  readonly role: Role
  readonly signInId: SignInId
  readonly expiresAtMs: number
}

/** What agents let a viewer do (agent-api §3.1); the relay refuses the rest before an agent is asked. */
export interface AgentRights {
  readonly role: Role
  /** Bits of `agentPermission`. */
  readonly permissions: number
}

/** Who reads over HTTP: by a token, or with the session of a browser. */
export interface Reader extends AgentRights {
  readonly personId: PersonId
  readonly memberId: MemberId
  readonly spaceId: SpaceId
}

/** What the relay asks about rights; it never reads them from a store itself. */
export interface ViewerRights {
  /**
   * The viewer behind an upgrade request, in the space that was named or else in the one meant; throws UNAUTHENTICATED,
   * SESSION_EXPIRED, ORIGIN_REFUSED, or NOT_FOUND alike for foreign and absent spaces.
   */
  authenticate(request: {
    cookie: string | undefined
    origin: string | undefined
    remoteAddress: string
    spaceId?: SpaceId | undefined
  }): Promise<Viewer>
  /** Whether this viewer may see live values of the node now; foreign and absent nodes, and an ended sign-in, look the same. */
  mayView(viewer: Viewer, nodeId: NodeId): Promise<boolean>
  /** What agents let the viewer do, by the role of now; undefined when the viewer may see no node. */
  agentRights(viewer: Viewer): Promise<AgentRights | undefined>
  /** The reader behind an HTTP request; throws UNAUTHENTICATED, SESSION_EXPIRED, NOT_FOUND for a space, or FORBIDDEN for who may see no node. */
  admitReader(proof: { authorization: string | undefined; cookie: string | undefined }, spaceId?: SpaceId): Promise<Reader>
  /** Whether this reader may read live values of the node; foreign and absent nodes look the same. */
  mayRead(reader: Reader, nodeId: NodeId): Promise<boolean>
  /** The viewer with a later expiry if the sign-in was renewed meanwhile, undefined if it ended. */
  renewed(viewer: Viewer): Promise<Viewer | undefined>
}

/** Whose visit it is; without a sign-in, somebody with a token. */
export interface Visitor {
  readonly personId: PersonId
  readonly spaceId: SpaceId
  readonly signInId?: SignInId | undefined
}

/** Hears who looks at what, for the account that the owner of a space keeps. Nothing of what passed through is told, and nobody waits. */
export interface Witness {
  viewStarted(visitor: Visitor, nodeId: NodeId): void
  viewStopped(visitor: Visitor, nodeId: NodeId, durationMs: number): void
  /** A function was asked of a node's agent; `isChange` when it may have changed something there. */
  functionRun(visitor: Visitor, nodeId: NodeId, call: { readonly name: string; readonly isChange: boolean }): void
  /** Somebody asked for what their role does not allow. */
  denied(visitor: Visitor, nodeId: NodeId, what: string): void
}

/** Where nobody keeps an account. */
export const noWitness: Witness = { viewStarted() {}, viewStopped() {}, functionRun() {}, denied() {} }

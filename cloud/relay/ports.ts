import type { MemberId, NodeId, PersonId, RoomId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'
import type { ChangedThing } from '../../src/live/changes.ts'

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
  readonly via: 'cookie' | 'api-token' | 'operator'
  /** The role shows every node of the space, not only those of the own rooms. */
  readonly seesAllNodes: boolean
}

/** Somebody who was refused. */
export type DeniedReader = Pick<Reader, 'personId' | 'spaceId' | 'role' | 'via'>

/** What a reader may want to do; names of rows of the table of permissions. */
export type ReadNeed =
  | 'data.read'
  | 'functions.read'
  | 'functions.sensitive'
  | 'functions.any'
  | 'alerts.view'
  | 'alerts.view-config'
  | 'alerts.change-config'
  | 'agents.token'

/** The headers that can prove who reads. */
export interface ReaderProof {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
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
  /**
   * The reader behind an HTTP request, who may do what is needed (read data, unless said otherwise); throws UNAUTHENTICATED,
   * SESSION_EXPIRED, NOT_FOUND for a space, or FORBIDDEN, of which `onDenied` hears whom it met.
   */
  admitReader(proof: ReaderProof, spaceId?: SpaceId, need?: ReadNeed, onDenied?: (who: DeniedReader) => Promise<void>): Promise<Reader>
  /** The same in whichever space of theirs has the node; NOT_FOUND alike for foreign, absent and hidden nodes. */
  admitNodeReader(proof: ReaderProof, nodeId: NodeId, need: ReadNeed, onDenied?: (who: DeniedReader) => Promise<void>): Promise<Reader>
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

/** Tells that something of a space changed; what it is stays where it is kept. */
export interface SpaceChanges {
  onChange(listener: (spaceId: SpaceId, what: ChangedThing) => void): () => void
}

/** Where nobody keeps an account. */
export const noWitness: Witness = { viewStarted() {}, viewStopped() {}, functionRun() {}, denied() {} }
/** A node of a room, as far as an answer names it. */
export interface RoomNode {
  readonly nodeId: NodeId
  readonly machineGuid: string
  readonly hostname: string
}

/** Which nodes a room shows to a reader. */
export interface RoomNodes {
  /** In the order in which clients list them; undefined alike for foreign, absent and closed rooms. */
  nodesOfRoom(reader: Reader, roomId: RoomId): Promise<readonly RoomNode[] | undefined>
}

/** What readers do at agents, for the audit; the answer leaves when the note is kept. */
export interface ReaderNotes {
  onFunctionRun(note: {
    readonly reader: Reader
    readonly nodeId: NodeId
    readonly name: string
    readonly isChange: boolean
  }): Promise<void>
  /** Somebody wanted what their role or the scope of their token does not reach for. */
  onDenied(note: { readonly reader: DeniedReader; readonly need: ReadNeed }): Promise<void>
  onTokenMinted(note: { readonly reader: Reader; readonly nodeId: NodeId }): Promise<void>
}

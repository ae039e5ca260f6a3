import type { NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Role, Space } from '../../src/domain/model.ts'

/** The first space and its admin: whom the operator acts for. */
export interface Installation {
  readonly spaceId: SpaceId
  readonly adminPersonId: PersonId
}

/** What identity asks the metadata side about spaces. Strong reads: what was granted or taken is seen at once. */
export interface IdentitySpaces {
  /** Undefined until the first space was made. */
  installation(): Promise<Installation | undefined>
  /** The person's role in the space, undefined for a stranger. */
  roleOf(spaceId: SpaceId, personId: PersonId): Promise<Role | undefined>
}

/** What identity asks about nodes. */
export interface IdentityNodes {
  /** Whether the node exists in this space; false alike for absent and foreign ones. */
  isIn(spaceId: SpaceId, nodeId: NodeId): Promise<boolean>
}

/** How somebody proved who they are. */
export type ProofKind = 'cookie' | 'api-token' | 'operator'

/** Who makes a request. The role is read at use, never from a token. */
export interface Caller {
  readonly personId: PersonId
  readonly spaceId: Space['spaceId']
  readonly role: Role
  /** The sign-in behind a cookie; undefined for tokens. */
  readonly signInId: SignInId | undefined
  readonly via: ProofKind
  readonly expiresAtMs: number
}

/** The headers identity looks at; nothing else of a request can prove anything. */
export interface ProofHeaders {
  readonly cookie: string | undefined
  readonly authorization: string | undefined
}

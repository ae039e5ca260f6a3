import type { MemberId, NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Member, Node, Role, Room } from '../../src/domain/model.ts'
import type { ApiTokenScope } from './permissions.ts'

/** The first space, unless it was deleted, and its admin: whom the operator acts for. */
export interface Installation {
  readonly spaceId: SpaceId | undefined
  readonly adminPersonId: PersonId
}

/** What identity asks the metadata side about spaces. Strong reads: what was granted or taken is seen at once. */
export interface IdentitySpaces {
  /** Undefined until the first space was made. */
  installation(): Promise<Installation | undefined>
  /** Undefined alike for absent spaces, strangers, and people who have not accepted. */
  find(spaceId: SpaceId, personId: PersonId): Promise<Member | undefined>
  /** Memberships and invitations of a person, oldest first. */
  spacesOf(personId: PersonId): Promise<readonly { readonly spaceId: SpaceId; readonly member: Member }[]>
  rooms(spaceId: SpaceId): Promise<readonly Room[]>
}

/** What identity asks about nodes. */
export interface IdentityNodes {
  /** Undefined alike for absent and foreign ones. */
  get(spaceId: SpaceId, nodeId: NodeId): Promise<Pick<Node, 'roomIds' | 'info'> | undefined>
}

/** How somebody proved who they are. */
export type ProofKind = 'cookie' | 'api-token' | 'operator'

/** Who makes a request, before it is known in which space. */
export interface PersonCaller {
  readonly personId: PersonId
  /** The sign-in behind a cookie; undefined for tokens. */
  readonly signInId: SignInId | undefined
  readonly via: ProofKind
  /** What an API token may do; undefined for other proofs. */
  readonly scope: ApiTokenScope | undefined
  /** The space meant where none is named. */
  readonly homeSpaceId: SpaceId | undefined
  /** Given when a space's own provider proved who it is: no other space is reached, and nothing of the account is changed (L6). */
  readonly onlySpaceId?: SpaceId
  readonly expiresAtMs: number
}

/** Who makes a request in a space. The role is read at use, never from a token. */
export interface Caller extends PersonCaller {
  readonly spaceId: SpaceId
  readonly role: Role
  readonly memberId: MemberId
}

/** The headers identity looks at; nothing else of a request can prove anything. */
export interface ProofHeaders {
  readonly cookie: string | undefined
  readonly authorization: string | undefined
}

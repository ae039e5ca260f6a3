import type { Role, RoomRule as StoredRule } from '../../../src/domain/model.ts'

/** What a space is, and what the person may do in it. */
export interface SpaceDetails {
  readonly spaceId: string
  readonly name: string
  readonly description: string
  readonly createdAtMs: number
  readonly role: Role
  readonly memberId: string
  readonly counts: { readonly nodes: number; readonly rooms: number; readonly members: number }
  readonly plan: string
  /** The most a space may have of each; null where nothing is bounded. */
  readonly quotas: Readonly<Record<string, number | null>> | null
  readonly permissions: readonly string[]
}

/** Somebody in the space, or asked into it. */
export interface MemberRow {
  readonly memberId: string
  readonly personId: string
  readonly email: string
  readonly name: string | null
  readonly role: Role
  readonly sinceMs: number
  readonly state: 'member' | 'invited'
  readonly expiresAtMs: number | null
  readonly rooms: readonly string[]
  readonly isSelf: boolean
}

/** A room in the list of rooms. */
export interface RoomRow {
  readonly roomId: string
  readonly name: string
  readonly description: string
  readonly isAllNodes: boolean
  readonly isMember: boolean
  readonly members: number
  readonly nodes: number
}

/** A rule of a room; a new one has no id yet. */
export type RoomRule = Omit<StoredRule, 'ruleId'> & { readonly ruleId?: string }
export type RuleClause = RoomRule['clauses'][number]

/** A room with everything that is set in it. */
export interface WholeRoom extends RoomRow {
  readonly memberIds: readonly string[]
  readonly rules: readonly RoomRule[]
  readonly nodeIds: { readonly byHand: readonly string[]; readonly byRule: readonly string[] }
}

/** A node that a room would have. */
export interface PreviewedNode {
  readonly nodeId: string
  readonly hostname: string
  readonly byHand: boolean
  readonly byRule: boolean
}

/** A label of nodes with its values, the most frequent first. */
export interface KnownLabel {
  readonly label: string
  readonly values: readonly { readonly value: string; readonly nodes: number }[]
}

/** What each role may do, from the cloud's own table. */
export interface RoleRow {
  readonly role: Role
  readonly permissions: readonly string[]
}

import type { AuditDetails } from './audit-details.ts'
import type { ClaimId, NodeId, PersonId, RoomId, SpaceId } from './ids.ts'

/**
 * Everything that is written into the audit, by name. What is not named here is not audited, and a route that changes something
 * must name one of these or say why not.
 */
export const auditActions = [
  'sign-in',
  'sign-in-refused',
  'sign-out',
  'sign-in-ended',
  'access-denied',
  'identity-linked',
  'identity-unlinked',
  'passkey-added',
  'passkey-removed',
  'profile-changed',
  'account-deleted',
  'space-created',
  'space-changed',
  'space-deleted',
  'space-left',
  'member-invited',
  'member-joined',
  'invitation-declined',
  'invitation-revoked',
  'member-role-changed',
  'member-removed',
  'room-created',
  'room-changed',
  'room-deleted',
  'room-member-added',
  'room-member-removed',
  'room-node-added',
  'room-node-removed',
  'room-rule-changed',
  'claim-token-created',
  'claim-token-rotated',
  'claim-token-revoked',
  'node-claimed',
  'node-removed',
  'api-token-created',
  'api-token-revoked',
  'channel-created',
  'channel-changed',
  'channel-deleted',
  'channel-secrets-read',
  'channel-tested',
  'message-retried',
  'message-dropped',
  'silence-created',
  'silence-changed',
  'silence-deleted',
  'reach-settings-changed',
  'push-target-added',
  'push-target-removed',
  'alert-document-created',
  'alert-document-changed',
  'alert-document-deleted',
  'alert-document-applied',
  'sign-in-provider-changed',
  'board-created',
  'board-changed',
  'board-deleted',
  'board-restored',
  'function-run',
  'view-started',
  'view-stopped',
  'agent-token-minted',
  'audit-exported',
  'audit-delivery-changed',
  'ban-added',
  'ban-removed',
  'operator-action',
  'receipt-read',
  'data-exported',
  'profile-corrected',
  'account-erased',
  'erasure-certified',
  'privacy-request-made',
  'privacy-request-changed',
  'retention-changed',
  'content-restored',
  'content-purged',
  'purge-asked',
  'purge-approved',
  'breach-notified',
  'consent-changed',
  'keys-rotated',
  'backup-made',
  'backup-restored',
  'canary-run',
  'mirror-queried',
  'dead-letter-retried',
  'dead-letter-dropped',
  'egress-manifest-confirmed',
  'egress-refused',
  // Buffered events that were too many while the store did not answer; `count` says how many.
  'events-lost',
] as const
export type AuditAction = (typeof auditActions)[number]

/** What an event is about: a kind and an id, so that nothing personal stands in a chain that cannot be changed. */
export interface AuditSubject {
  readonly kind:
    | 'person'
    | 'space'
    | 'member'
    | 'invitation'
    | 'room'
    | 'node'
    | 'claim'
    | 'claim-token'
    | 'api-token'
    | 'channel'
    | 'message'
    | 'silence'
    | 'push-target'
    | 'alert-document'
    | 'board'
    | 'rule'
    | 'sign-in'
    | 'passkey'
    | 'provider'
    | 'ban'
    | 'route'
    | 'function'
    | 'audit'
    | 'privacy-request'
    | 'backup'
    | 'dead-letter'
    | 'mirror'
  readonly id: string
}

/** One thing that somebody did or was refused. Never a live value, a secret, a name or an address. */
export interface AuditEvent {
  readonly action: AuditAction
  /** Undefined: it belongs to no space, and only the operator reads it. */
  readonly spaceId: SpaceId | undefined
  /** Undefined: a stranger, an agent, or the cloud itself. */
  readonly personId: PersonId | undefined
  readonly via: 'cookie' | 'api-token' | 'operator' | 'agent' | 'link' | 'none'
  readonly subject: AuditSubject | undefined
  /** The rooms it concerns: who may read only some rooms' events sees it with one of them. */
  readonly roomIds?: readonly RoomId[]
  readonly nodeId?: NodeId
  readonly claimId?: ClaimId
  /** At most a few short words that are not personal: a role, a scope, the name of a function. */
  readonly details?: AuditDetails
}

/**
 * Whoever keeps the audit. A resolved promise means that the event is durable; a refusal that repeats one of the last minute is only
 * counted, and the count is written at the end of the minute. Throws STORE_UNAVAILABLE.
 */
export interface Auditor {
  record(event: AuditEvent): Promise<void>
}

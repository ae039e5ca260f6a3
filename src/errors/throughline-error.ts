/**
 * Every way this product can refuse work, and what each side of the wire is told.
 *
 * `http` is the status of a REST answer, `close` the code of a closed WebSocket, `retry` whether the same request may
 * succeed later without a change, and `key` the `errorMsgKey` that agents and API clients match on (aclk §1.2).
 */
export const errorKinds = {
  ADDRESS_INVALID: { http: 422, close: 1008, retry: false, key: 'ErrInvalidAddress' },
  AGENT_ANSWER_TOO_LARGE: { http: 413, close: 1009, retry: false, key: 'ErrAnswerTooLarge' },
  AGENT_PROTOCOL: { http: 502, close: 1002, retry: true, key: 'ErrAgentProtocol' },
  AGENT_TIMEOUT: { http: 504, close: 4504, retry: true, key: 'ErrGatewayTimeout' },
  AGENT_TOO_OLD: { http: 501, close: 4501, retry: false, key: 'ErrNotImplemented' },
  AGENT_UNREACHABLE: { http: 503, close: 4503, retry: true, key: 'ErrNodeUnreachable' },
  ALL_NODES_FAILED: { http: 400, close: 4503, retry: true, key: 'ErrAllNodesFailed' },
  ANSWERS_TOO_LARGE: { http: 400, close: 1009, retry: false, key: 'ErrBigAgentResponses' },
  AUDIT_BROKEN: { http: 500, close: 1011, retry: false, key: 'ErrAuditBroken' },
  BACKUP_UNUSABLE: { http: 500, close: 1011, retry: false, key: 'ErrBackupUnusable' },
  BODY_MALFORMED: { http: 400, close: 1007, retry: false, key: 'ErrBadRequest' },
  BODY_TOO_LARGE: { http: 413, close: 1009, retry: false, key: 'ErrRequestEntityTooLarge' },
  BODY_UNPROCESSABLE: { http: 422, close: 1007, retry: false, key: 'ErrUnprocessableEntity' },
  CANCELLED: { http: 499, close: 1000, retry: true, key: 'ErrCancelled' },
  CERTIFICATE_REFUSED: { http: 422, close: 1008, retry: false, key: 'ErrCertificateRefused' },
  CLAIM_CONFLICT: { http: 409, close: 4409, retry: false, key: 'ErrAlreadyClaimed' },
  CLAIM_HOSTNAME_INVALID: { http: 422, close: 1008, retry: false, key: 'ErrInvalidNodeName' },
  CLAIM_ID_INVALID: { http: 422, close: 1008, retry: false, key: 'ErrInvalidNodeID' },
  CLAIM_KEY_INVALID: { http: 422, close: 1008, retry: false, key: 'ErrInvalidPublicKey' },
  CLAIM_ROOM_INVALID: { http: 422, close: 1008, retry: false, key: 'ErrInvalidRoomID' },
  CLAIM_TOKEN_REFUSED: { http: 403, close: 4403, retry: false, key: 'ErrForbidden' },
  CLAIM_UNKNOWN: { http: 404, close: 4404, retry: false, key: 'ErrNotFound' },
  CLOUD_UNREACHABLE: { http: 503, close: 4503, retry: true, key: 'ErrServiceUnavailable' },
  CONFIG_INVALID: { http: 500, close: 1011, retry: false, key: 'ErrConfiguration' },
  CONFLICT: { http: 409, close: 4409, retry: true, key: 'ErrConflict' },
  DATA_FOLDER_UNUSABLE: { http: 500, close: 1011, retry: false, key: 'ErrConfiguration' },
  DOMAIN_UNPROVEN: { http: 403, close: 4003, retry: false, key: 'ErrDomainUnproven' },
  EGRESS_UNCONFIRMED: { http: 403, close: 4003, retry: false, key: 'ErrEgressUnconfirmed' },
  EMAIL_UNVERIFIED: { http: 403, close: 4003, retry: false, key: 'ErrEmailUnverified' },
  ERASED: { http: 409, close: 4409, retry: false, key: 'ErrErased' },
  FIELD_UNMAPPED: { http: 500, close: 1011, retry: false, key: 'ErrInternalServerError' },
  FORBIDDEN: { http: 403, close: 4003, retry: false, key: 'ErrForbidden' },
  FRESH_SIGN_IN_NEEDED: { http: 403, close: 4003, retry: false, key: 'ErrFreshSignInNeeded' },
  IDENTITY_TAKEN: { http: 409, close: 4409, retry: false, key: 'ErrIdentityTaken' },
  INSTANCE_UNREACHABLE: { http: 400, close: 4503, retry: true, key: 'ErrInstanceNotReachable' },
  INTERNAL: { http: 500, close: 1011, retry: true, key: 'ErrInternalServerError' },
  INVITATION_REFUSED: { http: 403, close: 4003, retry: false, key: 'ErrInvitationNotFound' },
  KEYS_UNAVAILABLE: { http: 503, close: 1013, retry: true, key: 'ErrServiceUnavailable' },
  LAST_ADMIN: { http: 409, close: 4409, retry: false, key: 'ErrLastAdmin' },
  LIMIT_REACHED: { http: 409, close: 4409, retry: false, key: 'ErrLimitReached' },
  LINK_FIRST: { http: 403, close: 4003, retry: false, key: 'ErrLinkFirst' },
  LINK_PROTOCOL: { http: 400, close: 1002, retry: false, key: 'ErrBadRequest' },
  LINK_TAKEN_OVER: { http: 409, close: 4009, retry: true, key: 'ErrTakenOver' },
  LINK_TEXT_FRAME: { http: 400, close: 1003, retry: false, key: 'ErrBadRequest' },
  LINK_TOO_LARGE: { http: 413, close: 1009, retry: false, key: 'ErrRequestEntityTooLarge' },
  LIVE_MESSAGE_INVALID: { http: 422, close: 1007, retry: false, key: 'ErrUnprocessableEntity' },
  MEDIA_TYPE: { http: 415, close: 1003, retry: false, key: 'ErrUnsupportedMediaType' },
  METHOD_NOT_ALLOWED: { http: 405, close: 1008, retry: false, key: 'ErrMethodNotAllowed' },
  MIRROR_UNAVAILABLE: { http: 503, close: 1013, retry: true, key: 'ErrServiceUnavailable' },
  NOT_FOUND: { http: 404, close: 4404, retry: false, key: 'ErrNotFound' },
  ORIGIN_REFUSED: { http: 403, close: 4003, retry: false, key: 'ErrForbidden' },
  PASSKEY_REFUSED: { http: 403, close: 4003, retry: false, key: 'ErrPasskeyRefused' },
  OUTBOUND_FAILED: { http: 502, close: 1011, retry: true, key: 'ErrOutboundFailed' },
  OUTBOUND_REFUSED: { http: 422, close: 1008, retry: false, key: 'ErrOutboundRefused' },
  PORT_IN_USE: { http: 500, close: 1011, retry: true, key: 'ErrConfiguration' },
  PROVIDER_REFUSED: { http: 403, close: 4003, retry: false, key: 'ErrProviderRefused' },
  PROVIDER_UNAVAILABLE: { http: 503, close: 1013, retry: true, key: 'ErrProviderUnavailable' },
  PURGE_NEEDS_CONSENT: { http: 409, close: 4409, retry: false, key: 'ErrPurgeNeedsConsent' },
  QUERY_REFUSED: { http: 422, close: 1008, retry: false, key: 'ErrQueryRefused' },
  RATE_LIMITED: { http: 429, close: 4029, retry: true, key: 'ErrTooManyRequests' },
  RESTARTING: { http: 503, close: 1012, retry: true, key: 'ErrServiceUnavailable' },
  ROOM_FIXED: { http: 403, close: 4003, retry: false, key: 'ErrForbidden' },
  SEAL_BROKEN: { http: 500, close: 1011, retry: false, key: 'ErrInternalServerError' },
  SESSION_EXPIRED: { http: 401, close: 4001, retry: false, key: 'ErrUnauthenticated' },
  SIGN_IN_FLOW_OVER: { http: 403, close: 4003, retry: false, key: 'ErrSignInFlowOver' },
  SIGN_IN_LINK_REFUSED: { http: 403, close: 4003, retry: false, key: 'ErrForbidden' },
  SIGN_UP_CLOSED: { http: 403, close: 4003, retry: false, key: 'ErrSignUpClosed' },
  SLOW_CONSUMER: { http: 503, close: 4008, retry: true, key: 'ErrSlowConsumer' },
  SOLE_ADMIN: { http: 409, close: 4409, retry: false, key: 'ErrSoleAdmin' },
  SOURCE_UNAVAILABLE: { http: 503, close: 4503, retry: true, key: 'ErrServiceUnavailable' },
  STORE_UNAVAILABLE: { http: 503, close: 1013, retry: true, key: 'ErrServiceUnavailable' },
  UNAUTHENTICATED: { http: 401, close: 4001, retry: false, key: 'ErrUnauthenticated' },
  URL_TOO_LONG: { http: 414, close: 1009, retry: false, key: 'ErrUrlTooLong' },
  USAGE: { http: 400, close: 1008, retry: false, key: 'ErrUsage' },
  VALUE_KEPT: { http: 500, close: 1011, retry: false, key: 'ErrValueKept' },
} as const satisfies Record<string, { http: number; close: number; retry: boolean; key: string }>

export type ErrorCode = keyof typeof errorKinds

/** The one error this product throws on purpose. Its message is one sentence for a person, and never holds a live value or a secret. */
export class ThroughlineError extends Error {
  override readonly name = 'ThroughlineError'
  readonly code: ErrorCode
  /** Which case of the code it was, for the owner's eyes; whoever was refused is not told. */
  readonly detail: string | undefined

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly detail?: string }) {
    super(message, options)
    this.code = code
    this.detail = options?.detail
  }
}

/** Any thrown thing as a {@link ThroughlineError}; what is not ours becomes INTERNAL, its text kept only as `cause`. */
export function asThroughlineError(thrown: unknown): ThroughlineError {
  return thrown instanceof ThroughlineError
    ? thrown
    : new ThroughlineError('INTERNAL', 'Something failed inside; see the log.', { cause: thrown })
}

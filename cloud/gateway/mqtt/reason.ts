import type { ErrorCode } from '../../../src/errors/throughline-error.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** MQTT 5 reason codes this gateway sends (MQTT 5 §2.4). */
export const reasons = {
  success: 0x00,
  malformed: 0x81,
  protocolError: 0x82,
  unspecified: 0x83,
  unsupportedVersion: 0x84,
  clientIdInvalid: 0x85,
  badCredentials: 0x86,
  notAuthorized: 0x87,
  serverBusy: 0x89,
  banned: 0x8a,
  shuttingDown: 0x8b,
  keepAliveTimeout: 0x8d,
  takenOver: 0x8e,
  filterInvalid: 0x8f,
  topicInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  aliasInvalid: 0x94,
  tooLarge: 0x95,
  rateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrative: 0x98,
  retainUnsupported: 0x9a,
  qosUnsupported: 0x9b,
  sharedUnsupported: 0x9e,
  connectRateExceeded: 0x9f,
  subscriptionIdsUnsupported: 0xa1,
  wildcardUnsupported: 0xa2,
} as const

export type Reason = (typeof reasons)[keyof typeof reasons]

/** A refusal that ends a link: the MQTT reason for the agent, and a code of our table for the WebSocket close. */
export class LinkRefusal extends ThroughlineError {
  readonly reason: Reason

  constructor(reason: Reason, message: string, code: ErrorCode = reason === reasons.tooLarge ? 'LINK_TOO_LARGE' : 'LINK_PROTOCOL') {
    super(code, message)
    this.reason = reason
  }
}

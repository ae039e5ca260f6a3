import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import { LinkRefusal, reasons } from '../mqtt/reason.ts'
import type { AttemptReason, AttemptStage } from './reasons.ts'

/** The row of the reasons table for what a stage threw; undefined for what says nothing about the agent. */
export function attemptReason(stage: AttemptStage, thrown: unknown): AttemptReason | undefined {
  const error = asThroughlineError(thrown)
  switch (error.code) {
    case 'CLAIM_TOKEN_REFUSED':
      return error.detail === 'token-expired' || error.detail === 'token-used-up' || error.detail === 'space-full'
        ? error.detail
        : 'token-unknown'
    case 'CLAIM_ROOM_INVALID':
      return 'rooms-unknown'
    case 'CLAIM_CONFLICT':
      return 'claim-conflict'
    case 'CLAIM_KEY_INVALID':
      return 'key-invalid'
    case 'CLAIM_HOSTNAME_INVALID':
      return 'hostname-invalid'
    case 'CLAIM_UNKNOWN':
      return 'claim-unknown'
    case 'FORBIDDEN':
      return 'proof-wrong'
    case 'RATE_LIMITED':
      return 'rate-limited'
    case 'STORE_UNAVAILABLE':
    case 'INTERNAL':
    case 'CONFLICT':
      return 'cloud-busy'
    case 'RESTARTING':
    case 'METHOD_NOT_ALLOWED':
    case 'CANCELLED':
      return undefined
  }
  if (stage === 'claim' && !(thrown instanceof LinkRefusal)) return 'claim-malformed'
  if (!(thrown instanceof LinkRefusal)) return stage === 'password' ? 'proof-wrong' : undefined
  if (thrown.reason === reasons.badCredentials) return 'credentials-refused'
  if (thrown.reason === reasons.connectRateExceeded) return 'identity-shared'
  return thrown.reason === reasons.shuttingDown ? undefined : 'link-protocol'
}

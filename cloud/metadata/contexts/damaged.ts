import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** The refusal of a blob that is not what this version writes. */
export function storeUnavailableBlob(): ThroughlineError {
  return new ThroughlineError('STORE_UNAVAILABLE', 'A stored record of kind node-contexts is damaged.')
}

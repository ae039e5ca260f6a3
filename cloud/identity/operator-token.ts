import type { Clock } from '../../src/support/clock.ts'
import { identityLimits } from './limits.ts'
import { signToken, type TokenUse } from './signed-token.ts'
import { loadKeyRing } from './signing-keys.ts'

/** Tokens the operator's own command line signs: whoever can read the key files is the operator. */
export const operatorUse: TokenUse = {
  issuer: 'throughline-command-line',
  audience: 'throughline-operator',
  type: 'throughline-operator+jwt',
}

/**
 * A bearer token for one minute, signed with the installation's key files; needs no running server. Throws DATA_FOLDER_UNUSABLE
 * when there is no key or it cannot be read.
 */
export async function signOperatorToken(keysFolder: string, clock: Clock): Promise<string> {
  const ring = await loadKeyRing(keysFolder)
  return signToken(ring.current, operatorUse, { sub: 'operator' }, clock.nowMs(), identityLimits.operatorTokenMs)
}

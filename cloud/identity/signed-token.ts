import { createHash } from 'node:crypto'
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { identityLimits } from './limits.ts'
import type { KeyRing, SigningKey } from './signing-keys.ts'

/** What separates one use of our keys from another: a token for one is never taken for the other (S2). */
export interface TokenUse {
  readonly issuer: string
  readonly audience: string
  readonly type: string
}

/** Signs token claims with ES256 for `lifeMs`; the header names the key. */
export async function signToken(
  key: SigningKey,
  use: TokenUse,
  tokenClaims: JWTPayload & { sub: string },
  nowMs: number,
  lifeMs: number,
): Promise<string> {
  const nowS = Math.floor(nowMs / 1000)
  return new SignJWT(tokenClaims)
    .setProtectedHeader({ alg: 'ES256', typ: use.type, kid: key.kid })
    .setIssuer(use.issuer)
    .setAudience(use.audience)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + Math.floor(lifeMs / 1000))
    .sign(key.privateKey)
}

/** Token claims that passed, with the required ones present. */
export type VerifiedClaims = JWTPayload & { readonly sub: string; readonly exp: number }

/**
 * Verifies tokens of one use: ES256 only, keys only from the ring, every required claim present (S1). What passed is remembered
 * by hash until it expires, since a verification costs a quarter of a millisecond. Throws UNAUTHENTICATED or SESSION_EXPIRED.
 */
export function createTokenVerifier({ ring, use, clock }: { readonly ring: KeyRing; readonly use: TokenUse; readonly clock: Clock }) {
  const verified = new Map<string, VerifiedClaims>()
  const expired = () => new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
  const isOver = (tokenClaims: VerifiedClaims) => tokenClaims.exp * 1000 + identityLimits.clockToleranceMs <= clock.nowMs()

  return async function verify(token: string): Promise<VerifiedClaims> {
    const hash = createHash('sha256').update(token).digest('base64')
    const known = verified.get(hash)
    if (known !== undefined) {
      if (!isOver(known)) return known
      verified.delete(hash)
      throw expired()
    }
    try {
      const { payload } = await jwtVerify(
        token,
        (header) => {
          const key = header.kid === undefined ? undefined : ring.find(header.kid)
          if (key === undefined) throw new errors.JWKSNoMatchingKey()
          return key.publicKey
        },
        {
          algorithms: ['ES256'],
          issuer: use.issuer,
          audience: use.audience,
          typ: use.type,
          requiredClaims: ['iss', 'aud', 'sub', 'exp', 'iat'],
          clockTolerance: identityLimits.clockToleranceMs / 1000,
          currentDate: new Date(clock.nowMs()),
        },
      )
      if (typeof payload.sub !== 'string') throw new errors.JWTClaimValidationFailed('the subject is no text', payload, 'sub')
      const tokenClaims = payload as VerifiedClaims
      const oldest = verified.keys().next()
      if (verified.size >= identityLimits.verifiedTokenEntries && oldest.done !== true) verified.delete(oldest.value)
      verified.set(hash, tokenClaims)
      return tokenClaims
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw expired()
      throw new ThroughlineError('UNAUTHENTICATED', 'Sign in first.', { cause })
    }
  }
}

import type { MemberId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { apiTokenPrefix, type ApiTokens } from './api-tokens.ts'
import { cookieNames, readCookies } from './cookies.ts'
import type { Caller, IdentitySpaces, PersonCaller, ProofHeaders } from './ports.ts'
import type { Rights } from './rights.ts'
import type { VerifiedClaims } from './signed-token.ts'

type Verify = (token: string) => Promise<VerifiedClaims>

/** Who makes a request: from its headers to a person, from a person to their place in a space. */
export interface Callers {
  /** Throws UNAUTHENTICATED, SESSION_EXPIRED, or STORE_UNAVAILABLE. */
  readonly authenticate: (headers: ProofHeaders) => Promise<PersonCaller>
  /** Throws NOT_FOUND alike for foreign and absent spaces. */
  readonly enter: (caller: PersonCaller, spaceId?: SpaceId) => Promise<Caller>
  /** The spaces this proof reaches, the usual one first. */
  readonly spaceIdsOf: (caller: PersonCaller) => Promise<readonly SpaceId[]>
  /** The sign-in these cookies prove, if they still do. Throws STORE_UNAVAILABLE. */
  readonly running: (cookie: string | undefined) => Promise<{ readonly personId: PersonId; readonly signInId: SignInId } | undefined>
}

export function createCallers(deps: {
  readonly verifySession: Verify
  readonly verifyOperator: Verify
  readonly apiTokens: Pick<ApiTokens, 'find'>
  readonly spaces: Pick<IdentitySpaces, 'installation' | 'spacesOf'>
  readonly rights: Pick<Rights, 'member' | 'signIn'>
}): Callers {
  const { verifySession, verifyOperator, apiTokens, spaces, rights } = deps
  const unauthenticated = () => new ThroughlineError('UNAUTHENTICATED', 'Sign in first.')

  const byBearer = async (token: string): Promise<PersonCaller> => {
    if (token.startsWith(apiTokenPrefix)) {
      const found = await apiTokens.find(token)
      if (found === undefined) throw unauthenticated()
      const { personId, spaceId, scope, expiresAtMs } = found
      return { personId, signInId: undefined, via: 'api-token', scope, homeSpaceId: spaceId, expiresAtMs }
    }
    const { exp } = await verifyOperator(token)
    const first = await spaces.installation()
    if (first === undefined) throw unauthenticated()
    const { adminPersonId: personId, spaceId: homeSpaceId } = first
    return { personId, signInId: undefined, via: 'operator', scope: undefined, homeSpaceId, expiresAtMs: exp * 1000 }
  }

  const byCookie = async (token: string): Promise<PersonCaller> => {
    const { sub, sid, exp } = await verifySession(token)
    if (typeof sid !== 'string') throw unauthenticated()
    const [personId, signInId] = [sub as PersonId, sid as SignInId]
    const signIn = await rights.signIn(personId, signInId)
    if (signIn === undefined) throw new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
    const { spaceId: homeSpaceId, onlySpaceId } = signIn
    const limit = onlySpaceId === undefined ? {} : { onlySpaceId }
    return { personId, signInId, via: 'cookie', scope: undefined, homeSpaceId, expiresAtMs: exp * 1000, ...limit }
  }

  const enter = async (caller: PersonCaller, wanted?: SpaceId): Promise<Caller> => {
    const { onlySpaceId } = caller
    const isOutside = onlySpaceId !== undefined && wanted !== undefined && wanted !== onlySpaceId
    if (isOutside) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    const spaceId = wanted ?? onlySpaceId ?? caller.homeSpaceId
    const member = spaceId && (await rights.member(spaceId, caller.personId))
    if (caller.via === 'operator' && spaceId !== undefined && spaceId === caller.homeSpaceId) {
      // Whoever can read the key files acts as the first space's admin, whoever that is by now.
      return { ...caller, spaceId, role: 'admin', memberId: member?.memberId ?? ('operator' as MemberId) }
    }
    if (spaceId !== undefined && member !== undefined) return { ...caller, spaceId, role: member.role, memberId: member.memberId }
    // Whoever left their first space goes on in the next.
    const next =
      wanted === undefined && onlySpaceId === undefined
        ? (await spaces.spacesOf(caller.personId)).find((each) => each.member.invitation === undefined)
        : undefined
    if (next === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    return { ...caller, spaceId: next.spaceId, role: next.member.role, memberId: next.member.memberId }
  }

  const spaceIdsOf = async ({ personId, via, homeSpaceId, onlySpaceId }: PersonCaller): Promise<readonly SpaceId[]> => {
    const home = homeSpaceId === undefined ? [] : [homeSpaceId]
    if (via === 'operator') return home
    const own = (await spaces.spacesOf(personId)).filter(({ member }) => member.invitation === undefined).map(({ spaceId }) => spaceId)
    const reached = onlySpaceId === undefined ? own : own.filter((spaceId) => spaceId === onlySpaceId)
    // The usual one first: most nodes that are asked about are there.
    return [...new Set([...home.filter((spaceId) => reached.includes(spaceId)), ...reached])]
  }

  const authenticate = async ({ cookie, authorization }: ProofHeaders): Promise<PersonCaller> => {
    if (authorization !== undefined) {
      const bearer = /^Bearer ([\w.~+/-]{1,4096})$/i.exec(authorization)?.[1]
      if (bearer === undefined) throw unauthenticated()
      return byBearer(bearer)
    }
    const token = readCookies(cookie).get(cookieNames.access)
    if (token === undefined || token === '') throw unauthenticated()
    return byCookie(token)
  }

  const running = async (cookie: string | undefined) => {
    const token = readCookies(cookie).get(cookieNames.access)
    if (token === undefined || token === '') return undefined
    try {
      const { personId, signInId } = await byCookie(token)
      return signInId && { personId, signInId }
    } catch (cause) {
      // An access token that no longer counts proves nothing; trouble of the store is told.
      if (!(cause instanceof ThroughlineError) || cause.code === 'STORE_UNAVAILABLE') throw cause
      return undefined
    }
  }

  return { authenticate, enter, spaceIdsOf, running }
}

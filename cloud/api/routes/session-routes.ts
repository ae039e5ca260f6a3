import { z } from 'zod'
import { canonicalUuid, type SignInId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { cookieLine, cookieNames } from '../../identity/cookies.ts'
import type { SessionTokens } from '../../identity/identity.ts'
import type { ApiIdentity, ApiSpaces } from '../ports.ts'
import { apiBase, guardedRoute, publicRoute, type Route } from '../route.ts'

const linkToken = z.strictObject({ token: z.string().max(512) })
const address = z.strictObject({ email: z.string().max(1_000) })

const clearedCookies = [cookieLine(cookieNames.access, '', 0), cookieLine(cookieNames.refresh, '', 0)]

export interface SessionRoutesDeps {
  readonly identity: ApiIdentity
  readonly spaces: ApiSpaces
  readonly clock: Clock
}

/** Signing in and out, and what a person sees of themselves. */
export function sessionRoutes({ identity, spaces, clock }: SessionRoutesDeps): readonly Route[] {
  const cookiesOf = (tokens: SessionTokens) => [
    cookieLine(cookieNames.access, tokens.accessToken, tokens.accessExpiresAtMs - clock.nowMs()),
    cookieLine(cookieNames.refresh, tokens.refreshToken, tokens.refreshExpiresAtMs - clock.nowMs()),
  ]
  return [
    publicRoute('POST', `${apiBase}/sign-in/describe`, linkToken, async ({ body }) => {
      const { email } = await identity.links.describe(body.token)
      return { status: 200, json: { email } }
    }),
    publicRoute('POST', `${apiBase}/sign-in`, linkToken, async ({ body }) => {
      const tokens = await identity.signIn(body.token)
      return { status: 204, cookies: cookiesOf(tokens) }
    }),
    publicRoute('POST', `${apiBase}/sign-in/request`, address, async ({ body, ip }) => {
      await identity.loginMail.request(body.email, ip)
      return { status: 202 }
    }),
    publicRoute('POST', `${apiBase}/session/refresh`, undefined, async ({ cookie }) => {
      const tokens = await identity.refresh(cookie)
      return { status: 200, json: { expiresAtMs: tokens.accessExpiresAtMs }, cookies: cookiesOf(tokens) }
    }),
    publicRoute('POST', `${apiBase}/sign-out`, undefined, async ({ cookie }) => {
      await identity.signOut(cookie)
      return { status: 204, cookies: clearedCookies }
    }),
    guardedRoute('GET', `${apiBase}/me`, 'self.read', undefined, async ({ caller }) => {
      const [person, space] = await Promise.all([identity.people.get(caller.personId), spaces.get(caller.spaceId)])
      if (person === undefined || space === undefined) throw new ThroughlineError('NOT_FOUND', 'This person or space is no more.')
      const { personId, role, expiresAtMs } = caller
      return {
        status: 200,
        json: { personId, email: person.email, role, space: { spaceId: space.spaceId, name: space.name }, expiresAtMs },
      }
    }),
    guardedRoute('GET', `${apiBase}/sign-ins`, 'sign-ins.manage', undefined, async ({ caller }) => {
      const signIns = await identity.listSignIns(caller.personId)
      const rows = signIns.map(({ signInId, createdAtMs, lastUsedAtMs }) => ({
        signInId,
        createdAtMs,
        lastUsedAtMs,
        isCurrent: signInId === caller.signInId,
      }))
      return { status: 200, json: { signIns: rows } }
    }),
    guardedRoute('DELETE', `${apiBase}/sign-ins/:signInId`, 'sign-ins.manage', undefined, async ({ caller, params }) => {
      const signInId = canonicalUuid(params['signInId']) as SignInId | undefined
      if (signInId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such sign-in.')
      await identity.endSignIn(caller.personId, signInId)
      return { status: 204 }
    }),
  ]
}

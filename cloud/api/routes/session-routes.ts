import { z } from 'zod'
import { canonicalUuid, type SignInId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { cookieLine, cookieNames } from '../../identity/cookies.ts'
import type { SessionTokens } from '../../identity/identity.ts'
import type { ApiIdentity, ApiRoster, ApiSpaces } from '../ports.ts'
import { apiBase, personRoute, publicRoute, type Route } from '../route.ts'

const linkToken = z.strictObject({ token: z.string().max(512) })
const address = z.strictObject({ email: z.string().max(1_000) })

const clearedCookies = [cookieLine(cookieNames.access, '', 0), cookieLine(cookieNames.refresh, '', 0)]

export interface SessionRoutesDeps {
  readonly identity: ApiIdentity
  readonly spaces: Pick<ApiSpaces, 'get'>
  readonly roster: Pick<ApiRoster, 'spacesOf'>
  readonly clock: Clock
}

/** Signing in and out, and what a person sees of themselves. */
export function sessionRoutes({ identity, spaces, roster, clock }: SessionRoutesDeps): readonly Route[] {
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
    personRoute('GET', `${apiBase}/me`, 'self.read', undefined, async ({ caller }) => {
      const [person, places] = await Promise.all([identity.people.get(caller.personId), roster.spacesOf(caller.personId)])
      if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
      const { personId, expiresAtMs, homeSpaceId } = caller
      const rows = await Promise.all(places.map(async ({ spaceId, member }) => ({ space: await spaces.get(spaceId), member })))
      const known = rows.flatMap(({ space, member }) => (space === undefined ? [] : [{ space, member }]))
      const mine = known.filter(({ member }) => member.invitation === undefined)
      const home = mine.find(({ space }) => space.spaceId === homeSpaceId) ?? mine[0]
      return {
        status: 200,
        json: {
          personId,
          email: person.email,
          role: home?.member.role ?? null,
          space: home === undefined ? null : { spaceId: home.space.spaceId, name: home.space.name },
          spaces: mine.map(({ space, member }) => ({ spaceId: space.spaceId, name: space.name, role: member.role })),
          invitations: known.flatMap(({ space, member: { invitation, role } }) =>
            invitation === undefined
              ? []
              : [
                  {
                    spaceId: space.spaceId,
                    name: space.name,
                    role,
                    invitationId: invitation.invitationId,
                    expiresAtMs: invitation.expiresAtMs,
                  },
                ],
          ),
          expiresAtMs,
        },
      }
    }),
    personRoute('GET', `${apiBase}/sign-ins`, 'self.sign-ins', undefined, async ({ caller }) => {
      const signIns = await identity.listSignIns(caller.personId)
      const rows = signIns.map(({ signInId, createdAtMs, lastUsedAtMs }) => ({
        signInId,
        createdAtMs,
        lastUsedAtMs,
        isCurrent: signInId === caller.signInId,
      }))
      return { status: 200, json: { signIns: rows } }
    }),
    personRoute('DELETE', `${apiBase}/sign-ins/:signInId`, 'self.sign-ins', undefined, async ({ caller, params }) => {
      const signInId = canonicalUuid(params['signInId']) as SignInId | undefined
      if (signInId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such sign-in.')
      await identity.endSignIn(caller.personId, signInId)
      return { status: 204 }
    }),
  ]
}

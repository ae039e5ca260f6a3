import { z } from 'zod'
import type { Auditor } from '../../../src/domain/audit.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { SecondFactorAsked, SignedIn } from '../../identity/identity.ts'
import { assertionJson } from '../../identity/passkeys/credential-schema.ts'
import type { ApiIdentity } from '../ports.ts'
import { apiBase, publicRoute, type AuditNote, type Route, type RouteAnswer } from '../route.ts'
import { clearedSession, clearedTicket, sessionCookies, ticketCookie, ticketOf } from '../session-cookies.ts'

const linkToken = z.strictObject({ token: z.string().max(512) })
const address = z.strictObject({ email: z.string().max(1_000) })
const assertion = z.strictObject({ credential: assertionJson })
const secondFactor = z.object({ secondFactor: z.looseObject({}) })

export interface SignInRoutesDeps {
  readonly identity: ApiIdentity
  readonly auditor: Auditor
  readonly clock: Clock
}

/** What the audit says of a sign-in. */
export const signInNote = ({ personId, signInId, spaceId, method }: SignedIn): AuditNote => ({
  action: 'sign-in',
  spaceId,
  personId,
  via: method === 'mail' ? 'link' : 'none',
  subject: { kind: 'sign-in', id: signInId },
  details: { method },
})

/** A sign-in that was refused is written down, without a name: whoever tried is not known. */
export async function auditRefusal<T>(auditor: Auditor, method: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code !== 'STORE_UNAVAILABLE' && thrown.code !== 'RATE_LIMITED')
      await auditor.record({
        action: 'sign-in-refused',
        spaceId: undefined,
        personId: undefined,
        via: 'none',
        subject: undefined,
        details: { method, code: thrown.code },
      })
    throw thrown
  }
}

/** Signing in by mail link and by passkey, and out. */
export function signInRoutes({ identity, auditor, clock }: SignInRoutesDeps): readonly Route[] {
  const welcome = (signedIn: SignedIn, ...cookies: string[]): RouteAnswer => ({
    status: 204,
    cookies: [...sessionCookies(signedIn, clock.nowMs()), ...cookies],
    audit: [signInNote(signedIn)],
  })
  const answerOf = (outcome: SignedIn | SecondFactorAsked): RouteAnswer =>
    outcome.state === 'signed-in'
      ? welcome(outcome)
      : {
          status: 200,
          json: { secondFactor: outcome.question.options },
          cookies: [ticketCookie('pending', outcome.pendingTicket), ticketCookie('challenge', outcome.question.ticket)],
        }
  return [
    publicRoute(
      'POST',
      `${apiBase}/sign-in/describe`,
      linkToken,
      async ({ body }) => {
        const { email } = await identity.links.describe(body.token)
        return { status: 200, json: { email } }
      },
      {
        audits: { none: 'It changes nothing.' },
        docs: { summary: 'Whom a sign-in link signs in, without using it up.', answer: z.object({ email: z.string() }) },
      },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in`,
      linkToken,
      ({ body, userAgent, cookie }) =>
        auditRefusal(auditor, 'mail', async () => answerOf(await identity.signIn(body.token, { userAgent, cookie }))),
      {
        audits: ['sign-in', 'sign-in-refused'],
        docs: {
          summary: 'Uses a sign-in link up. Answers 204 with the session in cookies, or asks for a passkey first.',
          answer: secondFactor,
        },
      },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in/request`,
      address,
      async ({ body, ip }) => {
        await identity.loginMail.request(body.email, ip)
        return { status: 202 }
      },
      {
        audits: { none: 'Nobody is known yet, and answers must not differ.' },
        docs: { summary: 'Mails a sign-in link, if the address is known; the answer does not say.', status: 202 },
      },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in/second-factor/options`,
      undefined,
      async ({ cookie }) => {
        const { options, ticket } = await identity.askSecondFactor(ticketOf('pending', cookie))
        return { status: 200, json: options, cookies: [ticketCookie('challenge', ticket)] }
      },
      {
        audits: { none: 'A question to an authenticator changes nothing.' },
        docs: { summary: 'The question to the passkey of a sign-in that waits for one.', answer: z.looseObject({}) },
      },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in/second-factor`,
      assertion,
      ({ body, userAgent, cookie }) =>
        auditRefusal(auditor, 'second-factor', async () => {
          const tickets = { pending: ticketOf('pending', cookie), challenge: ticketOf('challenge', cookie) }
          const signedIn = await identity.answerSecondFactor(tickets, body.credential, { userAgent, cookie })
          return welcome(signedIn, clearedTicket('pending'), clearedTicket('challenge'))
        }),
      { audits: ['sign-in', 'sign-in-refused'], docs: { summary: 'Ends a sign-in that waits for a passkey.', status: 204 } },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in/passkey/options`,
      undefined,
      async () => {
        const { options, ticket } = await identity.passkeys.ask({ for: 'sign-in' })
        return { status: 200, json: options, cookies: [ticketCookie('challenge', ticket)] }
      },
      {
        audits: { none: 'A question to an authenticator changes nothing.' },
        docs: { summary: 'The question to any passkey of this host.', answer: z.looseObject({}) },
      },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in/passkey`,
      assertion,
      ({ body, userAgent, cookie }) =>
        auditRefusal(auditor, 'passkey', async () => {
          const signedIn = await identity.signInByPasskey(ticketOf('challenge', cookie), body.credential, { userAgent, cookie })
          return welcome(signedIn, clearedTicket('challenge'))
        }),
      { audits: ['sign-in', 'sign-in-refused'], docs: { summary: 'Signs in by a passkey alone.', status: 204 } },
    ),
    publicRoute(
      'POST',
      `${apiBase}/session/refresh`,
      undefined,
      async ({ cookie }) => {
        const tokens = await identity.refresh(cookie)
        return { status: 200, json: { expiresAtMs: tokens.accessExpiresAtMs }, cookies: sessionCookies(tokens, clock.nowMs()) }
      },
      {
        audits: { none: 'A session that goes on is no event.' },
        docs: { summary: 'Renews the session of this browser.', answer: z.object({ expiresAtMs: z.number() }) },
      },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-out`,
      undefined,
      async ({ cookie }) => {
        const ended = await identity.signOut(cookie)
        const audit: AuditNote[] =
          ended === undefined
            ? []
            : [{ action: 'sign-out', personId: ended.personId, via: 'cookie', subject: { kind: 'sign-in', id: ended.signInId } }]
        return { status: 204, cookies: clearedSession, audit }
      },
      { audits: ['sign-out'], docs: { summary: 'Ends the session of this browser.', status: 204 } },
    ),
  ]
}

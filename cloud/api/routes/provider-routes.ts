import { z } from 'zod'
import type { Auditor } from '../../../src/domain/audit.ts'
import { canonicalUuid, type SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { FinishedTrip } from '../../identity/identity.ts'
import { providerKinds } from '../../identity/providers/provider.ts'
import type { ApiIdentity } from '../ports.ts'
import { apiBase, personRoute, publicRoute, type AuditNote, type Route, type RouteAnswer } from '../route.ts'
import { clearedTicket, sessionCookies, ticketCookie, ticketOf } from '../session-cookies.ts'
import { auditRefusal, signInNote } from './sign-in-routes.ts'

const providerId = z.string().max(64)
const wished = z.strictObject({ providerId, returnTo: z.string().max(8_192).optional() })
const linked = z.strictObject({ providerId })
const listed = z.strictObject({ space: z.string().max(64).optional() })
/** Providers add parameters of their own; what counts is named by the protocol. */
const answered = z.record(z.string().max(128), z.string().max(4_096))

const locationAnswer = z.object({ location: z.string() })
const providersAnswer = z.object({
  providers: z.array(z.object({ providerId: z.string(), kind: z.enum(providerKinds), name: z.string() })),
  hasMail: z.boolean(),
  hasPasskeys: z.boolean(),
})
const identitiesAnswer = z.object({
  identities: z.array(
    z.object({ identityId: z.string(), providerId: z.string(), provider: z.string(), label: z.string(), linkedAtMs: z.number() }),
  ),
  canUnlink: z.boolean(),
})

export interface ProviderRoutesDeps {
  readonly identity: ApiIdentity
  readonly auditor: Auditor
  readonly clock: Clock
}

/** Signing in with accounts elsewhere, and linking them. */
export function providerRoutes({ identity, auditor, clock }: ProviderRoutesDeps): readonly Route[] {
  const arrived = (end: FinishedTrip): RouteAnswer => {
    if (end.for === 'link') {
      const { personId, identityId, returnTo } = end
      const note: AuditNote = { action: 'identity-linked', personId, via: 'cookie', subject: { kind: 'provider', id: identityId } }
      return { status: 303, location: returnTo, audit: [note] }
    }
    const { outcome, returnTo, isFirst } = end
    if (outcome.state === 'second-factor')
      return {
        status: 303,
        location: `/sign-in#second-factor=${encodeURIComponent(returnTo)}`,
        cookies: [ticketCookie('pending', outcome.pendingTicket), ticketCookie('challenge', outcome.question.ticket)],
      }
    const first: AuditNote[] = isFirst
      ? [{ action: 'identity-linked', personId: outcome.personId, via: 'none', subject: { kind: 'person', id: outcome.personId } }]
      : []
    return { status: 303, location: returnTo, cookies: sessionCookies(outcome, clock.nowMs()), audit: [...first, signInNote(outcome)] }
  }
  return [
    publicRoute(
      'GET',
      `${apiBase}/sign-in/providers`,
      undefined,
      async ({ query }) => {
        const { space } = query as z.infer<typeof listed>
        const providers = await identity.federation.list(canonicalUuid(space) as SpaceId | undefined)
        return { status: 200, json: { providers, hasMail: identity.hasMail, hasPasskeys: identity.passkeys.isPossible } }
      },
      { query: listed, docs: { summary: 'The ways to sign in; `space` adds the own provider of a space.', answer: providersAnswer } },
    ),
    publicRoute(
      'POST',
      `${apiBase}/sign-in/provider`,
      wished,
      async ({ body, cookie, ip }) => {
        const { location, ticket } = await identity.beginTrip({ ...body, cookie, ip })
        return { status: 200, json: { location }, cookies: [ticketCookie('flow', ticket)] }
      },
      {
        audits: { none: 'Nobody is known yet.' },
        docs: { summary: 'Begins to sign in with a provider: the browser goes to `location`.', answer: locationAnswer },
      },
    ),
    publicRoute(
      'GET',
      `${apiBase}/sign-in/callback/:providerId`,
      undefined,
      async ({ params, query, cookie, userAgent }) => {
        const ticket = ticketOf('flow', cookie)
        const isLinking = await identity.isLinkingTrip(ticket)
        const end = { providerId: params['providerId'] ?? '', ticket, parameters: new URLSearchParams(query as z.infer<typeof answered>) }
        try {
          const answer = arrived(await auditRefusal(auditor, 'provider', () => identity.finishTrip(end, { userAgent })))
          return { ...answer, cookies: [...(answer.cookies ?? []), clearedTicket('flow')] }
        } catch (thrown) {
          // A browser stands here, not a script: it is told on the page, by a code.
          if (!(thrown instanceof ThroughlineError)) throw thrown
          return {
            status: 303,
            location: `${isLinking ? '/profile/passkeys' : '/sign-in'}#problem=${thrown.code}`,
            cookies: [clearedTicket('flow')],
          }
        }
      },
      {
        query: answered,
        audits: ['sign-in', 'sign-in-refused', 'identity-linked'],
        docs: { summary: 'Where a provider sends the browser back to; goes on to the page.', status: 303 },
      },
    ),
    personRoute(
      'GET',
      `${apiBase}/me/identities`,
      'self.sign-ins',
      undefined,
      async ({ caller }) => {
        const identities = await identity.identities.list(caller.personId)
        // The address always signs in; without mail it needs the operator, so the last other way stays.
        const passkeys = identity.hasMail ? [] : await identity.passkeys.list(caller.personId)
        return { status: 200, json: { identities, canUnlink: identity.hasMail || identities.length + passkeys.length > 1 } }
      },
      { docs: { summary: 'The accounts elsewhere that sign the person in.', answer: identitiesAnswer } },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/identities/link`,
      'self.change',
      linked,
      async ({ caller, body, cookie, ip }) => {
        await identity.requireFresh(caller)
        const trip = await identity.beginTrip({
          providerId: body.providerId,
          returnTo: '/profile/passkeys#linked',
          linkFor: caller,
          cookie,
          ip,
        })
        return { status: 200, json: { location: trip.location }, cookies: [ticketCookie('flow', trip.ticket)] }
      },
      {
        audits: { none: 'What comes of it is audited.' },
        docs: { summary: 'Begins to link an account elsewhere. Needs a fresh proof of who it is.', answer: locationAnswer },
      },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/me/identities/:identityId`,
      'self.change',
      undefined,
      async ({ caller, params }) => {
        await identity.requireFresh(caller)
        const id = params['identityId'] ?? ''
        await identity.identities.unlink(caller.personId, id)
        return { status: 204, audit: [{ action: 'identity-unlinked', subject: { kind: 'provider', id } }] }
      },
      { audits: ['identity-unlinked'], docs: { summary: 'Unlinks an account elsewhere. Needs a fresh proof.', status: 204 } },
    ),
  ]
}

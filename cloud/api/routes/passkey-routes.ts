import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { assertionJson, attestationJson } from '../../identity/passkeys/credential-schema.ts'
import type { Passkey } from '../../identity/passkeys/passkey-store.ts'
import type { PersonCaller } from '../../identity/ports.ts'
import { cleanText } from '../../metadata/text-rules.ts'
import type { ApiIdentity } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'
import { clearedTicket, ticketCookie, ticketOf } from '../session-cookies.ts'

const nameBytesMax = 120
const name = z.string().max(1_000)
const created = z.strictObject({ name, credential: attestationJson })
const renamed = z.strictObject({ name })
const answered = z.strictObject({ credential: assertionJson })
const wished = z.strictObject({ isOn: z.boolean() })

const passkeyAnswer = z.object({ passkeyId: z.string(), name: z.string(), createdAtMs: z.number(), lastUsedAtMs: z.number().nullable() })
const shown = ({ lastUsedAtMs, ...passkey }: Passkey) => ({ ...passkey, lastUsedAtMs: lastUsedAtMs ?? null })
const nameOf = (text: string) => cleanText(text, nameBytesMax) || 'Passkey'

/** Passkeys of a person, and proving again who it is. */
export function passkeyRoutes({ identity }: { readonly identity: ApiIdentity }): readonly Route[] {
  const personOf = async ({ personId }: PersonCaller) => {
    const person = await identity.people.get(personId)
    if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
    return person
  }
  const provingUse = ({ personId, signInId }: PersonCaller) => {
    if (signInId === undefined) throw new ThroughlineError('FORBIDDEN', 'Only a browser that is signed in can do this.')
    return { for: 'prove' as const, personId, signInId }
  }
  return [
    personRoute(
      'GET',
      `${apiBase}/me/passkeys`,
      'self.sign-ins',
      undefined,
      async ({ caller }) => {
        const [person, mine] = await Promise.all([personOf(caller), identity.passkeys.list(caller.personId)])
        return { status: 200, json: { passkeys: mine.map(shown), isSecondFactor: person.hasSecondFactor && mine.length > 0 } }
      },
      {
        docs: {
          summary: 'The passkeys of the person.',
          answer: z.object({ passkeys: z.array(passkeyAnswer), isSecondFactor: z.boolean() }),
        },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/passkeys/options`,
      'self.change',
      undefined,
      async ({ caller }) => {
        await identity.requireFresh(caller)
        const { options, ticket } = await identity.passkeys.askToCreate(await personOf(caller))
        return { status: 200, json: options, cookies: [ticketCookie('challenge', ticket)] }
      },
      {
        audits: { none: 'A question to an authenticator changes nothing.' },
        docs: { summary: 'The question that makes a passkey. Needs a fresh proof of who it is.', answer: z.looseObject({}) },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/passkeys`,
      'self.change',
      created,
      async ({ caller, body, cookie }) => {
        const made = await identity.passkeys.create(caller.personId, ticketOf('challenge', cookie), nameOf(body.name), body.credential)
        return {
          status: 201,
          json: shown(made),
          cookies: [clearedTicket('challenge')],
          audit: [{ action: 'passkey-added', subject: { kind: 'passkey', id: made.passkeyId } }],
        }
      },
      { audits: ['passkey-added'], docs: { summary: 'Keeps a passkey that was just made.', answer: passkeyAnswer, status: 201 } },
    ),
    personRoute(
      'PATCH',
      `${apiBase}/me/passkeys/:passkeyId`,
      'self.change',
      renamed,
      async ({ caller, body, params }) => {
        const id = params['passkeyId'] ?? ''
        await identity.passkeys.rename(caller.personId, id, nameOf(body.name))
        return { status: 204, audit: [{ action: 'profile-changed', subject: { kind: 'passkey', id }, details: { what: 'passkey-name' } }] }
      },
      { audits: ['profile-changed'], docs: { summary: 'Gives a passkey another name.', status: 204 } },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/me/passkeys/:passkeyId`,
      'self.change',
      undefined,
      async ({ caller, params }) => {
        await identity.requireFresh(caller)
        const id = params['passkeyId'] ?? ''
        await identity.passkeys.remove(caller.personId, id)
        return { status: 204, audit: [{ action: 'passkey-removed', subject: { kind: 'passkey', id } }] }
      },
      {
        audits: ['passkey-removed'],
        docs: { summary: 'Takes a passkey away; the last one takes the second factor with it. Needs a fresh proof.', status: 204 },
      },
    ),
    personRoute(
      'PUT',
      `${apiBase}/me/second-factor`,
      'self.change',
      wished,
      async ({ caller, body }) => {
        await identity.requireFresh(caller)
        await identity.passkeys.setSecondFactor(caller.personId, body.isOn)
        const subject = { kind: 'person' as const, id: caller.personId }
        return { status: 204, audit: [{ action: 'profile-changed', subject, details: { what: 'second-factor', isOn: body.isOn } }] }
      },
      {
        audits: ['profile-changed'],
        docs: { summary: 'Whether a passkey is asked for on top of other ways to sign in. Needs a fresh proof.', status: 204 },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/prove/options`,
      'self.sign-ins',
      undefined,
      async ({ caller }) => {
        const { options, ticket } = await identity.passkeys.ask(provingUse(caller))
        return { status: 200, json: options, cookies: [ticketCookie('challenge', ticket)] }
      },
      {
        audits: { none: 'A question to an authenticator changes nothing.' },
        docs: { summary: 'The question to a passkey that proves again who it is.', answer: z.looseObject({}) },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/prove`,
      'self.sign-ins',
      answered,
      async ({ caller, body, cookie }) => {
        await identity.passkeys.answer(provingUse(caller), ticketOf('challenge', cookie), body.credential)
        await identity.prove(caller)
        return {
          status: 204,
          cookies: [clearedTicket('challenge')],
          audit: [
            { action: 'sign-in', subject: { kind: 'sign-in', id: caller.signInId ?? '' }, details: { method: 'passkey', isAgain: true } },
          ],
        }
      },
      { audits: ['sign-in'], docs: { summary: 'Proves again by a passkey who it is; the sign-in counts as fresh.', status: 204 } },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/prove/mail`,
      'self.sign-ins',
      undefined,
      async ({ caller, ip }) => {
        const { email } = await personOf(caller)
        await identity.loginMail.request(email, ip)
        return { status: 202 }
      },
      {
        audits: { none: 'The sign-in that follows is audited.' },
        docs: {
          summary: 'Mails a sign-in link. Opened in this browser, it takes the place of the sign-in that is there, and is fresh.',
          status: 202,
        },
      },
    ),
  ]
}

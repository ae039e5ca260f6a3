import { z } from 'zod'
import { canonicalUuid, type SignInId } from '../../../src/domain/ids.ts'
import { roles, themes } from '../../../src/domain/model.ts'
import { isSeen } from '../../../src/domain/unwanted-characters.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { signInMethods } from '../../identity/sign-ins.ts'
import type { PersonCaller } from '../../identity/ports.ts'
import { cleanText } from '../../metadata/text-rules.ts'
import { placesInReach } from '../places-in-reach.ts'
import type { ApiIdentity, ApiRoster, ApiSpaces } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'
import { clearedSession } from '../session-cookies.ts'

const nameBytesMax = 120

const isTimeZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}

/** Said by the page that shows what is held: something there was wrong. */
const isCorrection = z.literal(true).optional()
const actionOf = (body: { readonly isCorrection?: true | undefined }) => (body.isCorrection ? 'profile-corrected' : 'profile-changed')

const profileWish = z.strictObject({
  name: z.string().max(1_000).nullable().optional(),
  timeZone: z.string().max(64).refine(isTimeZone).nullable().optional(),
  theme: z.enum(themes).nullable().optional(),
  isCorrection,
})
const address = z.strictObject({ email: z.string().max(1_000), isCorrection })
const linkToken = z.strictObject({ token: z.string().max(512) })

const place = { spaceId: z.string(), name: z.string() }
const meAnswer = z.object({
  personId: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  timeZone: z.string().nullable(),
  theme: z.enum(themes).nullable(),
  hasMail: z.boolean(),
  expiresAtMs: z.number(),
  provenAtMs: z.number().nullable(),
  onlySpaceId: z.string().nullable(),
  role: z.enum(roles).nullable(),
  space: z.object(place).nullable(),
  spaces: z.array(z.object({ ...place, role: z.enum(roles), memberId: z.string() })),
  invitations: z.array(
    z.object({ ...place, role: z.enum(roles), invitationId: z.string(), expiresAtMs: z.number(), byEmail: z.string().nullable() }),
  ),
})
const signInsAnswer = z.object({
  signIns: z.array(
    z.object({
      signInId: z.string(),
      createdAtMs: z.number(),
      lastUsedAtMs: z.number(),
      provenAtMs: z.number(),
      agent: z.string(),
      method: z.enum(signInMethods),
      isCurrent: z.boolean(),
    }),
  ),
})

export interface MeRoutesDeps {
  readonly identity: ApiIdentity
  readonly spaces: Pick<ApiSpaces, 'get'>
  readonly roster: Pick<ApiRoster, 'spacesOf'>
}

/** What a person sees and changes of themselves: profile, address, sign-ins. */
export function meRoutes({ identity, spaces, roster }: MeRoutesDeps): readonly Route[] {
  const me = async (caller: PersonCaller) => {
    const [person, places, provenAtMs] = await Promise.all([
      identity.people.get(caller.personId),
      roster.spacesOf(caller.personId),
      identity.provenAtMs(caller),
    ])
    if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
    const rows = await Promise.all(
      placesInReach(caller, places).map(async ({ spaceId, member }) => ({ space: await spaces.get(spaceId), member })),
    )
    const known = rows.flatMap(({ space, member }) => (space === undefined ? [] : [{ space, member }]))
    const mine = known.filter(({ member }) => member.invitation === undefined)
    const home = mine.find(({ space }) => space.spaceId === caller.homeSpaceId) ?? mine[0]
    const invitations = known.map(async ({ space, member: { invitation, role } }) => {
      if (invitation === undefined) return []
      const by = await identity.people.get(invitation.byPersonId)
      const { invitationId, expiresAtMs } = invitation
      return [{ spaceId: space.spaceId, name: space.name, role, invitationId, expiresAtMs, byEmail: by?.email ?? null }]
    })
    return {
      personId: person.personId,
      email: person.email,
      name: person.name ?? null,
      timeZone: person.timeZone ?? null,
      theme: person.theme ?? null,
      hasMail: identity.hasMail,
      role: home?.member.role ?? null,
      space: home === undefined ? null : { spaceId: home.space.spaceId, name: home.space.name },
      spaces: mine.map(({ space, member }) => ({
        spaceId: space.spaceId,
        name: space.name,
        role: member.role,
        memberId: member.memberId,
      })),
      invitations: (await Promise.all(invitations)).flat(),
      expiresAtMs: caller.expiresAtMs,
      provenAtMs: provenAtMs ?? null,
      onlySpaceId: caller.onlySpaceId ?? null,
    }
  }
  return [
    personRoute('GET', `${apiBase}/me`, 'self.read', undefined, async ({ caller }) => ({ status: 200, json: await me(caller) }), {
      docs: { summary: 'The person who asks: profile, spaces, and invitations that wait.', answer: meAnswer },
    }),
    personRoute(
      'PATCH',
      `${apiBase}/me`,
      'self.change',
      profileWish,
      async ({ caller, body }) => {
        const clean = typeof body.name === 'string' ? cleanText(body.name, nameBytesMax) : body.name
        const name = typeof clean === 'string' && !isSeen(clean) ? null : clean
        const { timeZone, theme } = body
        await identity.people.change(caller.personId, { name, timeZone, ...(theme === undefined ? {} : { theme }) })
        const subject = { kind: 'person' as const, id: caller.personId }
        return { status: 200, json: await me(caller), audit: [{ action: actionOf(body), subject, details: { what: 'profile' } }] }
      },
      {
        audits: ['profile-changed', 'profile-corrected'],
        docs: { summary: 'Changes name, time zone or theme; null clears one.', answer: meAnswer },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/email`,
      'self.change',
      address,
      async ({ caller, body, ip }) => {
        await identity.requireFresh(caller)
        await identity.addressChanges.request(caller.personId, body.email, ip)
        const subject = { kind: 'person' as const, id: caller.personId }
        return { status: 202, audit: [{ action: actionOf(body), subject, details: { what: 'address-asked' } }] }
      },
      {
        audits: ['profile-changed', 'profile-corrected'],
        docs: { summary: 'Mails a link to a new address, which confirms it. Needs a fresh proof of who it is.', status: 202 },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/email/confirm`,
      'self.change',
      linkToken,
      async ({ caller, body }) => {
        await identity.addressChanges.confirm(caller.personId, body.token)
        const subject = { kind: 'person' as const, id: caller.personId }
        return { status: 204, audit: [{ action: 'profile-changed', subject, details: { what: 'address' } }] }
      },
      { audits: ['profile-changed'], docs: { summary: 'Confirms a new address with the link that was mailed there.', status: 204 } },
    ),
    personRoute(
      'GET',
      `${apiBase}/sign-ins`,
      'self.sign-ins',
      undefined,
      async ({ caller }) => {
        const signIns = await identity.listSignIns(caller.personId)
        const rows = signIns.map(({ signInId, createdAtMs, lastUsedAtMs, provenAtMs, agent, method }) => ({
          signInId,
          createdAtMs,
          lastUsedAtMs,
          provenAtMs,
          agent,
          method,
          isCurrent: signInId === caller.signInId,
        }))
        return { status: 200, json: { signIns: rows } }
      },
      { docs: { summary: 'The browsers a person is signed in with.', answer: signInsAnswer } },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/sign-ins`,
      'self.sign-ins',
      undefined,
      async ({ caller }) => {
        const ended = await identity.endOtherSignIns(caller.personId, caller.signInId)
        return {
          status: 204,
          audit: ended.map((id) => ({ action: 'sign-in-ended' as const, subject: { kind: 'sign-in' as const, id } })),
        }
      },
      { audits: ['sign-in-ended'], docs: { summary: 'Ends all other sign-ins of the person.', status: 204 } },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/sign-ins/:signInId`,
      'self.sign-ins',
      undefined,
      async ({ caller, params }) => {
        const signInId = canonicalUuid(params['signInId']) as SignInId | undefined
        if (signInId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such sign-in.')
        await identity.endSignIn(caller.personId, signInId)
        return {
          status: 204,
          audit: [{ action: 'sign-in-ended', subject: { kind: 'sign-in', id: signInId } }],
          ...(signInId === caller.signInId ? { cookies: clearedSession } : {}),
        }
      },
      { audits: ['sign-in-ended'], docs: { summary: 'Ends one sign-in of the person.', status: 204 } },
    ),
  ]
}

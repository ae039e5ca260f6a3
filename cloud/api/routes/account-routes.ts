import { z } from 'zod'
import type { RemovalPlan } from '../../identity/account/account-removal.ts'
import type { ApiAccount, ApiIdentity } from '../ports.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { apiBase, personRoute, type AuditNote, type Route } from '../route.ts'
import { begunErasure, begunErasureAnswer } from '../begun-erasure.ts'
import { clearedSession } from '../session-cookies.ts'

const typed = z.strictObject({ email: z.string().max(1_000) })
const place = z.object({ spaceId: z.string(), name: z.string() })
const planAnswer = z.object({
  mayDelete: z.boolean(),
  email: z.string(),
  soleAdminOf: z.array(place.extend({ nodes: z.number(), otherMembers: z.number() })),
  leaves: z.array(place),
  goes: z.array(z.object({ what: z.string(), count: z.number() })),
  stays: z.array(z.object({ what: z.string(), why: z.string() })),
  tails: z.array(z.object({ what: z.string(), why: z.string(), forDays: z.number().nullable() })),
  isFresh: z.boolean(),
})

/** What goes with an account, in words, with how many there are now. */
const goes = ({ counts }: RemovalPlan) => [
  { what: 'Your profile: address, name, time zone and theme', count: 1 },
  { what: 'Browsers that are signed in', count: counts.signIns },
  { what: 'Passkeys', count: counts.passkeys },
  { what: 'Linked accounts of other services', count: counts.identities },
  { what: 'API tokens', count: counts.apiTokens },
  { what: 'Memberships of spaces and their rooms', count: counts.memberships },
  { what: 'Invitations that wait for you', count: counts.invitations },
  { what: 'Invitations you sent that nobody has accepted', count: counts.sent },
  { what: 'Browsers that you are notified on', count: counts.browsers },
  { what: 'Silences for yourself alone', count: counts.silences },
  { what: 'Exports that wait for you', count: counts.exports },
  { what: 'Your answer about analytics', count: counts.consents },
]

/** What stays because it belongs to others, and why. */
const stays = [
  { what: 'Spaces you leave, with their nodes', why: 'Others go on using them.' },
  {
    what: 'Boards, rooms and silences you made there for everybody',
    why: 'They belong to the space. Your name is taken out of them: they say that somebody left.',
  },
  { what: 'Claim tokens you made there', why: 'Agents may still be connecting with them. The admins can end them.' },
]

/** What is not gone at once, why, and for how many days at most; null: for good. */
const tails = [
  { what: 'Audit entries', why: 'They prove who did what in a space. They hold a number in place of your name.', forDays: 400 },
  { what: 'Log lines of the server', why: 'They hold numbers and codes, no names and no addresses.', forDays: 30 },
  { what: 'The log of changes', why: 'It brings a backup up to date. What was sealed for you in it opens no more.', forDays: 7 },
  {
    what: 'Backups taken before',
    why: 'What was sealed for you in them opens no more, and a restored copy is cleared of you before it serves. The certificate says until when they are kept.',
    forDays: null,
  },
  {
    what: 'A copy for reports in BigQuery, if there is one',
    why: 'Deleted rows can be had back there for 14 days. They hold pseudonyms only.',
    forDays: 14,
  },
  {
    what: 'A note that your key is destroyed',
    why: 'It keeps a key from being made for your number again. It holds the number and the time, and nothing says whose the number was.',
    forDays: null,
  },
  {
    what: 'A keyed hash in the ledger of erasures',
    why: 'It keeps every copy from bringing you back. It does not say who you were.',
    forDays: null,
  },
]

export interface AccountRoutesDeps {
  readonly identity: ApiIdentity
  readonly account: ApiAccount
}

/** Deleting the own account: what it would do, and doing it (D3). */
export function accountRoutes({ identity, account }: AccountRoutesDeps): readonly Route[] {
  return [
    personRoute(
      'GET',
      `${apiBase}/me/deletion`,
      'self.change',
      undefined,
      async ({ caller }) => {
        const plan = await account.plan(caller.personId)
        const isFresh = await identity.requireFresh(caller).then(
          () => true,
          (thrown: unknown) => {
            if (thrown instanceof ThroughlineError && thrown.code === 'FRESH_SIGN_IN_NEEDED') return false
            throw thrown
          },
        )
        const soleAdminOf = plan.soleAdminOf.map(({ spaceId, name, nodes, otherMembers }) => ({ spaceId, name, nodes, otherMembers }))
        const leaves = plan.leaves.map(({ spaceId, name }) => ({ spaceId, name }))
        const mayDelete = soleAdminOf.length === 0
        return { status: 200, json: { mayDelete, email: plan.email, soleAdminOf, leaves, goes: goes(plan), stays, tails, isFresh } }
      },
      { docs: { summary: 'What deleting the account would erase, and what stays.', answer: planAnswer } },
    ),
    personRoute(
      'DELETE',
      `${apiBase}/me`,
      'self.change',
      typed,
      async ({ caller, body }) => {
        await identity.requireFresh(caller)
        const { personId } = caller
        const { left, erasure } = await account.remove(personId, body.email)
        const subject = { kind: 'person' as const, id: personId }
        const audit: AuditNote[] = [
          ...left.map((spaceId): AuditNote => ({ action: 'space-left', spaceId, subject, details: { why: 'account-deleted' } })),
          { action: 'account-deleted', spaceId: undefined, subject },
        ]
        return { status: 202, json: begunErasure(erasure), cookies: clearedSession, audit }
      },
      {
        audits: ['account-deleted', 'space-left'],
        docs: {
          summary:
            'Erases the account. Needs a fresh proof of who it is, and the typed address. What follows can be looked at without a session.',
          answer: begunErasureAnswer,
          status: 202,
        },
      },
    ),
  ]
}

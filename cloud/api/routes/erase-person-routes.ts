import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { PersonId } from '../../../src/domain/ids.ts'
import { begunErasure, begunErasureAnswer } from '../begun-erasure.ts'
import type { ApiAccount, ApiIdentity } from '../ports.ts'
import { apiBase, personRoute, type AuditNote, type Route } from '../route.ts'

/** Erasing somebody who asked for it by letter: the very path of the profile, for the operator alone (D7). */
export function erasePersonRoutes({
  identity,
  account,
}: {
  readonly identity: Pick<ApiIdentity, 'people'>
  readonly account: Pick<ApiAccount, 'remove'>
}): readonly Route[] {
  return [
    personRoute(
      'DELETE',
      `${apiBase}/people/:personId`,
      'operate',
      undefined,
      async ({ params }) => {
        const personId = (params['personId'] ?? '') as PersonId
        const person = await identity.people.get(personId)
        if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such person.')
        const { left, erasure } = await account.remove(personId, person.email)
        const subject = { kind: 'person' as const, id: personId }
        const audit: AuditNote[] = [
          ...left.map((spaceId): AuditNote => ({ action: 'space-left', spaceId, subject, details: { why: 'account-deleted' } })),
          { action: 'account-deleted', spaceId: undefined, subject, details: { why: 'by-letter' } },
        ]
        return { status: 202, json: begunErasure(erasure), audit }
      },
      {
        audits: ['account-deleted', 'space-left'],
        docs: {
          summary: 'Erases the account of somebody who asked for it by letter, as they could themselves; for the operator.',
          answer: begunErasureAnswer,
          status: 202,
        },
      },
    ),
  ]
}

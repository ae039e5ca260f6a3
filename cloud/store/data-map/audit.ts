import { auditDetails, type AuditDetail } from '../../../src/domain/audit-details.ts'
import { auditActions } from '../../../src/domain/audit.ts'
import { group, list, number, oneOf, optional, plain, text, type Field } from './field.ts'
import { days, kind } from './kind-facts.ts'
import { nodeId, personId, time } from './words.ts'

const audit = { class: 'audit', subject: 'space', mirrored: false, logged: true, retentionMs: days(400) } as const
const retention = '400 days; what a space did stays for the operator when the space is deleted'
const erasure =
  'Nothing of it can be taken out without breaking the chain that proves it: it says ids alone, which belong to nobody once an account is gone, and goes after 400 days.'

/** The words besides ids are one list for all entries, in `src/domain/audit-details.ts`. */
const details = Object.fromEntries(Object.entries(auditDetails).map(([name, purpose]) => [name, optional(plain(purpose))])) as {
  readonly [K in AuditDetail]: Field<string | number | boolean, true>
}

/** What was done by whom, by ids alone, chained by hashes. */
export const auditKinds = {
  'audit-entry': kind({
    ...audit,
    holds: 'who did what to which thing and when, by ids, chained by hashes',
    retention,
    erasure,
    data: group({
      entries: list(
        group({
          seq: number('find an entry that is missing'),
          atMs: time('show when it was'),
          id: text('deliver an entry once'),
          action: oneOf(auditActions, 'show what was done'),
          via: oneOf(['cookie', 'api-token', 'operator', 'agent', 'link', 'none'], 'show by which way it was done'),
          personId: optional(personId('show who did it')),
          subject: optional(group({ kind: text('show to what it was done'), id: text('show to what it was done') })),
          roomIds: optional(list(text('show it to those who may see the room'))),
          nodeId: optional(nodeId('show to what it was done')),
          claimId: optional(text('show by which agent')),
          details: optional(group(details)),
          prev: text('prove that nothing was changed'),
          hash: text('prove that nothing was changed'),
        }),
      ),
    }),
  }),
  'audit-head': kind({
    ...audit,
    holds: 'where the audit of a space begins and ends',
    retention: '400 days after the last entry',
    erasure,
    data: group({
      seq: number('find an entry that is missing'),
      hash: text('prove that nothing was changed'),
      atMs: time('keep the entries in order of time'),
      begins: group({
        seq: number('prove a chain whose beginning is past its days'),
        prev: text('prove a chain whose beginning is past its days'),
      }),
    }),
  }),
}

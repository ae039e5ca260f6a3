/**
 * [DM15] (D2) Negative compile tests of the data map: each marked line must be an error, or `npm run typecheck` fails. Nothing here runs.
 */
import type { AgentAnswer } from '../../cloud/bus/port.ts'
import type { ItemContent } from '../../cloud/metadata/change-item.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Ephemeral } from '../../src/domain/ephemeral.ts'
import type { AuditEvent } from '../../src/domain/audit.ts'
import type { ShownValue } from '../../src/domain/shown-value.ts'
import type { Log } from '../../src/support/log.ts'

declare const store: MetadataStore
declare const live: Ephemeral
declare const answer: AgentAnswer
declare const shown: ShownValue
declare const log: Log
declare const someText: string

const place = { partition: 'person#1', sort: 'person' } as const
const ada = { email: 'ada@example.org', createdAtMs: 1 } as const

export function fields(): void {
  void store.write({ ...place, kind: 'person', data: ada }, 'absent')
  void store.write({ ...place, kind: 'person', data: { ...ada, theme: 'dark', name: undefined } }, 'absent')
  // @ts-expect-error a field that is not in the map
  void store.write({ ...place, kind: 'person', data: { ...ada, shoeSize: 44 } }, 'absent')
  // @ts-expect-error a field of another type
  void store.write({ ...place, kind: 'person', data: { ...ada, createdAtMs: 'yesterday' } }, 'absent')
  // @ts-expect-error a word that is not among those there are
  void store.write({ ...place, kind: 'person', data: { ...ada, theme: someText } }, 'absent')
  // @ts-expect-error a field that is missing
  void store.write({ ...place, kind: 'person', data: { email: 'ada@example.org' } }, 'absent')
  // @ts-expect-error the data of another kind
  void store.write({ ...place, kind: 'room', data: ada }, 'absent')
  // @ts-expect-error a kind that is not in the map
  void store.write({ ...place, kind: 'diary', data: {} }, 'absent')
  // @ts-expect-error plain data that nobody drew
  void store.write({ ...place, kind: 'person', data: JSON.parse(someText) as Record<string, string> }, 'absent')
}

export function depths(): void {
  const member = { memberId: 'm', personId: 'p', role: 'admin', sinceMs: 1 } as const
  void ({ kind: 'roster', data: { members: [member] } } satisfies ItemContent)
  // @ts-expect-error a field too many inside a list
  void ({ kind: 'roster', data: { members: [{ ...member, email: 'ada@example.org' }] } } satisfies ItemContent)
  // @ts-expect-error a wrong form inside a tuple
  void ({ kind: 'told-alerts', data: { done: [['claim', '7']] } } satisfies ItemContent)
  // @ts-expect-error a value inside a record of texts
  void ({ kind: 'sign-in-flow', data: { purpose: 'p', hash: 'h', content: { value: 1 } } } satisfies ItemContent)
}

export function liveValues(): void {
  // @ts-expect-error a live value is no field
  void store.write({ ...place, kind: 'person', data: { ...ada, name: live } }, 'absent')
  // @ts-expect-error nor is an answer of an agent
  void store.write({ ...place, kind: 'alert-config', data: { name: 'a', fields: answer } }, 'absent')
  // @ts-expect-error nor a value on its way into a message
  void store.write({ ...place, kind: 'alert-config', data: { name: 'a', fields: { value: shown } } }, 'absent')
}

export function logAndAudit(): void {
  log.info('claimed', { code: 'A' })
  // @ts-expect-error a field of the log that is not declared
  log.info('claimed', { email: 'ada@example.org' })
  // @ts-expect-error nor by the back door
  log.info('claimed', { code: shown })
  const details: AuditEvent['details'] = { role: 'admin' }
  // @ts-expect-error a word of the audit that is not declared
  const more: AuditEvent['details'] = { email: 'ada@example.org' }
  return void [details, more]
}

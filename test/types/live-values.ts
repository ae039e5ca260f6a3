/**
 * [EP1] Negative compile tests: each marked line must be an error, or `npm run typecheck` fails. Nothing here runs.
 */
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { AgentAnswer } from '../../cloud/bus/port.ts'
import type { Ephemeral } from '../../src/domain/ephemeral.ts'
import type { ShownValue } from '../../src/domain/shown-value.ts'
import type { Outcome } from '../../cloud/notify/ports.ts'
import type { LogFields, Storable } from '../../src/domain/storable.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Log } from '../../src/support/log.ts'

declare const live: Ephemeral
declare const answer: AgentAnswer
declare const shown: ShownValue
declare const store: MetadataStore
declare const log: Log
/** The labels and values of a metric, as metric libraries take them. */
declare const counter: { inc(labels: Readonly<Record<string, string | number>>, value?: number): void }

const key = { partition: 'space', sort: 'node', kind: 'node' } as const
const node = { machineGuid: 'm', hostname: 'edge-3', roomIds: [], createdAtMs: 1, instances: [] } as const

export function stores(): void {
  void store.write({ ...key, data: node }, 'absent')
  // @ts-expect-error a live value is nothing a store takes
  void store.write({ ...key, data: live }, 'absent')
  // @ts-expect-error nor inside something
  void store.write({ ...key, data: { ...node, roomIds: [live] } }, 'absent')
  // @ts-expect-error nor in the compressed part
  void store.write({ ...key, data: node, blob: live }, 'absent')
  // @ts-expect-error nor a whole answer
  void store.write({ ...key, data: answer }, 'absent')
  // @ts-expect-error nor by the general word for what may be kept
  const storable: Storable = { deep: { deeper: live } }
  return void storable
}

export function logs(): void {
  log.info('answered', { httpStatus: answer.httpStatus })
  // @ts-expect-error a live value is no field of a log line
  log.info('answered', { body: live })
  // @ts-expect-error nor are all the fields
  log.error('answered', live)
  // @ts-expect-error nor an event name
  log.warn(live)
  // @ts-expect-error nor inside a field
  const fields: LogFields = { answer }
  return void fields
}

export function errors(): void {
  void new ThroughlineError('AGENT_PROTOCOL', 'words')
  // @ts-expect-error a live value is no message
  void new ThroughlineError('AGENT_PROTOCOL', live)
}

export function metrics(): void {
  counter.inc({ node: 'a' })
  // @ts-expect-error a live value is no label
  counter.inc({ node: live })
  // @ts-expect-error nor a value
  counter.inc({ node: 'a' }, live)
}

export function escapes(): void {
  // @ts-expect-error its bytes have no name
  void live.bytes
  // @ts-expect-error it is no view of bytes
  const bytes: Uint8Array = live
  // @ts-expect-error it is no text
  const text: string = live
  return void [bytes, text]
}

export function shownValues(): void {
  // @ts-expect-error the value that a message says is nothing a store takes
  void store.write({ ...key, data: shown }, 'absent')
  // @ts-expect-error nor inside something
  void store.write({ ...key, data: { ...node, roomIds: [shown] } }, 'absent')
  // @ts-expect-error nor a field of a log line
  log.info('sent', { value: shown })
  // @ts-expect-error nor what is said of an attempt
  const outcome: Outcome = { is: 'refused', problem: shown }
  // @ts-expect-error nor the message of an error
  void new ThroughlineError('OUTBOUND_FAILED', shown)
  // @ts-expect-error nor text
  const text: string = shown
  return void [outcome, text]
}

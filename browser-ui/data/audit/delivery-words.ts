import type { AuditDelivery, AuditDeliveryState } from './audit-answers.ts'

/** How far each target came, in a sentence each. */
export function deliveryWords({ webhookState, syslogState, lastSeq = 0 }: AuditDelivery): readonly string[] {
  return [...words('The webhook', webhookState, lastSeq), ...words('Syslog', syslogState, lastSeq)]
}

function words(name: string, state: AuditDeliveryState | null | undefined, lastSeq: number): readonly string[] {
  if (state === null || state === undefined) return []
  const waiting = Math.max(0, lastSeq - state.seq)
  const left = waiting === 0 ? 'everything up to now' : `entries up to ${state.seq}; ${waiting} wait`
  const took = state.deliveredAtMs === null && waiting > 0 ? `took nothing yet; ${waiting} wait` : `has ${left}`
  return [`${name} ${took}.${state.problem === null ? '' : ` Last problem: ${state.problem}`}`]
}

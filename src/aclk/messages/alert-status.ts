import type { AlertStatus } from '../../domain/model.ts'

/** The wire's `AlarmStatus`, by number (aclk §6.7). */
const statuses = ['null', 'unknown', 'removed', 'undefined', 'clear', 'warning', 'critical'] as const satisfies readonly AlertStatus[]

/** Our word for a number of the wire; 'unknown' for numbers no version uses. */
export function alertStatusOf(wire: number): AlertStatus {
  return statuses[wire] ?? 'unknown'
}

/** The wire's number for our word. */
export function wireAlertStatus(status: AlertStatus): number {
  return statuses.indexOf(status)
}

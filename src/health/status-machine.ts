import type { AlertRuleConfig } from './alert-document.ts'
import { statusNumbers } from './expression/evaluate.ts'

/** What a rule can find. `uninitialized`: it has not been evaluated yet. */
export type HealthStatus = 'uninitialized' | 'undefined' | 'clear' | 'warning' | 'critical'

/** Where an alert stands between two evaluations. Times are epoch seconds. */
export interface StatusState {
  readonly status: HealthStatus
  /** When it took this status; 0 before the first. */
  readonly sinceS: number
  /** The delays in force, grown by what changed within them. Seconds. */
  readonly delayUpS: number
  readonly delayDownS: number
  /** Until when the last change is held back from messages; 0: it never was. */
  readonly heldUntilS: number
}

/** One change. It happens at once; messages about it wait for `heldUntilS`. */
export interface StatusChange {
  readonly atS: number
  readonly status: HealthStatus
  readonly oldStatus: HealthStatus
  readonly delayS: number
  readonly heldUntilS: number
}

export const freshState: StatusState = { status: 'uninitialized', sinceS: 0, delayUpS: 0, delayDownS: 0, heldUntilS: 0 }

/**
 * The status that two conditions give: undefined ones say nothing, any other number than 0 raises, critical outranks warning. A
 * condition that is not written is not in the list.
 */
export function statusOf(results: { readonly warning?: number | undefined; readonly critical?: number | undefined }): HealthStatus {
  if (results.critical !== undefined && results.critical !== 0) return 'critical'
  if (results.warning !== undefined && results.warning !== 0) return 'warning'
  return results.critical === 0 || results.warning === 0 ? 'clear' : 'undefined'
}

/**
 * The state after an evaluation, and the change if there was one. A change within the delay of the one before makes the delays grow
 * by `multiplier` up to `max`, as agents do (agent-api §11.5).
 */
export function advance(
  state: StatusState,
  status: HealthStatus,
  nowS: number,
  delay: AlertRuleConfig['action']['delay'],
): { readonly state: StatusState; readonly change: StatusChange | undefined } {
  if (status === state.status) return { state, change: undefined }
  const isCalm = nowS > state.heldUntilS
  const grown = (current: number) => Math.min(Math.trunc(current * delay.multiplier), delay.max)
  const delayUpS = isCalm ? delay.up : grown(state.delayUpS)
  const delayDownS = isCalm ? delay.down : grown(state.delayDownS)
  const delayS = statusNumbers[status] > statusNumbers[state.status] ? delayUpS : delayDownS
  const heldUntilS = nowS + delayS
  return {
    state: { status, sinceS: nowS, delayUpS, delayDownS, heldUntilS },
    change: { atS: nowS, status, oldStatus: state.status, delayS, heldUntilS },
  }
}

/** Whether somebody has to be reminded: after each interval of the present status, once it is no longer held back. 0: never. */
export function repeatDueS(state: StatusState, repeat: AlertRuleConfig['action']['repeat'], lastToldS: number): number | undefined {
  if (!repeat.enabled) return undefined
  const everyS = state.status === 'critical' ? repeat.critical : state.status === 'warning' ? repeat.warning : 0
  return everyS === 0 ? undefined : Math.max(lastToldS, state.heldUntilS) + everyS
}

import type { AlertStatus } from '../../../src/domain/model.ts'
import type { AlertSet, AlertState } from './alert-set.ts'

/** Whether a status asks for somebody's attention. */
export function isRaised(status: AlertStatus): boolean {
  return status === 'warning' || status === 'critical'
}

/** Statuses that say something of the host; the others say that the agent does not know yet, or cannot. */
function isTellable(status: AlertStatus): boolean {
  return isRaised(status) || status === 'clear' || status === 'removed'
}

/** Raised, cleared and raised again since, as far as the agent remembers: the same status, and yet something happened. */
export function isRaisedAgain(state: Pick<AlertState, 'status' | 'oldStatus' | 'whenS'>, before: { status: AlertStatus; whenS: number }) {
  return isRaised(state.status) && state.status === before.status && state.oldStatus === 'clear' && state.whenS > before.whenS
}

/**
 * What may have to be told of when the stored alerts become the next ones, in the order in which it happened. An alert that is raised
 * at first sight counts; one that is clear does only where it was told as raised before, through whichever agent. A raised alert that
 * is not there any more counts as removed at `nowS`.
 */
export function changesBetween(stored: AlertSet, next: AlertSet, isToldRaised: (key: string) => boolean, nowS: number): AlertState[] {
  const changes: AlertState[] = []
  for (const [key, state] of next) {
    const before = stored.get(key)
    if (before === state || !isTellable(state.status)) continue
    const isNews = isRaised(state.status)
      ? before?.status !== state.status || isRaisedAgain(state, before)
      : before?.status !== state.status && ((before !== undefined && isRaised(before.status)) || isToldRaised(key))
    if (isNews) changes.push(state)
  }
  for (const [key, before] of stored) {
    if (next.has(key) || !(isRaised(before.status) || isToldRaised(key))) continue
    changes.push({ ...before, status: 'removed', oldStatus: before.status, whenS: nowS, transitionId: undefined })
  }
  return changes.sort((a, b) => a.whenS - b.whenS)
}

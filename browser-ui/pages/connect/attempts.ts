import type { ConnectAttempt } from '../../link/api.ts'

/** More rows say no more: the newest explain why nothing arrives. */
const shownMax = 6

/** The attempts newer than that, newest first. */
export function attemptsSince(attempts: readonly ConnectAttempt[], sinceMs: number): readonly ConnectAttempt[] {
  return attempts.filter(({ atMs }) => atMs > sinceMs).slice(0, shownMax)
}

/** The time of the newest attempt, by the cloud's clock; what comes later is new. */
export function newestAttemptMs(attempts: readonly ConnectAttempt[]): number {
  return Math.max(0, ...attempts.map(({ atMs }) => atMs))
}

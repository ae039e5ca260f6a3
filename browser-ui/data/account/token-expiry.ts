const dayMs = 86_400_000

/** For how long a new API token may count; the cloud's own choice is 90 days. */
export const tokenLives = [
  { label: '1 day', forMs: dayMs },
  { label: '7 days', forMs: 7 * dayMs },
  { label: '30 days', forMs: 30 * dayMs },
  { label: '90 days', forMs: 90 * dayMs },
  { label: '1 year', forMs: 365 * dayMs },
  { label: '10 years', forMs: 3650 * dayMs },
] as const
export const usualLifeMs = 90 * dayMs

/** How a token stands: it counts, it soon ends (within a week), or it has ended. */
export function tokenState(expiresAtMs: number, nowMs: number): 'good' | 'soon' | 'ended' {
  if (expiresAtMs <= nowMs) return 'ended'
  return expiresAtMs - nowMs <= 7 * dayMs ? 'soon' : 'good'
}

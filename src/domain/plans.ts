/** How much a space may have; null: as much as the product can hold. */
export interface Quotas {
  /** People, invited ones included. */
  readonly members: number | null
  /** Besides "All nodes". */
  readonly rooms: number | null
  /** Agents' own nodes: a claim beyond is refused. Children that stream through a parent are not turned away. */
  readonly nodes: number | null
  /** Claim tokens that can be used at the same time. */
  readonly claimTokens: number | null
  /** Notification channels. */
  readonly channels: number | null
}

const none: Quotas = { members: null, rooms: null, nodes: null, claimTokens: null, channels: null }

/** The plans an installation can put its spaces on (THROUGHLINE_PLAN); `unlimited`, which bounds nothing, is what everybody gets. */
export const plans = {
  unlimited: none,
  community: { members: 5, rooms: 5, nodes: 5, claimTokens: 5, channels: 2 },
  team: { members: 50, rooms: 50, nodes: 100, claimTokens: 20, channels: 20 },
} as const satisfies Readonly<Record<string, Quotas>>

export type PlanName = keyof typeof plans

/** Whether a plan bounds anything. */
export function hasQuotas(plan: PlanName): boolean {
  return Object.values(plans[plan]).some((quota) => quota !== null)
}

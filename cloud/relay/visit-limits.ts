/** When a visit of a node is over, and how many are remembered at a time. */
export const relayVisitLimits = {
  /** Nothing watched and nothing read for this long ends a visit. */
  absenceMs: 120_000,
  sweepMs: 5_000,
  visits: 50_000,
} as const

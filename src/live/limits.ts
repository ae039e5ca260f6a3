/** Sizes and times of the live protocol; security requirements §1, row Live relay. */
export const liveLimits = {
  messageBytes: 64 * 1024,
  contextsPerSubscription: 1_000,
  subscriptions: 64,
  queriesInFlight: 32,
  minCadenceMs: 1_000,
  maxCadenceMs: 60_000,
  maxPoints: 4_000,
  /** What the page inflates at most from one answer. */
  inflatedBytes: 64 * 1024 * 1024,
  queueSoftBytes: 1024 * 1024,
  queueHardBytes: 4 * 1024 * 1024,
  noProgressMs: 10_000,
  /** After the last viewer leaves, the stream waits this long for a return before the agent is told. */
  leaveGraceMs: 500,
} as const

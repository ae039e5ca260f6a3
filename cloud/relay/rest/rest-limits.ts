/** What one call of an existing client may cost. Times are milliseconds. */
export const restLimits = {
  bodyBytes: 64 * 1024,
  jsonDepth: 32,
  bodyMs: 10_000,
  /** What one answer may be when it is inflated, all answers of one call, and all calls at a time. */
  openedBytes: 16 * 1024 * 1024,
  openedBytesPerCall: 64 * 1024 * 1024,
  openedBytesAtOnce: 128 * 1024 * 1024,
  /** Clients give up after ten seconds unless they say another time (cloud-api §1.2, §9.2); agents get most of it. */
  defaultTimeoutMs: 10_000,
  maxTimeoutMs: 60_000,
  timeoutShare: 0.85,
  /** What may take longer: functions and correlations. */
  longTimeoutMs: 120_000,
  /** Questions of one call under way at a time, and nodes it may ask. */
  asksAtOnce: 64,
  nodes: 2_000,
  nodesPerQuestion: 500,
  /** Rows when several agents answer, and when one does (cloud-api §9.2). */
  mergedPoints: 500,
  points: 4_000,
  /** Cells of a table we build. */
  cells: 2_000_000,
  listItems: 5_000,
  reads: { readsPerSecond: 30, readBurst: 200, readsAtOnce: 40 },
} as const

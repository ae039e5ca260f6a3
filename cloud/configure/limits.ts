/** Bounds of configuring agents. */
export const configureLimits = {
  /** Bytes of an agent's tree, inflated; 958 alerts of an agent of today are 0.6 MB. */
  treeBytes: 8 * 1024 * 1024,
  documentBytes: 1024 * 1024,
  alertsPerAgent: 10_000,
  /** How long an agent may work on a question, and how much longer we wait for the answer. */
  askTimeoutMs: 30_000,
  askGraceMs: 5_000,
  /** Agents that are asked at a time. */
  agentsAtOnce: 8,
  documentsPerSpace: 500,
  /** Versions whose text is kept, and all of which is still told who made them, and when. */
  versionsKept: 50,
  versionsTold: 200,
  versionBytes: 150 * 1024,
  noteChars: 500,
  nodesPerRun: 1_000,
  runsPerDocument: 20,
  /** How long a run can be asked about after it began. */
  runKeptMs: 7 * 24 * 3_600_000,
  /** How long a change waits for a node that is away. */
  waitMs: 30 * 24 * 3_600_000,
  waitLookMs: 10_000,
  waitAgainMs: 60_000,
} as const

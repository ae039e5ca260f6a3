/** How reachability is told of. */
export const reachLimits = {
  /** After the presence's own grace, unless a room or the space says something else (cloud-api §8.1). */
  defaultDelayS: 60,
  delay: { leastS: 30, mostS: 24 * 3_600 },
  /** How long a node has to be back before that is told. */
  backDelayMs: 30_000,
  /** Nodes that go, or come back, within this are looked at together. */
  withinMs: 60_000,
  /** So many at once are one piece of news, or this share of the space. */
  quorumNodes: 5,
  quorumShare: 0.3,
  /** How long agents get to come back after a start of the cloud: as long as ten thousand of them need (security requirement F8). */
  returnMs: 300_000,
  lookMs: 1_000,
  retryMs: 5_000,
  /** One item holds them. */
  nodesPerSpace: 14_000,
  settingsPerSpace: 500,
} as const

/** From how many nodes on their going is one piece of news; never from a single one. */
export function quorumOf(nodesInSpace: number): number {
  return Math.max(2, Math.min(reachLimits.quorumNodes, Math.ceil(nodesInSpace * reachLimits.quorumShare)))
}

import type { NodeSummary } from '../../link/api.ts'

/** Something that happened to a node lately. */
export interface RecentNode {
  readonly nodeId: string
  readonly hostname: string
  /** Removed ones lead nowhere any more. */
  readonly what: 'connected' | 'silent' | 'removed'
  readonly atMs: number
}

const connectedMs = 7 * 86_400_000
const silentMs = 86_400_000

/** Nodes that joined within a week or fell silent within a day, and those that went while the page was open, newest first. */
export function recentNodes(nodes: readonly NodeSummary[], removed: readonly RecentNode[], nowMs: number, most = 6): readonly RecentNode[] {
  const rows: RecentNode[] = [...removed]
  for (const { nodeId, hostname, state, createdAtMs, lastSeenAtMs } of nodes) {
    if (nowMs - createdAtMs < connectedMs) rows.push({ nodeId, hostname, what: 'connected', atMs: createdAtMs })
    const isSilent = state === 'offline' && lastSeenAtMs !== null && lastSeenAtMs !== undefined && nowMs - lastSeenAtMs < silentMs
    if (isSilent) rows.push({ nodeId, hostname, what: 'silent', atMs: lastSeenAtMs })
  }
  return rows.sort((a, b) => b.atMs - a.atMs).slice(0, most)
}

/** Nodes that were listed before and are not any more. */
export function removedBetween(before: readonly NodeSummary[], after: readonly NodeSummary[], nowMs: number): readonly RecentNode[] {
  const left = new Set(after.map(({ nodeId }) => nodeId))
  return before
    .filter(({ nodeId }) => !left.has(nodeId))
    .map(({ nodeId, hostname }) => ({ nodeId, hostname, what: 'removed', atMs: nowMs }))
}

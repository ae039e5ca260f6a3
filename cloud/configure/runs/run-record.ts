import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { ItemContent } from '../../metadata/change-item.ts'
import type { StoredItem } from '../../store/port.ts'
import { configureLimits } from '../limits.ts'

const runActions = ['apply', 'restore', 'check'] as const
export type RunAction = (typeof runActions)[number]

/** What became of one node of a run. */
export interface RunResult {
  readonly nodeId: NodeId
  /** The node of the agent that evaluates its alerts, when that is another one. */
  readonly viaNodeId: NodeId | null
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** How the agent answered. */
  readonly status: number | null
  /** One sentence of ours. */
  readonly problem: string | null
}

/** A change of several nodes that somebody asked for. */
export interface Run {
  readonly runId: string
  readonly spaceId: SpaceId
  readonly documentId: string
  readonly action: RunAction
  /** The version that is applied. */
  readonly version: number | null
  readonly nodeIds: readonly NodeId[]
  readonly by: PersonId
  readonly startedAtMs: number
  /** Undefined while it is under way. */
  readonly results: readonly RunResult[] | undefined
}

type RunRecord = {
  documentId: string
  action: RunAction
  version: number | null
  nodeIds: NodeId[]
  by: PersonId
  startedAtMs: number
  results?: { nodeId: NodeId; viaNodeId: NodeId | null; state: RunResult['state']; status: number | null; problem: string | null }[]
}

/** The item of a run; it goes by itself a week after its start. */
export function runContent(run: Omit<Run, 'runId' | 'spaceId'>): ItemContent {
  const { documentId, action, version, nodeIds, by, startedAtMs, results } = run
  const record: RunRecord = {
    documentId,
    action,
    version,
    nodeIds: [...nodeIds],
    by,
    startedAtMs,
    ...(results === undefined ? {} : { results: results.map((result) => ({ ...result })) }),
  }
  return { kind: 'alert-run', data: record, expiresAtMs: startedAtMs + configureLimits.runKeptMs }
}

export function runOf(spaceId: SpaceId, item: StoredItem): Run {
  const record = item.data as RunRecord
  return { ...record, results: record.results, spaceId, runId: item.sort.slice('alert-run/'.length) }
}

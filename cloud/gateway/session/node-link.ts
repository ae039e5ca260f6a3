import { unknownVersionHash } from '../../../src/domain/version-hash.ts'
import type { AlertTransition, Capability } from '../../../src/domain/model.ts'
import type { SnapshotChunk } from '../decode/alerts.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'

/** How long after the n-th difference in a row the next checkpoint goes out; the last value repeats. */
const checkpointDelaysMs = [0, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000] as const
/** After so many differences our own hash is not believed any more either. */
const ownHashTries = 3

/** What one link knows of one node: where its streams stand. */
export class NodeLink {
  /** Withdraws the route from the bus. */
  withdraw: (() => void) | undefined
  isStreaming = false
  hops = 0
  capabilities: readonly Capability[] = []
  #differences = 0
  #storedHash = 0n
  #checkpointDueMs: number | undefined
  #snapshot: { id: string; next: number; transitions: AlertTransition[] } | undefined

  /** Compares what is stored with what the agent says; a difference makes a checkpoint due, later each time (aclk §6.6). */
  compareHashes(stored: bigint, announced: bigint, nowMs: number): void {
    if (stored === announced) {
      this.#differences = 0
      this.#checkpointDueMs = undefined
      return
    }
    this.#storedHash = stored
    const delayMs = checkpointDelaysMs[Math.min(this.#differences, checkpointDelaysMs.length - 1)] ?? 0
    this.#differences += 1
    this.#checkpointDueMs ??= nowMs + delayMs
  }

  /** The hash to send in a checkpoint that is due now, once. */
  takeDueCheckpoint(nowMs: number): bigint | undefined {
    if (this.#checkpointDueMs === undefined || nowMs < this.#checkpointDueMs) return undefined
    this.#checkpointDueMs = undefined
    return this.#differences > ownHashTries ? unknownVersionHash : this.#storedHash
  }

  /** Collects the chunks of one snapshot, which come in order; answers all alerts with the last. */
  collect(chunk: SnapshotChunk): readonly AlertTransition[] | undefined {
    if (chunk.chunk === 1) this.#snapshot = { id: chunk.snapshotId, next: 1, transitions: [] }
    const snapshot = this.#snapshot
    const fits =
      snapshot?.id === chunk.snapshotId &&
      snapshot.next === chunk.chunk &&
      snapshot.transitions.length + chunk.transitions.length <= linkLimits.alerts
    if (snapshot === undefined || !fits) {
      this.#snapshot = undefined
      return undefined
    }
    snapshot.transitions.push(...chunk.transitions)
    snapshot.next += 1
    if (chunk.chunk < chunk.chunks) return undefined
    this.#snapshot = undefined
    return snapshot.transitions
  }
}

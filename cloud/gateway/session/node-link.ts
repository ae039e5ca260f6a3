import { unknownVersionHash } from '../../../src/domain/version-hash.ts'
import type { AlertTransition, Capability } from '../../../src/domain/model.ts'
import type { SnapshotChunk } from '../decode/alerts.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'

/** How long after the n-th difference in a row the next checkpoint goes out; the last value repeats. */
const checkpointDelaysMs = [0, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000] as const
/** After so many differences our own hash is not believed any more either. */
const ownHashTries = 3

const floodWindowMs = 60_000
/** Agents tell of changed contexts every few seconds at most; more than this of one node in a minute is a flood. */
const floodMessages = 120
const floodContexts = 200_000
/** How long a flood is stopped, the n-th time; the last value repeats. */
const floodPausesMs = [60_000, 300_000, 600_000] as const

/** What one link knows of one node: where its streams stand. */
export class NodeLink {
  /** Withdraws the route from the bus. */
  withdraw: (() => void) | undefined
  isStreaming = false
  hops = 0
  isLive = false
  historyFromS: number | undefined
  capabilities: readonly Capability[] = []
  #differences = 0
  #storedHash = 0n
  #checkpointDueMs: number | undefined
  #windowStartMs = Number.NEGATIVE_INFINITY
  #windowMessages = 0
  #windowContexts = 0
  #floods = 0
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  #snapshot: { id: string; next: number; transitions: AlertTransition[] } | undefined

  /**
   * Whether a message of so many contexts is stored. 'flood' once when a node tells too much: its stream is to be stopped, and a
   * checkpoint after the pause takes it up again (aclk §6.6); 'paused' until then.
   */
  admitContexts(count: number, nowMs: number): 'stored' | 'flood' | 'paused' {
    if (nowMs < this.#pausedUntilMs) return 'paused'
    if (nowMs - this.#windowStartMs >= floodWindowMs) {
      this.#windowStartMs = nowMs
      this.#windowMessages = 0
      this.#windowContexts = 0
    }
    this.#windowMessages += 1
    this.#windowContexts += count
    if (this.#windowMessages <= floodMessages && this.#windowContexts <= floodContexts) return 'stored'
    this.#pausedUntilMs = nowMs + (floodPausesMs[Math.min(this.#floods, floodPausesMs.length - 1)] ?? 0)
    this.#floods += 1
    this.#checkpointDueMs = this.#pausedUntilMs
    return 'flood'
  }

  /** Compares what is stored with what the agent says; a difference makes a checkpoint due, later each time (aclk §6.6). */
  compareHashes(stored: bigint, announced: bigint, nowMs: number): void {
    this.#storedHash = stored
    if (stored === announced) {
      this.#differences = 0
      this.#checkpointDueMs = undefined
      return
    }
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

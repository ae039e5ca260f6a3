import { randomUUID } from 'node:crypto'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { AlertTransition, Capability } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { LogHealthReport, RaisedReport } from '../decode/alerts.ts'
import type { AlertEvents, ClaimedAgent } from '../ports.ts'
import type { QuietWarn } from '../quiet-warn.ts'
import type { Command } from './commands.ts'
import { sendAlarmCheckpoint, sendAlarmLogHealth, sendAlarmSnapshot, startAlarmStreaming } from './commands.ts'

/** The three ways agents stream alerts (aclk §0.4): A counts sequences, B compares a checksum, C a version. */
export type AlertGeneration = 'A' | 'B' | 'C'

/** No `health` capability is A, 1 is B, 2 and up is C (aclk §6.2). Health that is switched off keeps its version. */
export function alertGeneration(instance: readonly Capability[], agent: readonly Capability[]): AlertGeneration {
  const version = [...instance, ...agent].find(({ name }) => name === 'health')?.version ?? 0
  return version === 0 ? 'A' : version === 1 ? 'B' : 'C'
}

export interface AlertStreamsDeps {
  readonly agent: ClaimedAgent
  readonly alerts: AlertEvents
  readonly clock: Clock
  readonly warn: QuietWarn
  readonly send: (command: Command) => void
}

/** How often what is stored is compared with what the agent has (aclk §8.4). */
const checkEveryMs = 10 * 60_000
/** A comparison that something calls for: late enough that what is on its way has come. */
const soonMs = 15_000
/** Snapshots asked in a row that did not help; from then on only each `patientChecks`-th difference asks for one. */
const snapshotTries = 3
const patientChecks = 6

interface NodeAlerts {
  readonly generation: AlertGeneration
  dueMs: number
  /** A question of ours is open: only then an answer counts. */
  isAsked: boolean
  /** B: differences in a row. */
  differences: number
  /** A: the stored position at which the last answer showed a gap. */
  gapAt: bigint | undefined
}

/**
 * The alert streams of one link's nodes: starts each from where the store stands, and compares now and then, spread by node id
 * (aclk §6.7, §8.4). What was lost on the way comes again; equal positions cost one small command and no answer.
 */
export class AlertStreams {
  readonly #deps: AlertStreamsDeps
  readonly #nodes = new Map<NodeId, NodeAlerts>()

  constructor(deps: AlertStreamsDeps) {
    this.#deps = deps
  }

  /** Starts a node's stream in this connection. */
  async start(nodeId: NodeId, generation: AlertGeneration): Promise<void> {
    const { agent, alerts, clock, send } = this.#deps
    const dueMs = clock.monotonicMs() + checkEveryMs * shareOf(nodeId)
    this.#nodes.set(nodeId, { generation, dueMs, isAsked: false, differences: 0, gapAt: undefined })
    const position = await alerts.position(agent, nodeId)
    // B tells all that it has in each connection, since its checksum is known from its source only (aclk §12.3).
    send(
      startAlarmStreaming(nodeId, {
        sequenceId: (position?.sequenceId ?? 0n) + 1n,
        version: position?.version ?? 0n,
        resets: generation === 'B',
      }),
    )
  }

  stop(nodeId: NodeId): void {
    this.#nodes.delete(nodeId)
  }

  /** Removed is no proof: 2.11 nightlies can tell it of alerts that live on (fixtures README row 2), so the whole is compared. */
  told(nodeId: NodeId, { status }: AlertTransition): void {
    const node = this.#nodes.get(nodeId)
    if (node?.generation === 'C' && status === 'removed') this.#checkSoon(node)
  }

  /** Generation A's answer. A gap that stays is asked for from the stored position, a log that began anew from its start. */
  async logHealth({ nodeId, firstSequenceId, lastSequenceId }: LogHealthReport): Promise<void> {
    const node = this.#takeAnswer(nodeId, 'A')
    if (node === undefined || lastSequenceId <= 0n) return
    const { agent, alerts, send } = this.#deps
    const stored = (await alerts.position(agent, nodeId))?.sequenceId ?? 0n
    if (lastSequenceId === stored) {
      node.gapAt = undefined
      return
    }
    // Entries may be on their way; the same gap a while later is one.
    if (lastSequenceId > stored && node.gapAt !== stored) {
      node.gapAt = stored
      this.#checkSoon(node)
      return
    }
    node.gapAt = undefined
    const isLogNew = lastSequenceId < stored || firstSequenceId > stored + 1n
    send(startAlarmStreaming(nodeId, { sequenceId: isLogNew ? 1n : stored + 1n, version: 0n, resets: false }))
  }

  /** Generation B's answer: a checksum other than ours brings a snapshot. */
  async checkpoint({ nodeId, checksum }: RaisedReport): Promise<void> {
    const node = this.#takeAnswer(nodeId, 'B')
    if (node === undefined) return
    const { agent, alerts, send } = this.#deps
    const ours = await alerts.raisedChecksum(agent, nodeId)
    if (Buffer.compare(ours, checksum) === 0) {
      node.differences = 0
      return
    }
    node.differences += 1
    const { differences } = node
    if (differences <= snapshotTries || differences % patientChecks === 0) send(sendAlarmSnapshot(agent, nodeId, randomUUID()))
  }

  /** Sends the comparisons that are due. */
  tick(nowMs: number): void {
    for (const [nodeId, node] of this.#nodes) {
      if (nowMs < node.dueMs) continue
      node.dueMs = nowMs + checkEveryMs
      this.#ask(nodeId, node).catch((error: unknown) => {
        this.#deps.warn('alerts_not_compared', { nodeId, why: error instanceof Error ? error.message : undefined })
      })
    }
  }

  async #ask(nodeId: NodeId, node: NodeAlerts): Promise<void> {
    const { agent, alerts, send } = this.#deps
    node.isAsked = true
    if (node.generation === 'A') send(sendAlarmLogHealth(nodeId))
    else if (node.generation === 'B') send(sendAlarmCheckpoint(agent, nodeId, 0n))
    // Silence of C is its yes (aclk §6.7); a difference brings a snapshot.
    else send(sendAlarmCheckpoint(agent, nodeId, (await alerts.position(agent, nodeId))?.version ?? 0n))
  }

  #takeAnswer(nodeId: NodeId, generation: AlertGeneration): NodeAlerts | undefined {
    const node = this.#nodes.get(nodeId)
    if (node?.generation !== generation || !node.isAsked) return undefined
    node.isAsked = false
    return node
  }

  #checkSoon(node: NodeAlerts): void {
    node.dueMs = Math.min(node.dueMs, this.#deps.clock.monotonicMs() + soonMs)
  }
}

/** A node's place within the period, the same each time: above 0, at most 1. */
function shareOf(nodeId: NodeId): number {
  return (Number.parseInt(nodeId.slice(0, 8), 16) + 1) / 2 ** 32
}

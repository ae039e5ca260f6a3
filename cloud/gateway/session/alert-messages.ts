import type { NodeId } from '../../../src/domain/ids.ts'
import {
  decodeAlarmCheckpoint,
  decodeAlarmConfiguration,
  decodeAlarmLogEntry,
  decodeAlarmLogHealth,
  decodeAlarmSnapshot,
} from '../decode/alerts.ts'
import type { AgentPublish } from '../link/link-session.ts'
import type { ClaimedAgent } from '../ports.ts'
import { AlertStreams, type AlertGeneration } from './alert-streams.ts'
import { sendAlarmConfiguration, type Command } from './commands.ts'
import { ConfigQuestions } from './config-questions.ts'
import type { NodeLink } from './node-link.ts'
import type { SessionShared } from './session-shared.ts'

export interface AlertMessagesDeps {
  readonly shared: SessionShared
  readonly agent: ClaimedAgent
  readonly send: (command: Command) => void
  /** How many nodes the agent speaks for. */
  readonly nodes: () => number
  /** Runs `store` for a node that the agent announced; a message that came too early is held. */
  readonly forNode: (
    publish: AgentPublish,
    report: { readonly claimId: string; readonly nodeId: NodeId },
    store: (node: NodeLink) => Promise<void>,
  ) => Promise<'done' | 'held'>
}

/** What one agent tells of the alerts of its nodes, and what it is asked about them (aclk §6.7, §8.4). */
export class AlertMessages {
  readonly #deps: AlertMessagesDeps
  #streams: AlertStreams | undefined
  #configQuestions: ConfigQuestions | undefined

  constructor(deps: AlertMessagesDeps) {
    this.#deps = deps
  }

  /** Undefined: the message is not about alerts. Throws AGENT_PROTOCOL for what cannot be decoded. */
  handle(publish: AgentPublish, payload: Buffer): Promise<'done' | 'held'> | undefined {
    const { shared, agent, forNode } = this.#deps
    const { alerts } = shared.ports
    switch (publish.name) {
      case 'alarm-log':
      case 'alarm-log-v2': {
        const report = decodeAlarmLogEntry(payload)
        return forNode(publish, report, async () => {
          await alerts.transition(agent, report.nodeId, report.transition)
          this.#streams?.told(report.nodeId, report.transition)
          await this.#configs().want([report.transition])
        })
      }
      case 'alarm-snapshot':
      case 'alarm-snapshot-v2': {
        const chunk = decodeAlarmSnapshot(payload)
        return forNode(publish, chunk, async (node) => {
          // A chunk before the last is acknowledged without being stored: a link lost in between brings the whole snapshot again,
          // since the stored position is still the old one.
          const transitions = node.collect(chunk)
          if (transitions === undefined) return
          await alerts.snapshot(agent, chunk.nodeId, transitions)
          await this.#configs().want(transitions)
        })
      }
      case 'alarm-config':
        return this.#configuration(payload)
      case 'alarm-health': {
        const report = decodeAlarmLogHealth(payload)
        return forNode(publish, report, async () => this.#streams?.logHealth(report))
      }
      case 'alarm-checkpoint': {
        const report = decodeAlarmCheckpoint(payload)
        return forNode(publish, report, async () => this.#streams?.checkpoint(report))
      }
      default:
        return undefined
    }
  }

  /** Alerts of a node, from where the store stands. */
  async start(nodeId: NodeId, generation: AlertGeneration): Promise<void> {
    const { shared, agent, send } = this.#deps
    this.#streams ??= new AlertStreams({ agent, alerts: shared.ports.alerts, clock: shared.clock, warn: shared.warn, send })
    await this.#streams.start(nodeId, generation)
  }

  stop(nodeId: NodeId): void {
    this.#streams?.stop(nodeId)
  }

  tick(nowMs: number): void {
    this.#configQuestions?.askNext()
    this.#streams?.tick(nowMs)
  }

  /** The link is over. */
  end(): void {
    this.#configQuestions?.end()
    this.#streams = undefined
  }

  async #configuration(payload: Buffer): Promise<'done'> {
    await this.#configs().receive(decodeAlarmConfiguration(payload), this.#deps.nodes())
    return 'done'
  }

  #configs(): ConfigQuestions {
    const { shared, agent, send } = this.#deps
    this.#configQuestions ??= new ConfigQuestions({
      agent,
      alerts: shared.ports.alerts,
      askedConfigs: shared.askedConfigs,
      send: (hash) => send(sendAlarmConfiguration(hash)),
    })
    return this.#configQuestions
  }
}

import { linkLimits } from '../../../src/aclk/limits.ts'
import type { AlertConfigHash } from '../../../src/domain/ids.ts'
import type { AlertConfig, AlertTransition } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertEvents, ClaimedAgent } from '../ports.ts'
import type { AskedConfigs } from './asked-configs.ts'

export interface ConfigQuestionsDeps {
  readonly agent: ClaimedAgent
  readonly alerts: AlertEvents
  readonly askedConfigs: AskedConfigs
  /** Asks the agent for one configuration; agents stay silent about hashes they do not know (aclk §6.7). */
  readonly send: (hash: AlertConfigHash) => void
}

/** The alert configurations one link is asked for: each unseen hash once, so many at a time. */
export class ConfigQuestions {
  readonly #deps: ConfigQuestionsDeps
  #toAsk: AlertConfigHash[] = []
  readonly #asked = new Set<AlertConfigHash>()
  #received = 0

  constructor(deps: ConfigQuestionsDeps) {
    this.#deps = deps
  }

  /** Asks for those configurations of these alerts that are neither stored nor asked for. */
  async want(transitions: readonly AlertTransition[]): Promise<void> {
    const { agent, alerts, askedConfigs } = this.#deps
    const hashes = transitions.map(({ configHash }) => configHash).filter((hash) => hash !== undefined)
    const fresh = askedConfigs.take(agent.spaceId, hashes)
    if (fresh.length === 0) return
    let missing: AlertConfigHash[]
    try {
      missing = await alerts.missingConfigs(agent, fresh)
    } catch (error) {
      for (const hash of fresh) askedConfigs.forget(agent.spaceId, hash)
      throw error
    }
    this.#toAsk = [...this.#toAsk, ...missing].slice(0, linkLimits.alertConfigs)
    this.askNext()
  }

  /** The next so many; called again by the link's tick. */
  askNext(): void {
    for (const hash of this.#toAsk.splice(0, linkLimits.alertConfigsAsked)) {
      this.#asked.add(hash)
      this.#deps.send(hash)
    }
  }

  /** An agent of `nodes` nodes told a configuration. Throws AGENT_PROTOCOL above the limit of them. */
  async receive(config: AlertConfig, nodes: number): Promise<void> {
    this.#asked.delete(config.hash)
    this.#received += 1
    if (this.#received > linkLimits.alertConfigs * Math.max(1, nodes)) {
      throw new ThroughlineError('AGENT_PROTOCOL', 'The agent sent more alert configurations than the limit.')
    }
    await this.#deps.alerts.config(this.#deps.agent, config)
  }

  /** The link is over: what it did not answer may be asked of others. */
  end(): void {
    const { agent, askedConfigs } = this.#deps
    for (const hash of [...this.#asked, ...this.#toAsk]) askedConfigs.forget(agent.spaceId, hash)
  }
}

import { linkLimits } from '../../../src/aclk/limits.ts'
import { topicNames, topicOf } from '../../../src/aclk/topics/topics.ts'
import { LinkRefusal, reasons } from './reason.ts'

/**
 * Topic aliases of one connection. Agents number them by the issued list and use them even when the defining publish failed, so
 * the list is known beforehand (aclk §4.6); only what differs from it is remembered.
 */
export class TopicAliases {
  readonly #claimId: string
  #defined: Map<number, string> | undefined

  constructor(claimId: string) {
    this.#claimId = claimId
  }

  /** The topic of a publish: its own, which defines the alias if there is one, or the alias's. Throws LinkRefusal. */
  resolve(topic: string, alias: number | undefined): string {
    if (alias === undefined) {
      if (topic === '') throw new LinkRefusal(reasons.protocolError, 'A publish has neither topic nor alias.')
      return topic
    }
    if (topic !== '') {
      if (topic !== this.#known(alias)) this.#define(alias, topic)
      return topic
    }
    const known = this.#known(alias)
    if (known === undefined) throw new LinkRefusal(reasons.aliasInvalid, 'The topic alias was never defined.')
    return known
  }

  #known(alias: number): string | undefined {
    const defined = this.#defined?.get(alias)
    if (defined !== undefined) return defined
    const name = topicNames[alias - 1]
    return name === undefined ? undefined : topicOf(name, this.#claimId)
  }

  /** Any number up to 65535 is taken, since agents do not look at the announced maximum; only the count is bounded. */
  #define(alias: number, topic: string): void {
    this.#defined ??= new Map()
    if (!this.#defined.has(alias) && this.#defined.size >= linkLimits.topicAliasMaximum) {
      throw new LinkRefusal(reasons.aliasInvalid, 'More topic aliases are defined than the limit.')
    }
    this.#defined.set(alias, topic)
  }
}

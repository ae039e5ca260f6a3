/** What the gateway counts; plain numbers, one object for all links. */
export interface GatewayCounters {
  linksOpened: number
  linksRefused: number
  publishes: number
  /** Answers handed on to whoever asked. */
  answers: number
  /** Answers nobody waits for any more, or never did. */
  lateAnswers: number
  /** Messages that could not be decoded. */
  undecodable: number
  /** Messages that speak for somebody else (security requirement P1). */
  mismatched: number
  /** Messages for nodes that were never announced in time. */
  unannounced: number
  /** Messages of contexts left out while a node that floods them is paused. */
  flooded: number
  takeovers: number
  storeTroubles: number
}

export function createCounters(): GatewayCounters {
  return {
    linksOpened: 0,
    linksRefused: 0,
    publishes: 0,
    answers: 0,
    lateAnswers: 0,
    undecodable: 0,
    mismatched: 0,
    unannounced: 0,
    flooded: 0,
    takeovers: 0,
    storeTroubles: 0,
  }
}

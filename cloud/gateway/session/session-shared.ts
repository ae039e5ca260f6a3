import type { Clock } from '../../../src/support/clock.ts'
import type { Bus } from '../../bus/port.ts'
import type { Presence } from '../../presence/port.ts'
import type { GatewayCounters } from '../counters.ts'
import type { AgentPublish } from '../link/link-session.ts'
import type { ClaimedAgent, GatewayPorts } from '../ports.ts'
import type { QuietWarn } from '../quiet-warn.ts'
import type { EgressWatch } from '../egress/egress-watch.ts'
import type { AskedConfigs } from './asked-configs.ts'
import type { Unsettled } from './unsettled.ts'

/** What a session needs of its link. */
export interface SessionLink {
  /** Publishes a command to the agent; false when the link is gone. */
  send(topic: string, payload: Uint8Array): boolean
  /** Publishes a question, which its answer acknowledges; false when the link is gone. */
  ask(topic: string, payload: Uint8Array): boolean
  /** A held message comes back to be handled. */
  resubmit(publish: AgentPublish): void
  /** A held message is given up, and acknowledged. */
  release(publish: AgentPublish): void
}

/** What all sessions of a gateway share. */
export interface SessionShared {
  readonly clock: Clock
  readonly warn: QuietWarn
  readonly counters: GatewayCounters
  readonly ports: GatewayPorts
  readonly presence: Presence
  readonly bus: Bus
  readonly askedConfigs: AskedConfigs
  readonly unsettled: Unsettled
  /** What owners allowed their agents to send. */
  readonly egress?: EgressWatch | undefined
  /** Whether a machine with the same guid that was claimed later is linked, too: that one speaks for the node. */
  isDouble(agent: ClaimedAgent): boolean
}

import type { TopicName } from '../../../src/aclk/topics/topics.ts'

/** A publish of the agent on one of its own topics, waiting for its turn. */
export interface AgentPublish {
  readonly name: TopicName
  readonly payload: Buffer
  /** 0 for QoS 0, which is not acknowledged. */
  readonly packetId: number
}

/** What speaks the agent's language on top of a link. */
export interface LinkSession {
  /** Resolves when the event is durable; 'held' means that the session keeps it and hands it back with `Link.resubmit`. */
  handle(publish: AgentPublish): Promise<'done' | 'held'>
  /** An answer to a question, at once and without waiting for metadata. Whether somebody waited for it. */
  answer(messageId: string, payload: Buffer): boolean
  /** Nodes the link speaks for; its allowance grows with them. */
  readonly nodes: number
  tick(nowMs: number): void
  /** The link is over; `silentForMs`: how long nothing had been heard of it. */
  end(silentForMs: number): void
}

/** Sizes and times of the live protocol; security requirements §1, row Live relay. */
export const liveLimits = {
  messageBytes: 64 * 1024,
  contextsPerSubscription: 1_000,
  subscriptions: 1_024,
  queriesInFlight: 32,
  minCadenceMs: 1_000,
  maxCadenceMs: 60_000,
  maxPoints: 4_000,
  /** What the page inflates at most from one answer. */
  inflatedBytes: 64 * 1024 * 1024,
  queueSoftBytes: 1024 * 1024,
  queueHardBytes: 4 * 1024 * 1024,
  noProgressMs: 10_000,
  /** After the last viewer leaves, the stream waits this long for a return before the agent is told. */
  leaveGraceMs: 500,
  /** An answer larger than this is refused, not delivered. */
  answerBytes: 16 * 1024 * 1024,
  /** Target of one question to an agent; agents 1.37 and 1.38 read 8,192 bytes with the node prefix (agent-api §2.2). */
  targetBytes: 7_500,
  /** The same for agents from 1.39 on, which read 65,536. */
  wideTargetBytes: 60_000,
  /** Nodes one aggregated question may span. */
  scopeNodes: 1_000,
  /** Instances, dimensions and labels a question may name of each. */
  filterItems: 200,
  /** Standing questions a page may hold, and how often one may be asked: the agent works for them as for any question (agent-api §15.1 rule 7). */
  watches: 64,
  minWatchMs: 2_000,
  /** Encoded context names one viewer may put into one stream, and into all, and all viewers of a stream together. */
  contextBytesPerViewer: 40_000,
  contextBytesPerPage: 2_560_000,
  contextBytesPerStream: 160_000,
  /** What one agent works on at a time for all its nodes, beside its streams' own question (aclk §7.6). */
  asksPerAgent: 16,
  /** Of these, questions about the past (agent-api §2.7), and functions and configuration. */
  dataAsksPerAgent: 1,
  operationsPerAgent: 2,
  asksQueuedPerNode: 64,
  askTimeoutMs: 30_000,
  /** What an agent may take for a function or a configuration action, and how much longer we wait for it. */
  operationMaxS: 30,
  operationGraceMs: 5_000,
  functionArguments: 32,
  /** Rows of one answer about the history of alerts. */
  transitions: 200,
  /** Reads over HTTP of one person: a second, at once after a pause, and waited for at a time. */
  readsPerSecond: 10,
  readBurst: 40,
  readsAtOnce: 8,
  /** A configuration document; the message around it is bounded, too. */
  configBodyBytes: 64 * 1024,
  /** An answer from this size on is big: one at a time is on the way to a browser, and so many bytes wait behind it. */
  bigAnswerBytes: 256 * 1024,
  heldAnswerBytes: 16 * 1024 * 1024,
  /** Messages of the wrong shape that are answered; the next one ends the socket. */
  invalidMessages: 5,
  messagesPerSecond: 50,
  messageBurst: 200,
  fragments: 64,
  bufferedChunks: 256,
  /** How often the rights of an open socket are looked at again, and its sign-in (security requirements §1: 5 s, 10 s). */
  rightsCheckMs: 4_000,
  signInCheckMs: 7_000,
  /** How long past its expiry a sign-in may still be renewed. */
  expiryToleranceMs: 30_000,
  /** How long open streams go on when rights cannot be checked (security requirement F3). */
  rightsLostMs: 5 * 60_000,
  pingMs: 30_000,
} as const

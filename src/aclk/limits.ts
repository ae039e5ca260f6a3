/** Sizes and times of the agent link, in one place; security requirements §1 and aclk §2–§7. */
export const linkLimits = {
  /** WebSocket frame payload from an agent: 128 KiB plus an MQTT header (aclk §4.2). */
  frameBytes: 128 * 1024 + 64,
  /** An MQTT packet before CONNACK. */
  packetBytesBeforeConnack: 16 * 1024,
  /** An MQTT packet after CONNACK, announced as Maximum Packet Size. */
  packetBytes: 16 * 1024 * 1024,
  topicBytes: 512,
  topicLevels: 10,
  filtersPerSubscribe: 8,
  subscriptions: 16,
  topicAliasMaximum: 64,
  receiveMaximum: 64,
  propertyBytes: 4 * 1024,
  userProperties: 16,
  /** Keep-alive 0 or above `keepAliveMaxS` is replaced by `serverKeepAliveS`. */
  keepAliveMaxS: 300,
  serverKeepAliveS: 60,
  /** A target with its node prefix; agents 1.37 and 1.38 read no more (agent-api §2.2). */
  targetBytes: 8_192,
  /** The same for agents from 1.39 on, which read 65,536. */
  wideTargetBytes: 65_000,
  /** A message to an agent before 2.11.0 must fit 128 KiB with its header (aclk §4.7). */
  inboundBytes: 128 * 1024 - 1024,
  publishesPerSecond: 100,
  publishBurst: 500,
  bytesPerSecond: 8 * 1024 * 1024,
  bytesBurst: 32 * 1024 * 1024,
  outboundQueueBytes: 256 * 1024,
  connectTimeoutMs: 10_000,
  /** Reading stops above the rate; after this long the link ends with 0x96. */
  overRateMs: 60_000,
  challengeTtlMs: 60_000,
  challengesOutstanding: 5,
  passwordTtlMs: 120_000,
  authFailuresPerMinute: 5,
  authPauseMs: 30_000,
  takeoversPerMinute: 10,
  takeoverHoldMs: 5 * 60_000,
  labels: 256,
  labelKeyBytes: 200,
  labelValueBytes: 800,
  contexts: 20_000,
  alertConfigs: 4_000,
  alertConfigBytes: 16 * 1024,
  children: 2_000,
  hostnameBytes: 253,
  /** Texts of agents are cut at these sizes (UTF-16 units); names that serve as keys are not cut but refused. */
  nameChars: 200,
  textChars: 1_000,
  capabilities: 64,
  collectors: 1_000,
  alerts: 20_000,
  /** Metadata messages: contexts and alert snapshots may be big, the others never are. */
  bulkMessageBytes: 8 * 1024 * 1024,
  smallMessageBytes: 256 * 1024,
  /** A question may wait this much longer in the cloud than at the agent. */
  queryGraceMs: 2_000,
  /** Unanswered configuration questions sent at once, and again each second. */
  alertConfigsAsked: 32,
  queryTimeoutMs: 30_000,
  queriesPerNode: 16,
  queriesQueued: 64,
} as const

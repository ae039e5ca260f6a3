/** What a stranger may do before anything is known of them (security requirements §1, E3, E4); tests read the same numbers. */
export const edgeLimits = {
  handshakeMs: 10_000,
  /** From the end of the handshake to the first byte of a request, and from there to the end of its headers. */
  headersMs: 10_000,
  bodyMs: 30_000,
  keepAliveIdleMs: 5_000,
  /** How long a client may leave an answer unread without taking a byte. */
  answerStallMs: 30_000,
  /** How often deadlines are looked at. */
  sweepMs: 1_000,
  /** How many requests of one client begin in one turn of the event loop, before others have theirs. */
  requestsPerTurn: 1,
  headerBytes: 16 * 1024,
  headerLines: 100,
  urlBytes: 8 * 1024,
  socketsPerIp: 100,
  socketsTotal: 2_000,
  newPerSecond: 50,
  newBurst: 200,
  /** An upgraded socket counts as a stranger's until its owner said otherwise or this long has passed (MQTT CONNECT is due by then). */
  upgradeGraceMs: 10_000,
} as const

export type EdgeLimits = { readonly [K in keyof typeof edgeLimits]: number }

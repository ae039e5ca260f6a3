const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** How notifications are gathered, sent and kept. Times are milliseconds. */
export const notifyLimits = {
  /** A message leaves this long after its last change, so that a change alone is told within about a second. */
  gatherMs: 1_000,
  /** And at the latest this long after its first, however many still come. */
  gatherMostMs: 10_000,
  /** Changes a message names; the others it counts. */
  named: 20,
  /** The same of a message that stands for everything of a target. */
  namedInFlood: 50,
  /** Ends that wait to close incidents, each by name; further ones are counted, and their incidents stay open. */
  endsOfIncidents: 2_000,
  /** Ends that wait for a silence to be over; of more the oldest are not told. */
  heldEnds: 500,
  /** Nodes that one piece of news of reachability names. */
  namedNodes: 50,
  /** More messages than this within a minute are a flood: what else comes is told in one. */
  floodMessages: 10,
  floodWithinMs: minuteMs,
  /** How far apart messages are in a flood. */
  floodGatherMs: 30_000,
  /** Changes of one alert that wait one behind the other, and changes of a target up to which they do. */
  queuedOfAlert: 6,
  queuedOfTarget: 50,
  /** Rules of which a target gathers changes apart; changes of further ones are told together. */
  groupsPerTarget: 20,
  /** Characters of names that a target gathers; changes beyond are counted. */
  gatheredCharacters: 60_000,
  /** The same of ends that close incidents or wait for a silence to be over. */
  endCharacters: 200_000,
  /** Changes beyond the named ones that can still be taken back before they are told; further ones are only counted. */
  gatheredUnnamed: 3_000,
  /** Nodes of news of reachability that a target gathers. */
  gatheredNodes: 2_000,
  /** News that are remembered so that a repetition has no effect: how many, and how long before the newest. */
  idsKept: 3_000,
  idsKeptMs: hourMs,
  /** Raised alerts of which it is known that a target was told. */
  toldKept: 6_000,
  /** Most bytes of what is kept of a target; the store refuses 350 KiB. */
  trayBytes: 300 * 1024,
  /** Attempts of a message, and the pauses between them. */
  attempts: 8,
  pausesMs: [5_000, 15_000, minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs, 2 * hourMs],
  /** How long a receiver may ask us to wait. */
  retryAfterMostMs: 6 * hourMs,
  /** An attempt that takes longer is given up, whatever the channel does. */
  attemptMs: 15_000,
  /** Attempts at once to receivers that answered in time; one holds its place no longer than {@link slowMs}. */
  attemptsAtOnce: 64,
  slowMs: 2_000,
  /** Attempts at once to receivers that were slow the last time. */
  slowAttemptsAtOnce: 64,
  /** How long it is waited after trouble of the store. */
  storePauseMs: 2_000,
  /** How long sent, failed and dropped messages stay in the log. */
  keptMs: 7 * 24 * hourMs,
  failedKept: 500,
  /** How often it is looked what has to be told again. */
  repeatLookMs: minuteMs,
  /** How often what deleted targets left is taken away. */
  sweepMs: hourMs,
  /** News that are decided on at once. */
  newsAtOnce: 500,
  /** Items of the log that one question reads. */
  logScan: 2_000,
} as const

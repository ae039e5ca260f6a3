/** What the audit keeps and how it is bounded (security requirements §1); tests read the same numbers. */
export const auditLimits = {
  /** Entries older than this go; the chain then begins later (audit 400 d). */
  keptMs: 400 * 24 * 3_600_000,
  /** Most entries that are written as one item. */
  entriesPerItem: 100,
  /** Refusals of one caller at one place within this time are one entry and a count. */
  repeatMs: 60_000,
  /** Most callers and places whose repeats are counted apart; what is more shares a count. */
  repeatKeys: 500,
  /** How long a buffered event may wait before it is written. */
  soonMs: 500,
  /** Most buffered events while the store does not answer; what is more is counted and told. */
  soonEvents: 5_000,
  /** How often an append tries to win its sequence number against other processes. */
  triesMax: 12,
  /** Most words of an event's details, and the longest of them. */
  details: 12,
  detailLength: 64,
  /** Entries of a page of the list: at most, and when nothing is said. */
  pageMax: 200,
  pageDefault: 50,
  /** Entries that are looked through for one page; a filter that fits little answers what it found and where to go on. */
  scanMax: 20_000,
} as const

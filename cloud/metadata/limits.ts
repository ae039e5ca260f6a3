/**
 * How much of what agents tell is kept (security requirements §1, "Agent content"); what is more is dropped or refused, as the
 * service says. Bytes are UTF-8.
 */
export const metadataLimits = {
  labels: 256,
  labelKeyBytes: 200,
  labelValueBytes: 800,
  /** Labels and collectors share one item with the rest of a node, so each also has a bound in total. */
  labelsTotalBytes: 160 * 1024,
  collectors: 1_000,
  collectorsTotalBytes: 64 * 1024,
  capabilities: 64,
  factBytes: 256,
  hostnameBytes: 253,
  /** Claims through which one node is seen. */
  instances: 32,
  children: 2_000,
  /** How long a parent cannot bring back a machine whose node was removed. */
  removedMachineMs: 24 * 3_600_000,
  /** How long a claim that ended is known: its agent is told why it stays outside, and no claim token of a year gives its use twice. */
  endedClaimKeptMs: 400 * 24 * 3_600_000,
  /** How long after its end a claim token is still told from an unknown one. */
  claimTokenRememberedMs: 24 * 3_600_000,
  contexts: 20_000,
  contextIdBytes: 1_024,
  contextTextBytes: 1_024,
  alerts: 20_000,
  alertTextBytes: 1_024,
  alertConfigs: 4_000,
  alertConfigBytes: 16 * 1024,
  roomsPerClaim: 100,
  /** A roster is one item of 350 KB. */
  membersPerSpace: 1_000,
  invitationMs: 7 * 24 * 3_600_000,
  /** A list of a person's spaces reads the roster of each. */
  spacesPerPerson: 200,
  roomsPerSpace: 500,
  rulesPerRoom: 50,
  clausesPerRule: 20,
  /** Nodes and members that one request may move. */
  placedAtOnce: 500,
  /** How long after the last write a deleted space is looked at again: what was on its way may have landed behind the sweep. */
  deletedSpaceWatchedMs: 3_600_000,
  /** How long making a space may take before what is there of it counts as left by a crash. */
  halfMadeSpaceMs: 10_000,
  /** How long somebody waits for a deleted space to be empty; clients give up after ten seconds (cloud-api §1.2). */
  deletionWaitedMs: 5_000,
  nameBytes: 200,
  descriptionBytes: 1_000,
  boardsPerRoom: 200,
  /** Deleted boards of a room that can still be restored; with more of them no new one is made. */
  deletedBoardsPerRoom: 1_000,
  channelsPerSpace: 200,
  roomsPerChannel: 500,
  optionsPerChannel: 16,
  /** Minutes after which a notification may be repeated (cloud-api §8). */
  channelRepeat: { leastMin: 30, mostMin: 1_440 },
  silencesPerSpace: 300,
  /** Personal ones of one person in a space. */
  silencesPerPerson: 50,
  /** Entries of each list of a silence. */
  entriesPerSilenceList: 200,
  labelsPerSilence: 20,
  silencePatternBytes: 256,
  claimTokenUses: 1_000_000,
  /** Named ones, ended ones included; they share one item. */
  claimTokensPerSpace: 300,
  /** A program keeps a rotated token for as long as it likes; one that nobody rotates ends after a year. */
  rotatedClaimTokenMs: 365 * 24 * 3_600_000,
  rotatedClaimTokenUses: 100_000,
  /** How long a rotated token goes on after the next one (cloud-api §6.1). */
  rotatedClaimTokenGraceMs: 24 * 3_600_000,
  /** Rotated tokens that go on beside the newest; the oldest of more end at once. */
  rotatedClaimTokensKept: 20,
} as const

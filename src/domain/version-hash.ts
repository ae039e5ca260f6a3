/**
 * The version hash of a set of contexts: the sum of version + last entry − first entry over what is not deleted, unsigned
 * 64 bits with wrap-around (aclk §6.6). Both ends compute it; a difference is repaired by a snapshot.
 */
export function contextsVersionHash(contexts: Iterable<{ version: bigint; firstEntryS: bigint; lastEntryS: bigint }>): bigint {
  let sum = 0n
  for (const context of contexts) sum += context.version + context.lastEntryS - context.firstEntryS
  return BigInt.asUintN(64, sum)
}

/** The hash a cloud that knows nothing sends, so that a snapshot comes even when the agent's own hash is 0 (aclk §6.6). */
export const unknownVersionHash = 9_007_199_254_740_991n

/** Cheap looks (at a small file) before others get a turn: some milliseconds, on a process that also relays live values. */
const looksPerTurn = 64

/**
 * Does `work` for each item, with a pause for others every few of them; ends early when aborted. `work` may answer how many looks it
 * was; one unless it says so.
 */
export async function inTurns<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => number | undefined): Promise<void> {
  let looks = 0
  for (const item of items) {
    if (signal.aborted) return
    looks += work(item) ?? 1
    if (looks < looksPerTurn) continue
    looks = 0
    await new Promise<void>((resolve) => void setImmediate(resolve))
  }
}

/** Items looked at before others get a turn: some milliseconds, on a process that also relays live values. */
const itemsPerTurn = 64

/** Does `work` for each item, with a pause for others every few of them; ends early when aborted. */
export async function inTurns<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => void): Promise<void> {
  for (let index = 0; index < items.length; index++) {
    if (signal.aborted) return
    if (index % itemsPerTurn === itemsPerTurn - 1) await new Promise<void>((resolve) => void setImmediate(resolve))
    work(items[index] as T)
  }
}

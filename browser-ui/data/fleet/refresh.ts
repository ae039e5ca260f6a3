/** How long a list of so many nodes stands before it is asked for again: four seconds, and one more for each hundred nodes. */
export function refreshEveryMs(nodes: number): number {
  return Math.min(20_000, 4_000 + Math.floor(nodes / 100) * 1_000)
}

/** Whether arrays and objects nest deeper than a limit; counted without recursion, and no further than the limit. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; ; depth++) {
    const inner = level.filter((item): item is object => typeof item === 'object' && item !== null)
    if (inner.length === 0) return false
    if (depth >= limit) return true
    level = inner.flatMap((item) => Object.values(item) as unknown[])
  }
}

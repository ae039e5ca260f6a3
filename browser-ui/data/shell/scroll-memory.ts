/** How many addresses of the history are remembered. */
const remembered = 100

/**
 * Where each entry of the history was scrolled to, in pixels. `settle` tells that a new entry is shown: a scroll event that the
 * browser sends while it swaps the content must not overwrite what is still to be restored.
 */
export function createScrollMemory() {
  const positions = new Map<string, number>()
  let current = ''
  let isSwapping = false
  return {
    /** The content of this entry begins to show; answers where it was left, 0 for one never seen. */
    enter(key: string): number {
      current = key
      isSwapping = true
      return positions.get(key) ?? 0
    },
    settle(): void {
      isSwapping = false
    },
    scrolled(y: number): void {
      if (isSwapping || current === '') return
      positions.delete(current)
      positions.set(current, y)
      const [oldest] = positions.keys()
      if (positions.size > remembered && oldest !== undefined) positions.delete(oldest)
    },
  }
}

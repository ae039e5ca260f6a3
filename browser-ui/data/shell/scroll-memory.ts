/** How many addresses of the history are remembered. */
const remembered = 100

/**
 * Where each entry of the history was scrolled to, in pixels, and whether going back led to the present one. `settle` tells that a new entry is shown: a scroll event that the
 * browser sends while it swaps the content must not overwrite what is still to be restored.
 */
export function createScrollMemory() {
  const positions = new Map<string, number>()
  let current = ''
  let shownPath: string | undefined
  let isGoingBack = false
  let isSwapping = false
  return {
    /** The browser went to another entry of the history. One with the path that is shown swaps nothing: a large chart closes. */
    wentTo(path: string): void {
      isGoingBack = path !== shownPath
    },
    /** The content of this entry begins to show; answers where to scroll: to where going back finds it as it was left, else to the top. */
    enter(key: string, path: string): number {
      const y = isGoingBack ? (positions.get(key) ?? 0) : 0
      isGoingBack = false
      shownPath = path
      current = key
      isSwapping = true
      return y
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

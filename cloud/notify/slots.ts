/** Places for work that is done at once. */
export interface Slots {
  /** Waits for a place, first come first served; the answer gives it back, once. */
  enter(): Promise<() => void>
}

export function createSlots(most: number): Slots {
  let taken = 0
  const waiting: (() => void)[] = []
  const leaveOnce = () => {
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      const next = waiting.shift()
      if (next === undefined) taken--
      else next()
    }
  }
  return {
    async enter() {
      if (taken < most) taken++
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return leaveOnce()
    },
  }
}

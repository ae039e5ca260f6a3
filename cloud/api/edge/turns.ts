/** Lets many begin their work in turns: who asks very often waits for the others, and nobody is refused. */
export interface Turns {
  /** Calls `begin` now, or in one of the next turns of the event loop when this key has had its share of the running one. */
  take(key: string, begin: () => void): void
}

/**
 * In each turn of the event loop every key may begin `perTurn` times. A client with a hundred busy connections, or with a thousand
 * requests in one packet, then adds the time of a few requests to what others wait, not that of all of them (E7).
 */
export function createTurns(perTurn: number, nextTurn: (work: () => void) => void = setImmediate): Turns {
  const waiting = new Map<string, (() => void)[]>()
  const begun = new Map<string, number>()
  let isArmed = false

  const arm = () => {
    if (isArmed) return
    isArmed = true
    nextTurn(turn)
  }
  const turn = () => {
    isArmed = false
    begun.clear()
    for (const [key, queue] of waiting) {
      const mine = queue.splice(0, perTurn)
      if (queue.length === 0) waiting.delete(key)
      begun.set(key, mine.length)
      for (const begin of mine) begin()
    }
    if (begun.size > 0) arm()
  }

  return {
    take(key, begin) {
      const queue = waiting.get(key)
      const had = begun.get(key) ?? 0
      if (queue !== undefined) queue.push(begin)
      else if (had >= perTurn) waiting.set(key, [begin])
      else {
        begun.set(key, had + 1)
        begin()
      }
      arm()
    },
  }
}

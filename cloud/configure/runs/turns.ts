/** Work in turns: so many pieces at a time, and of those for one agent one after the other. */
export interface Turns {
  run<T>(agent: string, work: () => Promise<T>): Promise<T>
  /** Pieces that run or wait. */
  busy(): number
}

export function createTurns(atOnce: number): Turns {
  const lanes = new Map<string, Promise<unknown>>()
  const line: (() => void)[] = []
  let running = 0
  let busy = 0

  const limited = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnce) running++
    else await new Promise<void>((resolve) => line.push(resolve))
    try {
      return await work()
    } finally {
      // The place is handed on, or given back.
      const next = line.shift()
      if (next === undefined) running--
      else next()
    }
  }

  return {
    run(agent, work) {
      busy++
      const turn = () => limited(work)
      const mine = (lanes.get(agent) ?? Promise.resolve()).then(turn, turn)
      lanes.set(agent, mine)
      const leave = () => {
        busy--
        if (lanes.get(agent) === mine) lanes.delete(agent)
      }
      mine.then(leave, leave)
      return mine
    },
    busy: () => busy,
  }
}

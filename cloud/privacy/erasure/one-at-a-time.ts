/** Work by name, one run of a name at a time. */
export interface OneAtATime {
  /** Runs it; who asks while it runs waits for that run, which then looks once more. Rejects as the work does. */
  run(name: string): Promise<void>
  /** From here on nothing begins again. Resolves when nothing runs. */
  close(): Promise<void>
  settled(): Promise<void>
}

export function createOneAtATime(work: (name: string) => Promise<void>): OneAtATime {
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let isClosed = false
  return {
    run(name) {
      const now = running.get(name)
      if (now !== undefined) {
        if (!isClosed) again.add(name)
        return now
      }
      const begun = (async () => {
        do {
          again.delete(name)
          await work(name)
        } while (again.has(name))
      })().finally(() => running.delete(name))
      running.set(name, begun)
      return begun
    },
    async settled() {
      while (running.size > 0) await Promise.allSettled(running.values())
    },
    async close() {
      isClosed = true
      await Promise.allSettled(running.values())
    },
  }
}

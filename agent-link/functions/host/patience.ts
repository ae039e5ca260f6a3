import type { Clock } from '../../../src/support/clock.ts'

/** Runs work that the kernel may never finish. */
export interface Patience {
  /**
   * The result of `work`; undefined when it fails, takes longer than the patience, hangs from an earlier time, or too much hangs already.
   */
  attempt<T>(key: string, work: () => Promise<T>): Promise<T | undefined>
  /** What hangs now. */
  hanging(): number
}

/** Each thing that hangs holds one of the four threads Node.js has for files, so this many may and no more. */
const hangLimit = 2

/** For dead network mounts and files of stuck processes: nothing waits longer than `timeoutMs`, and what hangs is not asked again. */
export function createPatience({ clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number }): Patience {
  const hanging = new Set<string>()
  return {
    hanging: () => hanging.size,
    attempt<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
      if (hanging.has(key) || hanging.size >= hangLimit) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        const giveUp = clock.after(timeoutMs, () => {
          hanging.add(key)
          resolve(undefined)
        })
        const finish = (result: T | undefined) => {
          giveUp()
          hanging.delete(key)
          resolve(result)
        }
        work().then(finish, () => finish(undefined))
      })
    },
  }
}

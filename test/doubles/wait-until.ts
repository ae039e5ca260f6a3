import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again and again until the answer is not undefined. For conditions of other processes, which raise no event here;
 * the test's own time limit ends a wait in vain.
 */
export async function waitUntil<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await pause(50)
  }
}

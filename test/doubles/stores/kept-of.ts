import { openKept, type Kept } from '../../../src/compose/kept.ts'
import { readConfig } from '../../../src/config/read-config.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { Installation } from '../installation.ts'

/** Works on what an installation keeps, opened with its own keys as the product opens it, and closes it again. */
export async function withKept<T>({ env }: Pick<Installation, 'env'>, work: (kept: Kept) => Promise<T>): Promise<T> {
  const kept = await openKept(readConfig(env), systemClock, silentLog)
  try {
    return await work(kept)
  } finally {
    await kept.identity.close()
    await kept.store.close()
  }
}

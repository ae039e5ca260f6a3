import { join } from 'node:path'
import { asItemWrite } from '../../cloud/store/item-rules.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { silentLog } from '../../src/support/log.ts'
import { systemClock } from '../../src/support/clock.ts'

const dayMs = 86_400_000

/** Every sign-in of a person was last proven a day before it was: what the passing of a day does to a running cloud's store. */
export async function ageProofs(dataFolder: string, personId: string): Promise<void> {
  const store = createSqliteStore({ path: join(dataFolder, 'metadata.db'), clock: systemClock, log: silentLog })
  try {
    const { items } = await store.list(`person#${personId}`, { prefix: 'sign-in#', limit: 200 })
    for (const { revision, ...item } of items) {
      const { provenAtMs, ...data } = item.data as { readonly provenAtMs: number }
      await store.write(asItemWrite({ ...item, data: { ...data, provenAtMs: provenAtMs - dayMs } }), revision)
    }
  } finally {
    await store.close()
  }
}

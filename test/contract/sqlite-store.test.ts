import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { silentLog } from '../../src/support/log.ts'
import { describeStore } from './store-contract.ts'

describeStore('SQLite', async (clock) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-store-'))
  const open = () => createSqliteStore({ path: join(folder, 'metadata.db'), clock, log: silentLog })
  const store = open()
  return {
    store,
    open,
    async dispose() {
      await store.close()
      await rm(folder, { recursive: true, maxRetries: 10 })
    },
  }
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createDynamoStore } from '../../../cloud/store/dynamodb/dynamo-store.ts'
import { migrateDynamo } from '../../../cloud/store/dynamodb/migrate-dynamo.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import { createSqliteStore } from '../../../cloud/store/sqlite/sqlite-store.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { startDynalite } from '../servers/dynalite-server.ts'

/** Opens one more store on the same data, as each of several processes has one. Closed when the test ends. */
export type OpenStore = () => MetadataStore

const makers: Readonly<Record<string, (clock: Clock) => Promise<OpenStore>>> = {
  async SQLite(clock) {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-contract-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
    return () => createSqliteStore({ path: join(folder, 'metadata.db'), clock, log: silentLog })
  },
  async DynamoDB(clock) {
    const server = await startDynalite()
    onTestFinished(() => server.stop())
    const { endpoint, region, credentials } = server
    const place = { endpoint, region, credentials, table: 'contract', clock, log: silentLog }
    await migrateDynamo(place)
    return () => createDynamoStore(place)
  },
}

/** The stores that one contract holds for. */
export const contractStoreNames: readonly string[] = Object.keys(makers)

/** Fresh data on the store of this name, for one test. */
export async function contractStore(name: string, clock: Clock): Promise<OpenStore> {
  const open = await makers[name]?.(clock)
  if (open === undefined) throw new Error(`there is no store called ${name}`)
  return () => {
    const store = open()
    onTestFinished(() => store.close())
    return store
  }
}

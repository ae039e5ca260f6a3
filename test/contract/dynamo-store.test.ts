import { afterAll, beforeAll } from 'vitest'
import { createDynamoStore } from '../../cloud/store/dynamodb/dynamo-store.ts'
import { migrateDynamo } from '../../cloud/store/dynamodb/migrate-dynamo.ts'
import { silentLog } from '../../src/support/log.ts'
import { startDynalite, type DynaliteServer } from '../doubles/servers/dynalite-server.ts'
import { describeStore } from './store-contract.ts'

let server: DynaliteServer
let tables = 0
beforeAll(async () => {
  server = await startDynalite()
})
afterAll(() => server.stop())

describeStore('DynamoDB', async (clock) => {
  const { endpoint, region, credentials } = server
  const place = { endpoint, region, credentials, table: `contract-${++tables}`, clock, log: silentLog }
  await migrateDynamo(place)
  const open = () => createDynamoStore(place)
  const store = open()
  return { store, open, dispose: () => store.close() }
})

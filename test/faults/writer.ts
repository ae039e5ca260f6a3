import { createDynamoStore } from '../../cloud/store/dynamodb/dynamo-store.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { roomData } from '../doubles/stores/mapped-data.ts'

/**
 * A process that is made to be killed: many writers create, change, settle and remove rooms, and after each acknowledgement one
 * line says what the parent may now rely on: `sort revision state`, state being `live`, `settled` or `gone`.
 */
const [kind = '', place = '', round = ''] = process.argv.slice(2)

function openStore(): MetadataStore {
  if (kind === 'sqlite') return createSqliteStore({ path: place, clock: systemClock, log: silentLog })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return createDynamoStore({ endpoint: place, region: 'eu-central-1', table: 'faults', credentials, clock: systemClock, log: silentLog })
}

const store = openStore()
const partition = 'space/faults'
const say = (line: string) => process.stdout.write(`${line}\n`)

async function write(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const sort = `${round}/${writer}/${n}`
    const item = { partition, sort, kind: 'room', data: roomData('x'.repeat((n * 37) % 900), n) } as const
    await store.write(item, 'absent')
    say(`${sort} 1 live`)
    await store.write({ ...item, data: roomData('again', n) }, 1)
    say(`${sort} 2 live`)
    if (n % 3 === 0) {
      await store.settle(item, 2)
      say(`${sort} 2 settled`)
    }
    if (n % 3 === 1) {
      await store.remove(item, 2)
      say(`${sort} 3 gone`)
    }
  }
}

await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)))

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../cloud/mirror/duckdb/open-database.ts'
import { deletions } from '../../cloud/mirror/duckdb/statements.ts'
import { mirrorTables } from '../../cloud/mirror/rows/tables.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface Seen {
  readonly waiting: number
  readonly lastLoadedAtMs: number | null
  readonly isReachable: boolean
  readonly deadLetters: unknown[]
}

/** The answer of a question to the mirror on the command line. */
async function ask(cloud: Installation, statement: string): Promise<Record<string, unknown>[]> {
  const { status, out, err } = await runThroughline(['query', statement, '--json'], cloud.env)
  expect([status, err]).toEqual([0, ''])
  return JSON.parse(out) as Record<string, unknown>[]
}

it('[MI29] [MI26] (D6) after two kill -9 the mirror has what the store has, is asked while the cloud runs, and holds nothing that was planted', async () => {
  const planted = { host: 'planted-host-7731', room: 'Planted room 5519', note: 'planted words 9917' }
  let cloud = await startInstallation()
  const call = await cloudCaller(() => cloud)
  const again = async () => {
    await cloud.end('SIGKILL')
    cloud = await startInstallation(cloud.env)
  }
  const mirrored = () =>
    waitUntil(async () => {
      const seen = (await runThroughline(['mirror', '--json'], cloud.env)).out
      const { waiting, lastLoadedAtMs } = JSON.parse(seen) as Seen
      return waiting === 0 && lastLoadedAtMs !== null ? true : undefined
    })
  const roomIds: string[] = []
  for (let n = 0; n < 25; n++) {
    const { roomId } = (await call('POST', '/rooms', { name: `${planted.room} ${n}`, description: planted.note })) as { roomId: string }
    roomIds.push(roomId)
  }
  const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
  const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
  const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
  const claimed = await runThroughline(
    ['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', ca, '--hostname', planted.host],
    agentEnv,
  )
  expect(claimed).toMatchObject({ status: 0 })
  await again()
  await mirrored()
  // One room is of the space itself: all nodes.
  expect(await ask(cloud, 'select count(*) as rooms from rooms')).toEqual([{ rooms: '26' }])
  expect(await ask(cloud, 'select count(*) as claims from claims where hostname is not null')).toEqual([{ claims: '1' }])

  for (const roomId of roomIds.slice(0, 10)) await call('DELETE', `/rooms/${roomId}`)
  await again()
  await mirrored()
  expect(await ask(cloud, 'select count(*) as rooms from rooms where deleted_at is null')).toEqual([{ rooms: '16' }])
  // What can be restored for a while is there, marked.
  expect(await ask(cloud, 'select count(*) as rooms from rooms where deleted_at is not null')).toEqual([{ rooms: '10' }])
  expect(await ask(cloud, 'select count(distinct key) = count(*) as is_once from rooms')).toEqual([{ is_once: true }])

  const table = await runThroughline(
    ['query', 'select is_all_nodes, count(*) as rooms from rooms where deleted_at is null group by 1 order by 1'],
    cloud.env,
  )
  expect(table.out.split('\n').slice(0, 5)).toEqual([
    'is_all_nodes  rooms',
    '------------  -----',
    'false            15',
    'true              1',
    '2 rows',
  ])
  const csv = await runThroughline(['query', 'select count(*) as n from rooms where deleted_at is null', '--csv'], cloud.env)
  expect(csv.out).toBe('n\n16\n')
  const refused = await runThroughline(['query', 'delete from rooms'], cloud.env)
  expect(refused).toMatchObject({ status: 1, err: 'The mirror only answers questions: one SELECT, WITH, SHOW or DESCRIBE.\n' })
  const told = await runThroughline(['mirror'], cloud.env)
  expect(told.out).toContain('The mirror is in DuckDB and answers.')
  const audit = await runThroughline(['audit', 'export'], cloud.env)
  expect(audit.out).toContain('"mirror-queried"')
  expect(audit.out).not.toContain('is_all_nodes')

  const { email } = (await call('GET', '/me')) as { email: string }
  expect((await ask(cloud, 'show tables')).map(({ name }) => name)).toContain('nodes_by_os')
  await cloud.end('SIGTERM')
  const path = join(cloud.dataFolder, 'mirror.duckdb')
  const file = readFileSync(path).toString('latin1')
  const database = await openDatabase(path, { isReadOnly: true })
  const dumped: unknown[] = []
  for (const name of [...mirrorTables.map((each) => each.name), deletions])
    dumped.push((await database.connection.runAndReadAll(`SELECT * FROM "${name}"`)).getRowsJson())
  database.close()
  const [spaceRoom = ''] = roomIds
  for (const text of [JSON.stringify(dumped), file]) {
    const found = [...Object.values(planted), email, ...roomIds, spaceRoom].filter((needle) => text.includes(needle))
    expect(found).toEqual([])
  }
  // What is searched is what is there: a state that the mirror keeps in clear is found.
  expect(JSON.stringify(dumped)).toContain('"admin"')
  expect(JSON.stringify(dumped)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i)
}, 240_000)

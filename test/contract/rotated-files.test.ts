import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { integrationOf } from '../../cloud/metadata/channels/integrations.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { backUp, drillBackup, lookAtKeys, migrateStore, restoreOrder, rotateKeys } from '../../src/compose.ts'
import { openKept } from '../../src/compose/kept.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { SpaceId } from '../../src/domain/ids.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const configOf = (folder: string, data = 'data', env: Readonly<Record<string, string>> = {}) =>
  readConfig({ THROUGHLINE_DATA: join(folder, data), ...env })
const open = (config: ReturnType<typeof configOf>) => openKept(config, clock, silentLog)
const tell = () => {}
const close = async (kept: Awaited<ReturnType<typeof open>>) => {
  await kept.identity.close()
  await kept.store.close()
}
const bytesOf = (folder: string) =>
  Buffer.concat(readdirSync(folder).flatMap((name) => (name.includes('.db') ? [readFileSync(join(folder, name))] : [])))

it('[SL14] [SL18] (D1) beside an open store data keys are rotated: channels open, the backup of before opens and restores, and the audit says it', async () => {
  const folder = temporaryFolder()
  const config = configOf(folder)
  const kept = await open(config)
  const person = await kept.identity.people.ensure('planted-address@example.com')
  const spaceId = kept.space?.spaceId as SpaceId
  const slack = integrationOf('slack')
  if (slack === undefined) throw new Error('no slack')
  const url = 'https://hooks.slack.com/services/planted-secret'
  const channel = await kept.metadata.channels.create(spaceId, slack, { name: 'Planted Channel' }, { fields: { url } })
  await backUp(config, { to: undefined, tell }, { clock })
  const sealedAs = async () => JSON.stringify((await kept.raw.everything()).items.find(({ kind }) => kind === 'channel')?.data)
  const before = await sealedAs()
  const listed = await lookAtKeys(config, { clock })

  const report = await rotateKeys(config, { isDataKeys: true, to: undefined, tell }, { clock })
  expect(report).toMatchObject({ provider: 'file', broken: 0, dropped: 0 })
  expect(report.made).toBeGreaterThanOrEqual(3)
  const after = await lookAtKeys(config, { clock })
  expect(after).toMatchObject({ provider: 'file', olderDataKeys: report.made, unfinishedSinceMs: undefined })
  expect(after.newestMaster).not.toBe(listed.newestMaster)
  expect(after.masters.map(({ master }) => master)).toEqual([after.newestMaster])
  const keyIds = (text: string) => [...text.matchAll(/[sz]2\.([0-9a-f]{16})\./g)].map(([, keyId]) => keyId)
  expect(keyIds(before).length).toBeGreaterThanOrEqual(2)
  expect(keyIds(await sealedAs()).filter((keyId) => keyIds(before).includes(keyId))).toEqual([])

  // The store that was open all the time reads and writes on.
  expect(await kept.identity.people.get(person.personId)).toMatchObject({ email: 'planted-address@example.com' })
  await kept.identity.people.change(person.personId, { name: 'Planted Name' })
  expect(JSON.stringify(await kept.metadata.channels.secrets(spaceId, channel.channelId))).toContain('planted-secret')
  const entries = (await kept.store.everything()).items.filter(
    ({ kind, data }) => kind === 'audit-entry' && JSON.stringify(data).includes('keys-rotated'),
  )
  expect(entries).toHaveLength(1)
  await close(kept)

  const drilled = await drillBackup(config, { from: undefined, tell }, { clock })
  expect(drilled.wrong).toEqual([])
  await restoreOrder(
    config,
    { name: 'latest', untilMs: undefined, from: undefined, target: { folder: join(folder, 'back') }, tell },
    { clock },
  )
  const back = await open(configOf(folder, 'back', { THROUGHLINE_KEYS: config.keysFolder }))
  expect(await back.identity.people.get(person.personId)).toMatchObject({ email: 'planted-address@example.com' })
  await close(back)
})

it('[SL9] (D1) the first start with data of an older version seals it before anything is copied, once', async () => {
  const config = configOf(temporaryFolder())
  const raw = createSqliteStore({ path: join(temporaryFolder(), 'older.db'), clock, log: silentLog })
  const place = { partition: 'person#old', sort: 'person' }
  await raw.write({ ...place, kind: 'person', data: { email: 'planted@example.com', createdAtMs: 1 } }, 'absent')
  const kept = await openKept(config, clock, silentLog, () => {}, raw)
  expect(JSON.stringify((await kept.raw.everything()).items)).not.toContain('planted')
  expect(JSON.stringify(await kept.raw.pending(1_000))).not.toContain('planted')
  expect(await kept.store.read(place)).toMatchObject({ data: { email: 'planted@example.com' } })
  await close(kept)
})

it('[SL17] (D1) migrate seals what lies in the open, and no byte of it is in the files afterwards', async () => {
  const config = configOf(temporaryFolder())
  await close(await open(config))
  const raw = createSqliteStore({ path: join(config.dataFolder, 'metadata.db'), clock, log: silentLog })
  const person = (n: number) =>
    ({ partition: `person#old-${n}`, sort: 'person', kind: 'person', data: { email: `planted-${n}@example.com`, createdAtMs: 1 } }) as const
  for (let n = 0; n < 300; n++) await raw.write(person(n), 'absent')
  // What changes size leaves holes in pages.
  for (let n = 0; n < 300; n += 3)
    await raw.write({ ...person(n), data: { email: `planted-${n}-and-longer@example.com`, createdAtMs: 1 } }, 1)
  for (let n = 1; n < 300; n += 3) await raw.remove(person(n), 1)
  await raw.write({ ...person(1000), expiresAtMs: clock.nowMs() - 1 }, 'absent')
  await raw.close()
  expect(bytesOf(config.dataFolder).includes('planted-')).toBe(true)
  const said = await migrateStore(config, tell, { clock })
  expect(said).toContain('200 items that lay in the open are sealed.')
  expect(bytesOf(config.dataFolder).includes('planted-')).toBe(false)
  expect(await migrateStore(config, tell, { clock })).toContain('Nothing lay in the open.')
  const kept = await open(config)
  expect(await kept.store.read({ partition: 'person#old-0', sort: 'person' })).toMatchObject({
    data: { email: 'planted-0-and-longer@example.com' },
  })
  await close(kept)
})

import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { agreeOnInstallation } from '../../cloud/seals/installation-id.ts'
import { keyPlace, keyRecordOf } from '../../cloud/seals/key-record.ts'
import { openKept } from '../../src/compose/kept.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { SpaceId } from '../../src/domain/ids.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { integrationOf } from '../../cloud/metadata/channels/integrations.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { startKmsServer } from '../doubles/servers/kms-server.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const configOf = (folder: string, env: Readonly<Record<string, string>> = {}) =>
  readConfig({ THROUGHLINE_DATA: join(folder, 'data'), ...env })
const open = (config: ReturnType<typeof configOf>) => openKept(config, systemClock, silentLog)
const bytesOf = (folder: string) =>
  Buffer.concat(readdirSync(folder).flatMap((name) => (name.includes('.db') ? [readFileSync(join(folder, name))] : [])))

it('[SL8] (D1) the files of the data have no address, name or secret in them that was planted', async () => {
  const folder = temporaryFolder()
  const config = configOf(folder)
  const kept = await open(config)
  const person = await kept.identity.people.ensure('planted-address@example.com')
  await kept.identity.people.change(person.personId, { name: 'Planted Name' })
  const spaceId = kept.space?.spaceId as SpaceId
  const slack = integrationOf('slack')
  if (slack === undefined) throw new Error('no slack')
  await kept.metadata.channels.create(
    spaceId,
    slack,
    { name: 'Planted Channel' },
    { fields: { url: 'https://hooks.slack.com/services/planted-secret' } },
  )
  const planted = ['planted-address', 'Planted Name', 'Planted Channel', 'planted-secret']
  const look = () => planted.filter((word) => bytesOf(config.dataFolder).includes(word))
  expect(look()).toEqual([])
  expect(await kept.identity.people.get(person.personId)).toMatchObject({ name: 'Planted Name', email: 'planted-address@example.com' })
  await kept.store.close()
  expect(look()).toEqual([])
  // The same look finds what does lie in the open.
  expect(bytesOf(config.dataFolder).includes(person.personId)).toBe(true)
})

it('[SL4] (D1) while KMS is away an installation keeps nothing in the open, and what it refused then succeeds when KMS is back', async () => {
  const kms = await startKmsServer()
  onTestFinished(() => kms.stop())
  vi.stubEnv('AWS_ACCESS_KEY_ID', kms.place.credentials.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', kms.place.credentials.secretAccessKey)
  onTestFinished(() => void vi.unstubAllEnvs())
  const config = configOf(temporaryFolder(), {
    THROUGHLINE_KMS_KEY: 'alias/one',
    THROUGHLINE_KMS_REGION: kms.place.region,
    THROUGHLINE_KMS_ENDPOINT: kms.place.endpoint,
  })
  const address = 'planted-address@example.com'
  const planted = () => [config.dataFolder, config.keysFolder].filter((folder) => bytesOf(folder).includes('planted-address'))
  const away = await open(config)
  kms.trouble('DisabledException')
  await expect(away.identity.people.ensure(address)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  expect(planted()).toEqual([])
  await away.store.close()
  expect(planted()).toEqual([])
  await expect(open(config)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })

  kms.trouble(undefined)
  const back = await open(config)
  const { personId } = await back.identity.people.ensure(address)
  expect(await back.identity.people.get(personId)).toMatchObject({ email: address })
  await back.store.close()
  expect(planted()).toEqual([])
})

it('[SL3] (D1) the wrapped bytes of a destroyed key are in no file and no log of the keys, whoever else has it open', async () => {
  const config = configOf(temporaryFolder())
  const [kept, other] = [await open(config), await open(config)]
  const subjects = Array.from({ length: 60 }, (_, n) => ({ kind: 'person', id: `person-${n}` }) as const)
  const { apart, seals, keys } = kept
  const wrapped: string[] = []
  for (const subject of subjects) {
    await seals.seal('x', { subject, boundTo: 'x' })
    const item = await apart.read(keyPlace(subject))
    const record = item && keyRecordOf(item)
    if (record?.state === 'usable') wrapped.push(...record.keys.map((each) => each.wrapped.slice(20)))
  }
  const left = () => wrapped.filter((text) => bytesOf(config.keysFolder).includes(text)).length
  expect([wrapped.length, left()]).toEqual([60, 60])
  // In an order that moves cells and pages.
  for (const subject of [...subjects].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? 1 : -1)).slice(0, 45))
    await keys.destroy(subject)
  expect(left()).toBe(15)
  for (const subject of subjects) await other.keys.destroy(subject)
  expect(left()).toBe(0)
  await kept.store.close()
  await other.store.close()
})

it('[SL12] data without its keys, keys without their data, and keys of another installation are refused with the setting that mends it', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()]
  for (const folder of [here, there]) await (await open(configOf(folder))).store.close()
  const refused = { code: 'DATA_FOLDER_UNUSABLE', message: expect.stringContaining('THROUGHLINE_KEYS') as unknown }
  await expect(open(configOf(here, { THROUGHLINE_KEYS: join(there, 'data-keys') }))).rejects.toMatchObject(refused)
  await expect(open(configOf(here, { THROUGHLINE_KEYS: join(here, 'nothing') }))).rejects.toMatchObject(refused)
  cpSync(join(here, 'data'), join(here, 'copy'), { recursive: true })
  await expect(open(readConfig({ THROUGHLINE_DATA: join(here, 'copy') }))).rejects.toMatchObject(refused)
  rmSync(join(there, 'data'), { recursive: true })
  await expect(open(configOf(there))).rejects.toMatchObject(refused)
  const restored = await open(readConfig({ THROUGHLINE_DATA: join(here, 'copy'), THROUGHLINE_KEYS: join(here, 'data-keys') }))
  expect(restored.space?.name).toBe('My space')
  await restored.store.close()
})

it('[SL12] a master key that is missing is told at the start', async () => {
  const folder = temporaryFolder()
  const config = configOf(folder)
  await (await open(config)).store.close()
  const master = readdirSync(config.keysFolder).find((name) => name.startsWith('seal-')) ?? ''
  rmSync(join(config.keysFolder, master))
  await expect(open(config)).rejects.toMatchObject({
    code: 'KEYS_UNAVAILABLE',
    message: expect.stringContaining('THROUGHLINE_KEYS') as unknown,
  })
})

it('[SL12] a crash at any write of the first start is completed by the next, with one id', async () => {
  const words = { data: 'the data', keys: 'the keys' }
  for (let nth = 1; nth <= 3; nth++) {
    for (const when of ['before', 'after'] as const) {
      const clock = createHandClock()
      const [raw, apart] = [createMemoryStore(clock), createMemoryStore(clock)]
      let left = nth
      const dying = (store: typeof raw) => {
        const failing = createFailingStore(store)
        return {
          ...failing,
          write: (...change: Parameters<typeof failing.write>) => {
            if (--left === 0) failing.failAt(1, when)
            return failing.write(...change)
          },
        }
      }
      await expect(agreeOnInstallation({ raw: dying(raw), apart: dying(apart), words })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      })
      const ids = await Promise.all([1, 2].map(() => agreeOnInstallation({ raw, apart, words })))
      expect(ids[0]).toBe(ids[1])
    }
  }
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createPeople } from '../../cloud/identity/people.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createSpaceRemoval } from '../../cloud/metadata/spaces/space-removal.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { openInstallation } from '../../src/compose.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { silentLog } from '../../src/support/log.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { testSeals } from '../doubles/test-seals.ts'

it('[SP21] an installation whose first space was deleted opens again, without it, and lets its owner in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-first-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const clock = createHandClock()
  const config = readConfig({ THROUGHLINE_DATA: folder })
  await (await openInstallation(config, { clock })).close()

  const store = createSqliteStore({ path: join(folder, 'metadata.db'), clock, log: silentLog })
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const first = (await metadata.spaces.installation())?.spaceId
  if (first === undefined) throw new Error('no first space')
  const ports = {
    removeNode: async () => {},
    onClosed: () => {},
    endTokens: async () => {},
    settle: async () => {},
    forgotten: async () => {},
  }
  await createSpaceRemoval({ ...metadata, store, clock, log: silentLog, ports }).remove(first)
  await store.close()

  for (const _ of ['once', 'again']) {
    const installation = await openInstallation(config, { clock })
    expect(await installation.nodes()).toEqual([])
    expect(await installation.signInLink(config.adminEmail)).toContain('/sign-in#')
    await expect(installation.claimToken()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await installation.apiToken({ scope: 'all', name: undefined, validForMs: 60_000 })).token).toContain('throughline_')
    await installation.close()
  }
})

it('[SI78] an installation whose owner deleted their account belongs to the configured address at the next start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-owner-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const clock = createHandClock()
  const config = readConfig({ THROUGHLINE_DATA: folder })
  await (await openInstallation(config, { clock })).close()

  const open = () => createSqliteStore({ path: join(folder, 'metadata.db'), clock, log: silentLog })
  const before = open()
  const people = createPeople({ store: before, clock })
  const owner = await people.find(config.adminEmail)
  if (owner === undefined) throw new Error('no owner')
  await people.erase(owner.personId)
  await before.close()

  const installation = await openInstallation(config, { clock })
  expect(await installation.signInLink(config.adminEmail)).toContain('/sign-in#')
  await installation.close()
  const after = open()
  const next = await createPeople({ store: after, clock }).find(config.adminEmail)
  const { spaces } = createMetadata({ store: after, seals: testSeals, clock, log: silentLog })
  expect(next?.personId).not.toBe(owner.personId)
  expect((await spaces.installation())?.adminPersonId).toBe(next?.personId)
  await after.close()
})

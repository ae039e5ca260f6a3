import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createSpaceRemoval } from '../../cloud/metadata/spaces/space-removal.ts'
import { openInstallation } from '../../src/compose.ts'
import { openKept } from '../../src/compose/kept.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { silentLog } from '../../src/support/log.ts'
import { createHandClock } from '../doubles/hand-clock.ts'

it('[SP21] an installation whose first space was deleted opens again, without it, and lets its owner in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-first-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const clock = createHandClock()
  const config = readConfig({ THROUGHLINE_DATA: join(folder, 'data') })
  await (await openInstallation(config, { clock })).close()

  const { store, metadata } = await openKept(config, clock, silentLog)
  const first = (await metadata.spaces.installation())?.spaceId
  if (first === undefined) throw new Error('no first space')
  const ports = {
    removeNode: async () => {},
    onClosed: () => {},
    endTokens: async () => {},
    settle: async () => {},
    beginErasure: async () => ({ erasureId: 'erasure', token: 'token' }),
    noteErased: async () => {},
    rowsGone: async () => {},
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
  const config = readConfig({ THROUGHLINE_DATA: join(folder, 'data') })
  await (await openInstallation(config, { clock })).close()

  const before = await openKept(config, clock, silentLog)
  const owner = await before.identity.people.find(config.adminEmail)
  if (owner === undefined) throw new Error('no owner')
  await before.identity.people.erase(owner.personId)
  await before.store.close()

  const installation = await openInstallation(config, { clock })
  expect(await installation.signInLink(config.adminEmail)).toContain('/sign-in#')
  await installation.close()
  const { store, identity, metadata } = await openKept(config, clock, silentLog)
  const next = await identity.people.find(config.adminEmail)
  expect(next?.personId).not.toBe(owner.personId)
  expect((await metadata.spaces.installation())?.adminPersonId).toBe(next?.personId)
  await store.close()
})

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createTestKeys, createTestSeals } from '../../test/doubles/stores/test-seals.ts'
import { sealBytes } from './aes-gcm.ts'
import { openFileProvider } from './file-provider.ts'
import { addSealKey, loadSealKeys } from './master-keys.ts'
import { createSeals } from './seals.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

const unusable = expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' })
const broken = { code: 'SEAL_BROKEN' }
const secret = 'https://hooks.example.com/very-secret-äß-🔑'
const subject = { kind: 'space', id: 'a' } as const
const here = { subject, boundTo: 'space/a channel/b' }

it('[TK1] a sealed text opens again for its place, and no two seals are alike', async () => {
  const seals = createTestSeals()
  const sealed = await seals.seal(secret, here)
  expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('secret')
  expect(await seals.seal(secret, here)).not.toBe(sealed)
  expect(await seals.open(sealed, here)).toBe(secret)
  for (const text of ['', 'x'.repeat(100_000), '\0']) expect(await seals.open(await seals.seal(text, here), here)).toBe(text)
})

it('[TK1] (D1) a seal opens for no other item or subject, and not after a change of any of its characters', async () => {
  const seals = createTestSeals()
  const sealed = await seals.seal('0123456789', here)
  await expect(seals.open(sealed, { ...here, boundTo: 'space/a channel/c' })).rejects.toMatchObject(broken)
  await seals.seal('x', { ...here, subject: { kind: 'space', id: 'b' } })
  await expect(seals.open(sealed, { ...here, subject: { kind: 'space', id: 'b' } })).rejects.toMatchObject(broken)
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    await expect(seals.open(sealed.slice(0, at) + other + sealed.slice(at + 1), here)).rejects.toMatchObject(broken)
  }
  for (const text of ['', 's2', 's2..', sealed.slice(0, -4), `${sealed}AAAA`, 'https://plain.example.com'])
    await expect(seals.open(text, here)).rejects.toMatchObject(broken)
})

it('[TK2] master keys are files of mode 0600 in a folder of mode 0700, made once', () => {
  const folder = join(temporaryFolder(), 'keys')
  openFileProvider(folder)
  openFileProvider(folder)
  const [name = '', ...others] = readdirSync(folder)
  expect(others).toEqual([])
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it('[TK2] a folder or key that cannot be used is told', () => {
  const folder = join(temporaryFolder(), 'keys')
  expect(() => loadSealKeys(join(folder, 'absent'))).toThrow(unusable)
  mkdirSync(folder)
  writeFileSync(join(folder, 'seal-000000000000009.key'), 'half')
  expect(() => openFileProvider(folder)).toThrow(unusable)
  writeFileSync(join(folder, 'file'), '')
  expect(() => openFileProvider(join(folder, 'file', 'keys'))).toThrow(unusable)
  mkdirSync(join(folder, 'empty'))
  expect(() => loadSealKeys(join(folder, 'empty'))).toThrow(unusable)
})

it('[SL1] what an older version sealed with a key of the folder opens for its item as long as that key is there', async () => {
  const folder = join(temporaryFolder(), 'keys')
  addSealKey(folder, 1)
  const [{ keyId, key } = { keyId: '', key: undefined }] = loadSealKeys(folder)
  if (key === undefined) throw new Error('no key')
  const old = `s1.${keyId}.${sealBytes(key, Buffer.from(secret), `s1\0${keyId}\0${here.boundTo}`).toString('base64url')}`
  addSealKey(folder, 2)
  const seals = createSeals(createTestKeys(), () => loadSealKeys(folder))
  expect(await seals.open(old, here)).toBe(secret)
  await expect(seals.open(old, { ...here, boundTo: 'space/a channel/c' })).rejects.toMatchObject(broken)
  rmSync(join(folder, readdirSync(folder).sort()[0] ?? ''))
  await expect(seals.open(old, here)).rejects.toMatchObject(broken)
})

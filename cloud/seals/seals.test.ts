import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../test/doubles/identity-bench.ts'
import { addSealKey, loadSealKeys } from './seal-keys.ts'
import { openSeals } from './seals.ts'

const unusable = expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' })
const broken = expect.objectContaining({ code: 'SEAL_BROKEN' })
const secret = 'https://hooks.example.com/very-secret-äß-🔑'

it('[TK1] a sealed text opens again for its item, over restarts, and no two seals are alike', () => {
  const folder = join(temporaryFolder(), 'keys')
  const seals = openSeals(folder)
  const sealed = seals.seal(secret, 'space/a channel/b')
  expect(sealed).not.toContain('secret')
  expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('secret')
  expect(seals.seal(secret, 'space/a channel/b')).not.toBe(sealed)
  expect(openSeals(folder).open(sealed, 'space/a channel/b')).toBe(secret)
  expect(seals.open(seals.seal('', 'x'), 'x')).toBe('')
})

it('[TK1] a seal opens for no other item, and not after a change of any of its characters', () => {
  const seals = openSeals(join(temporaryFolder(), 'keys'))
  const sealed = seals.seal('0123456789', 'a')
  expect(() => seals.open(sealed, 'b')).toThrow(broken)
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    expect(() => seals.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'a')).toThrow(broken)
  }
  for (const text of ['', 's1', 's1..', sealed.slice(0, -4), `${sealed}AAAA`, 'https://plain.example.com']) {
    expect(() => seals.open(text, 'a')).toThrow(broken)
  }
})

it('[TK2] the newest key seals and older ones still open, also keys that another process made since', () => {
  const folder = join(temporaryFolder(), 'keys')
  const before = openSeals(folder)
  const old = before.seal(secret, 'a')
  addSealKey(folder, 1_700_000_000_000)
  const after = openSeals(folder)
  const fresh = after.seal(secret, 'a')
  expect(fresh.split('.')[1]).not.toBe(old.split('.')[1])
  expect(after.open(old, 'a')).toBe(secret)
  expect(before.open(fresh, 'a')).toBe(secret)
})

it('[TK2] the key is a file of mode 0600 in a folder of mode 0700, made once', () => {
  const folder = join(temporaryFolder(), 'keys')
  openSeals(folder)
  openSeals(folder)
  const [name = '', ...others] = readdirSync(folder)
  expect(others).toEqual([])
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it('[TK2] a missing key opens nothing, and a folder or key that cannot be used is told', () => {
  const folder = join(temporaryFolder(), 'keys')
  const sealed = openSeals(folder).seal(secret, 'a')
  rmSync(folder, { recursive: true })
  expect(() => openSeals(folder).open(sealed, 'a')).toThrow(broken)
  expect(() => loadSealKeys(join(folder, 'absent'))).toThrow(unusable)
  writeFileSync(join(folder, 'seal-000000000000009.key'), 'half')
  expect(() => openSeals(folder)).toThrow(unusable)
  writeFileSync(join(folder, 'file'), '')
  expect(() => openSeals(join(folder, 'file', 'keys'))).toThrow(unusable)
  mkdirSync(join(folder, 'empty'))
  expect(() => loadSealKeys(join(folder, 'empty'))).toThrow(unusable)
})

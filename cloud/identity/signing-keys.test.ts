import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createTokenVerifier, signToken } from './signed-token.ts'
import { addSigningKey, ensureKeyRing, loadKeyRing } from './signing-keys.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

const unusable = expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' })

it('[ID8] keeps one key of mode 0600 over restarts', async () => {
  const folder = join(temporaryFolder(), 'keys')
  const first = await ensureKeyRing(folder, 1)
  const again = await ensureKeyRing(folder, 2)
  expect(again.current.kid).toBe(first.current.kid)
  const [name = '', ...others] = readdirSync(folder)
  expect(others).toEqual([])
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it('[ID8] signs with the newest key and verifies with older ones', async () => {
  const folder = join(temporaryFolder(), 'keys')
  const clock = createHandClock()
  const use = { issuer: 'i', audience: 'a', type: 't' }
  const before = await ensureKeyRing(folder, 1)
  const oldToken = await signToken(before.current, use, { sub: 'x' }, clock.nowMs(), 60_000)
  addSigningKey(folder, 2)
  const after = await loadKeyRing(folder)
  expect(after.current.kid).not.toBe(before.current.kid)
  expect(await createTokenVerifier({ ring: after, use, clock })(oldToken)).toMatchObject({ sub: 'x' })
})

it('[ID30] tells of a missing key, a foreign key and half a key', async () => {
  const folder = temporaryFolder()
  await expect(loadKeyRing(folder)).rejects.toEqual(unusable)
  await expect(loadKeyRing(join(folder, 'absent'))).rejects.toEqual(unusable)
  const path = join(folder, 'signing-000000000000001.pem')
  writeFileSync(path, 'not a key')
  await expect(ensureKeyRing(folder, 1)).rejects.toEqual(unusable)
  writeFileSync(path, generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await expect(ensureKeyRing(folder, 1)).rejects.toEqual(unusable)
})

it('[ID30] tells of a folder that cannot be made', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(ensureKeyRing(join(folder, 'file', 'keys'), 1)).rejects.toEqual(unusable)
  mkdirSync(join(folder, 'keys'))
  expect(() => addSigningKey(join(folder, 'file', 'keys'), 1)).toThrow(unusable)
})

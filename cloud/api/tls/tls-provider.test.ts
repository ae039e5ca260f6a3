import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { ensureTls } from './ensure-tls.ts'
import { createTlsProvider } from './tls-provider.ts'
import { temporaryFolder } from '../../../test/doubles/temporary-folder.ts'

const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' })

async function ownFiles() {
  const folder = temporaryFolder()
  const own = { certFile: join(folder, 'own-cert.pem'), keyFile: join(folder, 'own-key.pem') }
  const put = (pair: { certPem: string; keyPem: string }) => {
    writeFileSync(own.certFile, pair.certPem)
    writeFileSync(own.keyFile, pair.keyPem)
  }
  const make = () => ensureTls({ folder: temporaryFolder(), names: ['localhost'], clock: systemClock, log: silentLog })
  return { folder, own, put, make }
}

it('[TL1] makes a CA and tells its fingerprint', async () => {
  const provider = await createTlsProvider({ folder: temporaryFolder(), names: ['localhost'], clock: systemClock, log: silentLog })
  expect(provider.caPem).toContain('BEGIN CERTIFICATE')
  expect(provider.caFingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  expect(await provider.load()).toMatchObject({ caPem: provider.caPem })
})

it('[TL7] serves own files, and has no CA to hand out then', async () => {
  const { folder, own, put, make } = await ownFiles()
  const pair = await make()
  put(pair)
  const provider = await createTlsProvider({ folder, names: [], own, clock: systemClock, log: silentLog })
  expect(provider.caPem).toBeUndefined()
  expect(await provider.load()).toEqual({ certPem: pair.certPem, keyPem: pair.keyPem })
})

it('[TL7] refuses own files that cannot be served', async () => {
  const { folder, own, put, make } = await ownFiles()
  const start = (clock = systemClock) => createTlsProvider({ folder, names: [], own, clock, log: silentLog })
  await expect(start()).rejects.toEqual(invalid)
  const [one, other] = [await make(), await make()]
  put({ certPem: one.certPem, keyPem: other.keyPem })
  await expect(start()).rejects.toThrow('the key is not the one of the certificate')
  put({ certPem: 'x', keyPem: 'x' })
  await expect(start()).rejects.toEqual(invalid)
  put(one)
  await expect(start(createHandClock(Date.now() + 500 * 24 * 3_600_000))).rejects.toThrow('the certificate has expired')
})

it('[TL8] notices changed files, also when one is missing for a moment', async () => {
  const { folder, own, put, make } = await ownFiles()
  put(await make())
  const clock = createHandClock(Date.now())
  const provider = await createTlsProvider({ folder, names: [], own, clock, log: silentLog })
  let changes = 0
  const stop = provider.onChange(() => (changes += 1))
  clock.advance(60_000)
  expect(changes).toBe(0)
  rmSync(own.keyFile)
  clock.advance(10_000)
  expect(changes).toBe(0)
  const next = await make()
  put({ certPem: `${next.certPem}\n`, keyPem: next.keyPem })
  clock.advance(20_000)
  expect(changes).toBe(1)
  stop()
})

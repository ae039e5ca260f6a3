import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { joinProviders, type KeyProvider } from '../../cloud/seals/key-provider.ts'
import { createKmsProvider } from '../../cloud/seals/kms/kms-provider.ts'
import { kmsRetryRule } from '../../cloud/seals/kms/kms-sender.ts'
import { addSealKey } from '../../cloud/seals/master-keys.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { startKmsServer, type KmsTrouble } from '../doubles/servers/kms-server.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const context = { subject: 'person/1', installation: 'one' }
const pause = async () => {}
const dataKey = () => Uint8Array.from(randomBytes(32))

/** A provider, how its newest master is replaced, and how it goes away. */
interface Bench {
  readonly provider: KeyProvider
  readonly rotate: () => Promise<KeyProvider>
  readonly goAway: () => void
}

const makers: Readonly<Record<string, () => Promise<Bench>>> = {
  async file() {
    const folder = join(temporaryFolder(), 'keys')
    return {
      provider: openFileProvider(folder),
      async rotate() {
        addSealKey(folder, 1_800_000_000_000)
        return openFileProvider(folder)
      },
      goAway: () => rmSync(folder, { recursive: true }),
    }
  },
  async kms() {
    const server = await startKmsServer()
    onTestFinished(() => server.stop())
    const open = (key: string) => {
      const provider = createKmsProvider({ ...server.place, key, clock: systemClock, log: silentLog, pause })
      onTestFinished(() => provider.close())
      return provider
    }
    return { provider: open('alias/one'), rotate: async () => open('alias/two'), goAway: () => server.trouble('DisabledException') }
  },
}

describe.each(Object.keys(makers))('the %s key provider', (name) => {
  const setUp = async () => (await makers[name]?.()) as Bench

  it('[SL6] (D1) wraps a key so that it unwraps in the same context, differently each time, and never shows it', async () => {
    const { provider } = await setUp()
    const key = dataKey()
    const [one, two] = [await provider.wrap(key, context), await provider.wrap(key, context)]
    expect(one).not.toBe(two)
    expect(Buffer.from(one, 'latin1').includes(Buffer.from(key))).toBe(false)
    expect(Uint8Array.from(await provider.unwrap(one, context))).toEqual(key)
    expect(Uint8Array.from(await provider.unwrap(two, context))).toEqual(key)
    expect(provider.masterOf(one)).toBe(provider.currentMaster())
  })

  it('[SL5] (D1) refuses another person, another installation and what was changed', async () => {
    const { provider } = await setUp()
    const wrapped = await provider.wrap(dataKey(), context)
    for (const other of [
      { ...context, subject: 'person/2' },
      { ...context, installation: 'two' },
    ])
      await expect(provider.unwrap(wrapped, other)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    await expect(provider.rewrap(wrapped, { ...context, subject: 'person/2' })).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    for (const text of ['', 'plain', `${wrapped.slice(0, -6)}AAAAAA`])
      await expect(provider.unwrap(text, context)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  })

  it('[SL6] a newer master wraps from then on, older ones unwrap, and a key moves under the newer one unchanged', async () => {
    const { provider, rotate } = await setUp()
    const key = dataKey()
    const wrapped = await provider.wrap(key, context)
    const newer = await rotate()
    expect(newer.currentMaster()).not.toBe(newer.masterOf(wrapped))
    expect(Uint8Array.from(await newer.unwrap(wrapped, context))).toEqual(key)
    const moved = await newer.rewrap(wrapped, context)
    expect(newer.masterOf(moved)).toBe(newer.currentMaster())
    expect(Uint8Array.from(await newer.unwrap(moved, context))).toEqual(key)
  })

  it('[SL4] (D1) says that it is away, and wraps nothing then', async () => {
    const { provider, goAway } = await setUp()
    const wrapped = await provider.wrap(dataKey(), context)
    goAway()
    await expect(provider.wrap(dataKey(), context)).rejects.toMatchObject({
      code: name === 'kms' ? 'KEYS_UNAVAILABLE' : 'DATA_FOLDER_UNUSABLE',
    })
    if (name === 'kms') await expect(provider.unwrap(wrapped, context)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  })
})

it('[SL6] keys move from files to KMS and back, and a provider that is not there any more is named', async () => {
  const [file, kms] = [await makers['file']?.(), await makers['kms']?.()] as [Bench, Bench]
  const key = dataKey()
  const inFile = await file.provider.wrap(key, context)
  const toKms = joinProviders(kms.provider, [file.provider])
  const inKms = await toKms.rewrap(inFile, context)
  expect([toKms.name, kms.provider.masterOf(inKms)]).toEqual(['kms', kms.provider.currentMaster()])
  const back = joinProviders(file.provider, [kms.provider])
  const again = await back.rewrap(inKms, context)
  expect(Uint8Array.from(await joinProviders(file.provider, []).unwrap(again, context))).toEqual(key)
  await expect(joinProviders(file.provider, []).unwrap(inKms, context)).rejects.toThrow('THROUGHLINE_KMS_KEY')
  await expect(joinProviders(kms.provider, []).unwrap(inFile, context)).rejects.toThrow('THROUGHLINE_KEYS')
})

it('[SL7] KMS is told whose key it is, tried again while that can help, and asked once where it cannot', async () => {
  const server = await startKmsServer()
  onTestFinished(() => server.stop())
  const provider = createKmsProvider({ ...server.place, key: 'one', clock: systemClock, log: silentLog, pause })
  onTestFinished(() => provider.close())
  const wrapped = await provider.wrap(dataKey(), context)
  expect(server.calls).toEqual([{ operation: 'Encrypt', context }])
  for (const kind of ['ThrottlingException', 'KMSInternalException', 'cut'] as KmsTrouble[]) {
    server.trouble(kind, 2)
    server.calls.length = 0
    expect(await provider.unwrap(wrapped, context)).toHaveLength(32)
    expect(server.calls).toHaveLength(3)
  }
  for (const kind of ['AccessDeniedException', 'DisabledException'] as KmsTrouble[]) {
    server.trouble(kind)
    server.calls.length = 0
    await expect(provider.unwrap(wrapped, context)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    expect(server.calls).toHaveLength(1)
  }
})

it('[SL7] a KMS that hangs or throttles for good is given up, and for a moment nobody waits for it again', async () => {
  const server = await startKmsServer()
  onTestFinished(() => server.stop())
  const clock = createHandClock()
  const provider = createKmsProvider({ ...server.place, key: 'one', clock, log: silentLog, pause })
  onTestFinished(() => provider.close())
  server.trouble('ThrottlingException')
  await expect(provider.wrap(dataKey(), context)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  expect(server.calls).toHaveLength(kmsRetryRule.tries)
  await expect(provider.wrap(dataKey(), context)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  expect(server.calls).toHaveLength(kmsRetryRule.tries)
  clock.advance(kmsRetryRule.restMs)
  server.trouble('hang', 1)
  expect(await provider.wrap(dataKey(), context)).toMatch(/^k1\./)
})

it('[SL6] masters are files that their owner alone reads', async () => {
  const folder = join(temporaryFolder(), 'keys')
  openFileProvider(folder)
  expect(readdirSync(folder)).toHaveLength(1)
})

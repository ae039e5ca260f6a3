import { describe, expect, it } from 'vitest'
import { joinProviders, type KeyProvider } from '../../cloud/seals/key-provider.ts'
import { keyPlace } from '../../cloud/seals/key-record.ts'
import { createSeals } from '../../cloud/seals/seals.ts'
import { createSubjectKeys, keyLimits } from '../../cloud/seals/subject-keys.ts'
import { asItemWrite } from '../../cloud/store/item-rules.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { createTestProvider } from '../doubles/stores/test-seals.ts'

const person = { kind: 'person', id: '00000000-0000-4000-8000-000000000001' } as const
const space = { kind: 'space', id: '00000000-0000-4000-8000-000000000002' } as const
const place = { subject: person, boundTo: 'here' }

/** A provider that a test takes away, and that counts what it is asked. */
function watchedProvider() {
  const provider = createTestProvider()
  const asked = { wrap: 0, unwrap: 0 }
  let isAway = false
  const check = () => {
    if (isAway) throw new ThroughlineError('KEYS_UNAVAILABLE', 'The keys are away.')
  }
  const watched: KeyProvider = {
    ...provider,
    wrap: async (...question) => (check(), asked.wrap++, provider.wrap(...question)),
    unwrap: async (...question) => (check(), asked.unwrap++, provider.unwrap(...question)),
  }
  return { provider: watched, asked, away: (is: boolean) => void (isAway = is) }
}

describe.each(contractStoreNames)('keys of people and spaces over %s', (storeName) => {
  async function setUp() {
    const clock = createHandClock()
    const open = await contractStore(storeName, clock)
    const watched = watchedProvider()
    const ring = (apart: MetadataStore = open(), installationId = 'one') =>
      createSubjectKeys({ apart, provider: joinProviders(watched.provider, []), installationId, clock })
    return { clock, open, ring, ...watched }
  }

  it('[SL2] (D1) each person and each space has a key of its own, wrapped, that outlives a restart; makers at once agree on it', async () => {
    const { open, ring } = await setUp()
    const rings = [ring(), ring(), ring()]
    const made = await Promise.all([...rings, ...rings].map((each) => each.sealing(person)))
    expect(new Set(made.map(({ keyId }) => keyId)).size).toBe(1)
    const other = await ring().sealing(space)
    expect(other.keyId).not.toBe(made[0]?.keyId)
    const sealed = await createSeals(rings[0] ?? ring()).seal('secret', place)
    expect(await createSeals(ring()).open(sealed, place)).toBe('secret')
    const stored = JSON.stringify(await open().everything())
    expect(stored).not.toContain(made[0]?.key.export().toString('base64url'))
    expect(await ring().state(person)).toBe('usable')
    expect(await ring().state({ kind: 'person', id: 'somebody-else' })).toBe('none')
  })

  it('[SL3] (D1) a destroyed key opens nothing and seals nothing any more: at once here, within a minute everywhere, and for good', async () => {
    const { clock, ring } = await setUp()
    const [here, there] = [ring(), ring()]
    const sealed = await createSeals(here).seal('secret', place)
    expect(await createSeals(there).open(sealed, place)).toBe('secret')
    await here.destroy(person)
    await here.destroy(person)
    await expect(createSeals(here).open(sealed, place)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    await expect(createSeals(here).seal('more', place)).rejects.toMatchObject({ code: 'ERASED' })
    clock.advance(keyLimits.recordMs)
    await expect(createSeals(there).open(sealed, place)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    await expect(createSeals(there).seal('more', place)).rejects.toMatchObject({ code: 'ERASED' })
    expect(await ring().state(person)).toBe('destroyed')
    await expect(ring().sealing(person)).rejects.toMatchObject({ code: 'ERASED' })
    // Also of somebody who never had a key.
    await here.destroy(space)
    await expect(there.sealing(space)).rejects.toMatchObject({ code: 'ERASED' })
  })

  it('[SL3] a key destroyed while others are making and using it ends destroyed', async () => {
    const { ring } = await setUp()
    const rings = [ring(), ring(), ring(), ring()]
    const [destroyer] = rings
    await Promise.allSettled([
      ...rings.map((each) => each.sealing(person)),
      destroyer?.destroy(person),
      ...rings.map((each) => each.sealing(person)),
    ])
    expect(await ring().state(person)).toBe('destroyed')
    await expect(destroyer?.sealing(person)).rejects.toMatchObject({ code: 'ERASED' })
  })

  it('[SL4] (D1) while the provider is away nothing is sealed or opened that its key is not in memory for, and nothing is left half made', async () => {
    const { clock, open, ring, away } = await setUp()
    const one = ring()
    const sealed = await createSeals(one).seal('secret', place)
    away(true)
    await expect(ring().sealing(space)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    await expect(createSeals(ring()).open(sealed, place)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    expect(await open().read(keyPlace(space))).toBeUndefined()
    expect(await createSeals(one).open(sealed, place)).toBe('secret')
    // A destruction needs no provider.
    await ring().destroy(space)
    clock.advance(keyLimits.unwrappedMs)
    await expect(createSeals(one).open(sealed, place)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    away(false)
    expect(await createSeals(one).open(sealed, place)).toBe('secret')
  })

  it('[SL4] a key in memory is used without asking anybody for a minute, and its provider is asked once in ten', async () => {
    const { clock, ring, asked } = await setUp()
    const seals = createSeals(ring())
    for (let n = 0; n < 100; n++) await seals.seal('secret', place)
    for (let minute = 0; minute < 9; minute++) {
      clock.advance(keyLimits.recordMs)
      await seals.seal('secret', place)
    }
    expect(asked).toEqual({ wrap: 1, unwrap: 1 })
    clock.advance(keyLimits.recordMs)
    await seals.seal('secret', place)
    expect(asked).toEqual({ wrap: 1, unwrap: 2 })
  })

  it('[SL5] (D1) keys of one installation are refused by another, and so is a wrapped key put in the place of another', async () => {
    const { clock, open, ring } = await setUp()
    await ring().sealing(person)
    await expect(ring(open(), 'two').sealing(person)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    const mine = await open().read(keyPlace(person))
    if (mine === undefined) throw new Error('no key')
    await open().write(asItemWrite({ ...keyPlace(space), kind: 'seal-key', data: mine.data }), 'absent')
    await expect(ring().sealing(space)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    clock.advance(1)
  })

  it('[SL3] a crash at any write leaves a key that is made or not, destroyed or not', async () => {
    const { open, ring } = await setUp()
    for (const when of ['before', 'after'] as const) {
      const subject = { kind: 'person', id: when } as const
      const failing = createFailingStore(open())
      const crashing = ring(failing)
      failing.failAt(1, when)
      await expect(crashing.sealing(subject)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      failing.heal()
      const made = await crashing.sealing(subject)
      expect((await ring().sealing(subject)).keyId).toBe(made.keyId)
      failing.failAt(1, when)
      await expect(crashing.destroy(subject)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      failing.heal()
      await crashing.destroy(subject)
      expect(await ring().state(subject)).toBe('destroyed')
    }
  })
})

import { describe, expect, it } from 'vitest'
import { createChangeItem } from '../../cloud/metadata/change-item.ts'
import { sealed } from '../../cloud/seals/sealed-store.ts'
import { asItemWrite } from '../../cloud/store/item-rules.ts'
import type { ItemKey, ItemWrite, MetadataStore } from '../../cloud/store/port.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { createTestKeys } from '../doubles/stores/test-seals.ts'

const personOf = (email: string, name?: string): ItemWrite => ({
  partition: 'person#p1',
  sort: 'person',
  kind: 'person',
  data: { email, createdAtMs: 1, ...(name === undefined ? {} : { name }) },
})
const person = personOf('ada@example.com', 'Ada Lovelace')
const domain = (name: string) => ({ domain: `${name}.example`, token: `token-${name}`, provenAtMs: null })
const provider: ItemWrite = {
  partition: 'space/s1',
  sort: 'sign-in-provider',
  kind: 'sign-in-provider',
  data: {
    issuer: 'https://issuer.example',
    clientId: 'client',
    sealedSecret: 's2.its-own',
    name: 'Our door',
    domains: [domain('first'), domain('second')],
  },
}
const board: ItemWrite = {
  partition: 'space/s1',
  sort: 'board/1',
  kind: 'board',
  data: { roomId: 'r1', name: 'Night shift', tiles: 1, createdBy: 'p1', createdAtMs: 1, changedBy: 'p1', changedAtMs: 1 },
  blob: Uint8Array.from(Buffer.from('compressed words')),
}
const browser: ItemWrite = {
  partition: 'space/s1',
  sort: 'push/1',
  kind: 'push-target',
  data: {
    personId: 'p1',
    memberId: 'm1',
    name: 'Firefox at home',
    options: [],
    roomIds: null,
    endpointHash: 'h',
    createdAtMs: 1,
    sealed: 's2.its-own',
  },
}
const all = [person, provider, board, browser]
const secrets = [
  'ada@',
  'Lovelace',
  'issuer.example',
  'Our door',
  'first.example',
  'second.example',
  'Night shift',
  'compressed words',
  'Firefox at home',
]

describe.each(contractStoreNames)('the sealing store over %s', (storeName) => {
  async function setUp() {
    const clock = createHandClock()
    const raw = (await contractStore(storeName, clock))()
    const ring = createTestKeys(clock)
    const logged: { name: string; fields: unknown }[] = []
    const note = (name: string, fields?: unknown) => void logged.push({ name, fields })
    const log = { debug: note, info: note, warn: note, error: note }
    const open = (over: MetadataStore = raw, keys = ring) => sealed(over, { ring: keys, clock, log })
    return { clock, raw, ring, store: open(), open, logged }
  }
  const keyOf = ({ partition, sort }: ItemKey) => ({ partition, sort })
  const atRest = async (raw: MetadataStore) =>
    (await raw.everything()).items.map(({ data, blob }) => JSON.stringify(data) + Buffer.from(blob ?? []).toString('latin1')).join('\n')

  it('[SL8] (D1) services read back exactly what they wrote, and nothing of what the map seals lies in the store', async () => {
    const { store, raw } = await setUp()
    for (const item of all) expect(await store.write(item, 'absent')).toBe(1)
    for (const item of all) expect(await store.read(keyOf(item))).toEqual({ ...item, revision: 1 })
    expect((await store.list('space/s1', { prefix: 'board/' })).items).toEqual([{ ...board, revision: 1 }])
    const inWords = ({ data }: { readonly data: unknown }) => JSON.stringify(data)
    expect((await store.everything()).items.map(inWords).toSorted()).toEqual(all.map(inWords).toSorted())
    expect((await store.pending(10)).map(inWords)).toContain(inWords(person))
    const lying = await atRest(raw)
    for (const secret of secrets) expect(lying).not.toContain(secret)
    // What needs no seal, and what its service sealed, lies there as it was given.
    for (const plain of ['s2.its-own', '"tiles":1', '"personId":"p1"']) expect(lying).toContain(plain)
  })

  it('[SL8] (D1) a sealed text opens in no other item and no other place', async () => {
    const { store, raw } = await setUp()
    await store.write(person, 'absent')
    await store.write(provider, 'absent')
    const [stored, other] = [await raw.read(keyOf(person)), await raw.read(keyOf(provider))]
    if (stored === undefined || other === undefined) throw new Error('not written')
    const { email, name } = stored.data as { email: string; name: string }
    for (const swap of [personOf(name), personOf('x', email), personOf(`${email.slice(0, -2)}AA`), personOf('\u007fs2.')]) {
      await raw.write(swap, (await raw.read(keyOf(person)))?.revision ?? 0)
      await expect(store.read(keyOf(person))).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
      await expect(store.list('person#p1')).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    }
    const elsewhere = { partition: 'person#p1', sort: 'elsewhere' }
    await raw.write(asItemWrite({ ...elsewhere, kind: 'person', data: stored.data }), 'absent')
    await expect(store.read(elsewhere)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
    // A walk over everything goes on.
    expect((await store.everything()).items.map(({ kind }) => kind)).toEqual(['sign-in-provider'])
    const domains = (other.data as { domains: readonly object[] }).domains
    await raw.write(
      asItemWrite({
        ...keyOf(provider),
        kind: 'sign-in-provider',
        data: { ...(other.data as object), domains: domains.toReversed() } as never,
      }),
      1,
    )
    await expect(store.read(keyOf(provider))).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  })

  it('[SL8] conditions hold as without seals, and a change to the same content writes nothing', async () => {
    const { store } = await setUp()
    await store.write(person, 'absent')
    expect(await store.write(person, 'absent')).toBeUndefined()
    expect(await store.write(person, 7)).toBeUndefined()
    expect(await store.write(person, 1)).toBe(2)
    const change = createChangeItem(store)
    expect(await change(keyOf(person), () => person)).toEqual({ isWritten: false })
    expect(await change(keyOf(person), () => personOf('b@example.com'))).toEqual({ isWritten: true })
    expect(await store.remove(keyOf(person), 3)).toBe(true)
    expect(await store.read(keyOf(person))).toBeUndefined()
  })

  it('[SL9] what an older version left in the open is read, and sealed at its next write', async () => {
    const { store, raw } = await setUp()
    for (const item of all) await raw.write(item, 'absent')
    for (const item of all) expect(await store.read(keyOf(item))).toEqual({ ...item, revision: 1 })
    for (const item of all) await store.write(item, 1)
    for (const secret of secrets) expect(await atRest(raw)).not.toContain(secret)
    for (const item of all) expect(await store.read(keyOf(item))).toEqual({ ...item, revision: 2 })
  })

  it('[SL10] (D1) what a destroyed key sealed reads as empty, breaks no list, can be removed, and is written back only empty', async () => {
    const { store, ring, logged } = await setUp()
    for (const item of all) await store.write(item, 'absent')
    await ring.destroy({ kind: 'person', id: 'p1' })
    const names = (await store.list('space/s1')).items.map(({ data }) => (data as { name: string }).name)
    expect(names).toEqual(['Night shift', '', 'Our door'])
    expect(await store.read(keyOf(person))).toMatchObject({ data: { email: '', name: '', createdAtMs: 1 } })
    expect(logged).toContainEqual({ name: 'erased_texts_read', fields: { kind: 'push-target', count: 1 } })
    await expect(store.write(person, 1)).rejects.toMatchObject({ code: 'ERASED' })
    expect(await store.write(personOf('', ''), 1)).toBe(2)
    expect(await store.remove(keyOf(person), 2)).toBe(true)
    await ring.destroy({ kind: 'space', id: 's1' })
    expect(await store.read(keyOf(board))).toMatchObject({ data: { name: '', tiles: 1 }, blob: new Uint8Array() })
    expect(await store.remove(keyOf(board), 1)).toBe(true)
  })

  it('[SL4] (D1) while keys are away nothing is written in the open, what is there does not open, and what has no seal is served', async () => {
    const { raw, ring, open } = await setUp()
    let isAway = false
    const refuse = () => Promise.reject(new ThroughlineError('KEYS_UNAVAILABLE', 'The keys are away.'))
    const store = open(raw, {
      ...ring,
      sealing: (subject) => (isAway ? refuse() : ring.sealing(subject)),
      opening: (subject, keyId) => (isAway ? refuse() : ring.opening(subject, keyId)),
    })
    await store.write(person, 'absent')
    isAway = true
    await expect(store.write(board, 'absent')).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    await expect(store.read(keyOf(person))).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    await expect(store.everything()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    await expect(store.read({ partition: 'audit-heads', sort: 'nothing' })).resolves.toBeUndefined()
    expect((await raw.everything()).items.filter(({ kind }) => kind === 'board')).toEqual([])
  })

  it('[SL8] a crash at a write leaves the old item or the new one, sealed', async () => {
    const { raw, open } = await setUp()
    const failing = createFailingStore(raw)
    const store = open(failing)
    await store.write(person, 'absent')
    for (const when of ['before', 'after'] as const) {
      failing.failAt(1, when)
      await expect(store.write(personOf(`${when}@example.com`), 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      failing.heal()
      const email = when === 'before' ? 'ada@example.com' : 'after@example.com'
      expect(await store.read(keyOf(person))).toMatchObject({ data: { email } })
      expect(await atRest(raw)).not.toContain('example.com')
    }
  })

  it('[SL8] a long text is compressed before it is sealed, so that what fitted an item fits it still', async () => {
    const { store, raw } = await setUp()
    const long = 'many words of a long text, '.repeat(8_000)
    await store.write(personOf(long), 'absent')
    expect(await store.read(keyOf(person))).toMatchObject({ data: { email: long } })
    expect((await atRest(raw)).length).toBeLessThan(5_000)
  })
})

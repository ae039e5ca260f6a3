import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createFailingStore } from '../../test/doubles/stores/failing-store.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import type { MetadataStore } from '../store/port.ts'
import { createPeople } from './people.ts'

it('[ID2] makes one person of concurrent calls for one address', async () => {
  const clock = createHandClock()
  const people = createPeople({ store: createMemoryStore(clock), clock })
  const made = await Promise.all(Array.from({ length: 8 }, (_, at) => people.ensure(at % 2 === 0 ? 'ada@example.com' : 'ADA@example.com')))
  expect(new Set(made.map((person) => person.personId)).size).toBe(1)
  expect(await people.find('Ada@example.com')).toEqual(made[0])
  expect(await people.find('eve@example.com')).toBeUndefined()
})

it('[ID2] completes a person whose second write was lost', async () => {
  const clock = createHandClock()
  const real = createMemoryStore(clock)
  let writes = 0
  const dying: MetadataStore = {
    ...real,
    write: async (item, condition) => {
      writes += 1
      if (writes === 2) throw new Error('killed')
      return real.write(item, condition)
    },
  }
  await expect(createPeople({ store: dying, clock }).ensure('ada@example.com')).rejects.toThrow('killed')
  const people = createPeople({ store: real, clock })
  expect(await people.find('ada@example.com')).toBeUndefined()
  const person = await people.ensure('ada@example.com')
  expect(await people.get(person.personId)).toEqual(person)
})

it('[ID3] does not show the address in the item that keeps it unique', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const written: string[] = []
  const watching: MetadataStore = {
    ...store,
    write: async (item, condition) => {
      written.push(JSON.stringify(item))
      return store.write(item, condition)
    },
  }
  await createPeople({ store: watching, clock }).ensure('ada@example.com')
  expect(written.filter((text) => text.includes('person-email') && text.includes('ada@example'))).toEqual([])
})

it.each(['before', 'after'] as const)('[SI8] completes or takes back a change of address cut %s any write', async (when) => {
  for (let nth = 1; ; nth++) {
    const clock = createHandClock()
    const real = createMemoryStore(clock)
    const store = createFailingStore(real)
    const people = createPeople({ store, clock })
    const ada = await people.ensure('ada@example.com')
    store.failAt(nth, when)
    await people.moveTo(ada.personId, 'new@example.com').catch(() => undefined)
    const hasFailed = store.heal()
    // Whoever meets what was left settles it.
    await people.find('new@example.com')
    const [byOld, byNew] = [await people.ensure('ada@example.com'), await people.ensure('new@example.com')]
    const owner = await people.get(ada.personId)
    const mine = [byOld, byNew].filter(({ personId }) => personId === ada.personId)
    expect(mine.map(({ email }) => email)).toEqual([owner?.email])
    expect(byOld.personId).not.toBe(byNew.personId)
    const moved = await people.moveTo(ada.personId, 'third@example.com')
    expect(await people.find('third@example.com')).toEqual(moved)
    if (!hasFailed) break
  }
})

it('[SI8] gives an address that many want to one of them', async () => {
  const clock = createHandClock()
  const people = createPeople({ store: createMemoryStore(clock), clock })
  const all = await Promise.all(Array.from({ length: 50 }, (_, at) => people.ensure(`p${at}@example.com`)))
  const outcomes = await Promise.allSettled([
    ...all.map(({ personId }) => people.moveTo(personId, 'wanted@example.com')),
    people.ensure('wanted@example.com'),
  ])
  const owner = await people.find('wanted@example.com')
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  const now = await Promise.all(all.map(({ personId }) => people.get(personId)))
  expect(now.filter((person) => person?.email === 'wanted@example.com' && person.personId !== owner?.personId)).toEqual([])
  for (const person of now) expect(await people.find(person?.email ?? '')).toEqual(person)
})

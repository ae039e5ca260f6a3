import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/memory-store.ts'
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
  expect(written.filter((text) => text.includes('person-email') && text.includes('ada'))).toEqual([])
})

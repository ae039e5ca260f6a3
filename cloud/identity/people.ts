import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { PersonId } from '../../src/domain/ids.ts'
import type { Person } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../store/port.ts'
import { emailHash, parseEmailAddress } from './email-address.ts'

const personData = z.object({ email: z.string(), createdAtMs: z.number() })
const emailData = z.object({ personId: z.string(), createdAtMs: z.number() })

/** Where everything of a person lies; sign-ins, links and API tokens sort beside the person itself. */
export const personPartition = (personId: PersonId): string => `person#${personId}`
const personKey = (personId: PersonId): ItemKey => ({ partition: personPartition(personId), sort: 'person' })
const emailKey = (address: string): ItemKey => ({ partition: `person-email#${emailHash(address)}`, sort: 'person-email' })

/** The people this installation knows, one for each address. */
export interface People {
  /** The person of this address, made if there is none. Throws ADDRESS_INVALID. */
  ensure(email: string): Promise<Person>
  /** Throws ADDRESS_INVALID. */
  find(email: string): Promise<Person | undefined>
  get(personId: PersonId): Promise<Person | undefined>
}

/** People in the store. The address is made unique by an item of its own, created first under its hash. */
export function createPeople({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }): People {
  const get = async (personId: PersonId): Promise<Person | undefined> => {
    const item = await store.read(personKey(personId))
    return item === undefined ? undefined : { personId, ...personData.parse(item.data) }
  }
  const ownerOf = async (address: string) => {
    const item = await store.read(emailKey(address))
    return item === undefined ? undefined : emailData.parse(item.data)
  }
  return {
    get,
    async find(email) {
      const owner = await ownerOf(parseEmailAddress(email))
      return owner === undefined ? undefined : get(owner.personId as PersonId)
    },
    async ensure(email) {
      const address = parseEmailAddress(email)
      const fresh = { personId: randomUUID() as string, createdAtMs: clock.nowMs() }
      await store.write({ ...emailKey(address), kind: 'person-email', data: fresh }, 'absent')
      const owner = await ownerOf(address)
      if (owner === undefined) throw new ThroughlineError('CONFLICT', 'The address changed hands at the same moment; try again.')
      const personId = owner.personId as PersonId
      // A crash between the two writes leaves the address without its person; whoever comes next completes it.
      await store.write({ ...personKey(personId), kind: 'person', data: { email: address, createdAtMs: owner.createdAtMs } }, 'absent')
      return { personId, email: address, createdAtMs: owner.createdAtMs }
    },
  }
}

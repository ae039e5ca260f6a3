import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { PersonId } from '../../src/domain/ids.ts'
import { themes, type Person } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../store/port.ts'
import { emailHash, parseEmailAddress } from './email-address.ts'

const personData = z.object({
  email: z.string(),
  createdAtMs: z.number(),
  name: z.string().optional(),
  timeZone: z.string().optional(),
  theme: z.enum(themes).optional(),
  /** Nobody has signed in as this person yet: they were only invited. */
  isUnused: z.literal(true).optional(),
  hasSecondFactor: z.literal(true).optional(),
  /** The address a change goes to; counts for nothing before it is taken. */
  moving: z.string().optional(),
  /** The address before the last change, until its own item is gone. */
  formerEmail: z.string().optional(),
  /** The account is being erased. */
  isLeaving: z.literal(true).optional(),
})
type PersonData = z.infer<typeof personData>
const emailData = z.object({ personId: z.string(), createdAtMs: z.number() })

/** Where everything of a person lies; sign-ins, links and API tokens sort beside the person itself. */
export const personPartition = (personId: PersonId): string => `person#${personId}`
/** The sort key of the person itself in that partition. */
export const personSort = 'person'
const personKey = (personId: PersonId): ItemKey => ({ partition: personPartition(personId), sort: personSort })
const emailKey = (address: string): ItemKey => ({ partition: `person-email#${emailHash(address)}`, sort: 'person-email' })

/** What a person decides about themselves; null clears a member, undefined leaves it. */
export interface ProfileWish {
  readonly name?: string | null | undefined
  readonly timeZone?: string | null | undefined
  readonly theme?: Person['theme'] | null
}

/** The people this installation knows, one for each address. Those whose account is being erased look absent. */
export interface People {
  /** The person of this address, made if there is none. Throws ADDRESS_INVALID, and CONFLICT while that account is being erased. */
  ensure(email: string): Promise<Person>
  /**
   * The same, and whoever is about to forget this person sees that somebody came for them. A person who is made is announced
   * before the address is written down, so that a crash leaves nobody of whom nothing else knows.
   */
  hold(email: string, beforeMade?: (personId: PersonId) => Promise<void>): Promise<Person>
  /** Erases a person as whom nobody has signed in, who is in no space and of whom nothing else is known. Anybody else stays. */
  forgetIfUnused(personId: PersonId): Promise<void>
  /** Throws ADDRESS_INVALID. */
  find(email: string): Promise<Person | undefined>
  get(personId: PersonId): Promise<Person | undefined>
  /** Throws NOT_FOUND. */
  change(personId: PersonId, wish: ProfileWish): Promise<Person>
  /** Somebody signs in as this person. Answers whether nobody had before: of several at the same moment one is told so. Throws NOT_FOUND. */
  markUsed(personId: PersonId): Promise<boolean>
  /** Throws NOT_FOUND. */
  setSecondFactor(personId: PersonId, isOn: boolean): Promise<void>
  /** Moves a person to another address. Throws ADDRESS_INVALID, NOT_FOUND, and CONFLICT when it is somebody else's. */
  moveTo(personId: PersonId, email: string): Promise<Person>
  /** From now on the person looks absent; their address stays theirs. Nothing happens when they are gone. */
  beginLeaving(personId: PersonId): Promise<void>
  /** The person stays after all; answers false when they are gone. */
  endLeaving(personId: PersonId): Promise<boolean>
  /** Takes the address and then the person itself away, the last act of erasing; nothing happens when they are gone. */
  erase(personId: PersonId): Promise<void>
}

/**
 * People in the store. The address is made unique by an item of its own, created first under its hash. Such an item counts only if
 * its person has that address, or is on the way to it: the person's item says which, so that what a crash left is completed or
 * taken away by whoever meets it.
 */
export function createPeople({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }): People {
  const read = async (personId: PersonId) => {
    const item = await store.read(personKey(personId))
    return item && { item, data: personData.parse(item.data) }
  }
  const write = (personId: PersonId, data: PersonData, condition: number | 'absent') =>
    store.write({ ...personKey(personId), kind: 'person', data }, condition)

  /** Read, decide, write if nobody else did; undefined from `decide` leaves the person as it is. */
  const edit = async (personId: PersonId, decide: (data: PersonData) => PersonData | undefined): Promise<PersonData | undefined> => {
    for (;;) {
      const current = await read(personId)
      if (current === undefined) return undefined
      const next = decide(current.data)
      if (next === undefined) return current.data
      if ((await write(personId, next, current.item.revision)) !== undefined) return next
    }
  }
  const editLiving = async (personId: PersonId, decide: (data: PersonData) => PersonData | undefined): Promise<Person> => {
    const data = await edit(personId, (current) => (current.isLeaving ? undefined : decide(current)))
    if (data === undefined || data.isLeaving) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
    return personOf(personId, data)
  }

  const ownerOf = async (address: string): Promise<{ personId: PersonId; createdAtMs: number; item: StoredItem } | undefined> => {
    const item = await store.read(emailKey(address))
    if (item === undefined) return undefined
    const { personId, createdAtMs } = emailData.parse(item.data)
    return { personId: personId as PersonId, createdAtMs, item }
  }
  const release = async (address: string, personId: PersonId): Promise<void> => {
    const owner = await ownerOf(address)
    if (owner?.personId === personId) await store.remove(owner.item, owner.item.revision)
  }

  /** The second half of a change of address, from the moment the new one is the person's. */
  const finishMove = async (personId: PersonId, address: string): Promise<PersonData | undefined> => {
    const moved = await edit(personId, (data) =>
      data.moving === address ? { ...withoutMove(data), email: address, formerEmail: data.email } : undefined,
    )
    if (moved?.formerEmail === undefined || moved.email !== address) return moved
    const { formerEmail } = moved
    await release(formerEmail, personId)
    return edit(personId, (data) => (data.formerEmail === formerEmail ? without(data, 'formerEmail') : undefined))
  }

  /** Who an address belongs to: undefined for nobody, `half` for a person whose own item is missing, `stale` for what a crash left. */
  const resolve = async (address: string) => {
    const owner = await ownerOf(address)
    if (owner === undefined) return undefined
    const { personId } = owner
    const data = (await read(personId))?.data
    if (data === undefined) return { ...owner, state: 'half' as const }
    if (data.email === address) return { ...owner, state: 'whole' as const, data }
    if (data.moving !== address) return { ...owner, state: 'stale' as const }
    const moved = await finishMove(personId, address)
    return moved?.email === address ? { ...owner, state: 'whole' as const, data: moved } : { ...owner, state: 'stale' as const }
  }

  const ensure = async (email: string, beforeMade?: (personId: PersonId) => Promise<void>): Promise<Person> => {
    const address = parseEmailAddress(email)
    for (;;) {
      const found = await resolve(address)
      if (found?.state === 'whole') {
        if (found.data.isLeaving)
          throw new ThroughlineError('CONFLICT', 'The account of this address is being erased; try again in a minute.')
        return personOf(found.personId, found.data)
      }
      if (found?.state === 'stale') {
        await store.remove(found.item, found.item.revision)
        continue
      }
      if (found === undefined) {
        const fresh = { personId: randomUUID() as string, createdAtMs: clock.nowMs() }
        await store.write({ ...emailKey(address), kind: 'person-email', data: fresh }, 'absent')
        if ((await ownerOf(address))?.personId !== fresh.personId) continue
      }
      const owner = found ?? (await ownerOf(address))
      if (owner === undefined) continue
      await beforeMade?.(owner.personId)
      // A crash between the two writes leaves the address without its person; whoever comes next completes it.
      const revision = await write(owner.personId, { email: address, createdAtMs: owner.createdAtMs, isUnused: true }, 'absent')
      if ((await ownerOf(address))?.personId === owner.personId) continue
      // The address was given up meanwhile, by an erasure: a person without it must not stay.
      if (revision !== undefined) await store.remove(personKey(owner.personId), revision)
    }
  }

  return {
    async get(personId) {
      const data = (await read(personId))?.data
      return data === undefined || data.isLeaving ? undefined : personOf(personId, data)
    },
    async find(email) {
      const found = await resolve(parseEmailAddress(email))
      return found?.state === 'whole' && !found.data.isLeaving ? personOf(found.personId, found.data) : undefined
    },
    async hold(email, beforeMade) {
      const address = parseEmailAddress(email)
      for (;;) {
        const person = await ensure(address, beforeMade)
        const owner = await ownerOf(address)
        if (owner?.personId !== person.personId) continue
        const data = { personId: owner.personId, createdAtMs: owner.createdAtMs }
        const item = { ...emailKey(address), kind: 'person-email' as const, data }
        if ((await store.write(item, owner.item.revision)) !== undefined) return person
      }
    },
    async forgetIfUnused(personId) {
      const current = await read(personId)
      if (current?.data.isUnused !== true || current.data.isLeaving) return
      const owner = await ownerOf(current.data.email)
      const { items } = await store.list(personPartition(personId), { limit: 10 })
      const link = items.find(({ kind }) => kind === 'sign-in-link')
      if (items.some(({ kind }) => kind !== 'person' && kind !== 'sign-in-link')) return
      // The address goes first and only as it was before the look: whoever invites the same person meanwhile keeps them.
      if (owner?.personId === personId && !(await store.remove(owner.item, owner.item.revision))) return
      if (link !== undefined) await store.remove(link, link.revision)
      const isGone = await store.remove(current.item, current.item.revision)
      if (isGone || owner?.personId !== personId) return
      // Somebody signed in at this very moment: the address is theirs again.
      const data = { personId, createdAtMs: owner.createdAtMs }
      if ((await read(personId)) !== undefined) await store.write({ ...emailKey(current.data.email), kind: 'person-email', data }, 'absent')
    },
    ensure: (email) => ensure(email),
    change: (personId, wish) => editLiving(personId, (data) => withWish(data, wish)),
    async markUsed(personId) {
      let wasUnused = false
      await editLiving(personId, (data) => {
        wasUnused = data.isUnused === true
        return wasUnused ? without(data, 'isUnused') : undefined
      })
      return wasUnused
    },
    async setSecondFactor(personId, isOn) {
      await editLiving(personId, (data) => (isOn ? { ...data, hasSecondFactor: true } : without(data, 'hasSecondFactor')))
    },
    async moveTo(personId, email) {
      const address = parseEmailAddress(email)
      const before = await editLiving(personId, (data) => (data.email === address ? undefined : { ...data, moving: address }))
      if (before.email === address) return before
      for (;;) {
        const found = await resolve(address)
        if (found === undefined) {
          const claim = { personId: personId as string, createdAtMs: before.createdAtMs }
          await store.write({ ...emailKey(address), kind: 'person-email', data: claim }, 'absent')
        } else if (found.state === 'stale') {
          await store.remove(found.item, found.item.revision)
          if (found.personId === personId) throw new ThroughlineError('CONFLICT', 'The address was changed again meanwhile.')
        } else if (found.personId === personId) {
          return editLiving(personId, () => undefined)
        } else {
          await edit(personId, (data) => (data.moving === address ? withoutMove(data) : undefined))
          throw new ThroughlineError('CONFLICT', 'This address belongs to another account.')
        }
      }
    },
    async beginLeaving(personId) {
      // Leaving already: nothing is written, since the ledger may have them by now.
      await edit(personId, (data) => (data.isLeaving && data.moving === undefined ? undefined : { ...withoutMove(data), isLeaving: true }))
    },
    endLeaving: async (personId) => (await edit(personId, (data) => without(data, 'isLeaving'))) !== undefined,
    async erase(personId) {
      // Again when it changed meanwhile: somebody else may be erasing them at the same moment.
      for (let current = await read(personId); current !== undefined; current = await read(personId)) {
        const { email, formerEmail, moving } = current.data
        for (const address of [email, formerEmail, moving]) if (address !== undefined) await release(address, personId)
        await store.remove(current.item, current.item.revision)
      }
    },
  }
}

function personOf(personId: PersonId, { email, createdAtMs, name, timeZone, theme, isUnused, hasSecondFactor }: PersonData): Person {
  return { personId, email, createdAtMs, name, timeZone, theme, isUnused: isUnused === true, hasSecondFactor: hasSecondFactor === true }
}

function without<K extends keyof PersonData>(data: PersonData, member: K): Omit<PersonData, K> {
  const { [member]: _gone, ...rest } = data
  return rest
}

const withoutMove = (data: PersonData): PersonData => without(data, 'moving')

function withWish(data: PersonData, wish: ProfileWish): PersonData {
  const rest = { ...data }
  for (const member of ['name', 'timeZone', 'theme'] as const) {
    const value = wish[member]
    if (value === null) delete rest[member]
    else if (value !== undefined) Object.assign(rest, { [member]: value })
  }
  return rest
}

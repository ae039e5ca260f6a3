import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { PersonId } from '../../../src/domain/ids.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import { personPartition } from '../people.ts'

const passkeyData = z.object({
  name: z.string(),
  credentialId: z.string(),
  publicKey: z.string(),
  counter: z.number(),
  transports: z.array(z.string()),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().optional(),
})
export type PasskeyData = z.infer<typeof passkeyData>

/** A passkey of a person, as shown to them. */
export interface Passkey {
  readonly passkeyId: string
  readonly name: string
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | undefined
}

export interface StoredPasskey {
  readonly passkeyId: string
  readonly item: StoredItem
  readonly data: PasskeyData
}

const prefix = 'passkey#'

/** The name of a passkey in addresses: a hash of what the authenticator calls it, so that one cannot be added twice. */
export const passkeyIdOf = (credentialId: string): string => createHash('sha256').update(credentialId).digest('hex').slice(0, 32)
const isPasskeyId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)

const keyOf = (personId: PersonId, passkeyId: string): ItemKey => ({
  partition: personPartition(personId),
  sort: `${prefix}${passkeyId}`,
})

/** Passkeys in the store, beside their person. */
export function createPasskeyStore(store: MetadataStore) {
  const stored = (item: StoredItem): StoredPasskey => ({
    passkeyId: item.sort.slice(prefix.length),
    item,
    data: passkeyData.parse(item.data),
  })
  const read = async (personId: PersonId, passkeyId: string): Promise<StoredPasskey | undefined> => {
    const item = isPasskeyId(passkeyId) ? await store.read(keyOf(personId, passkeyId)) : undefined
    return item && stored(item)
  }
  return {
    read,
    /** Oldest first; a person has a few. */
    async list(personId: PersonId): Promise<StoredPasskey[]> {
      const { items } = await store.list(personPartition(personId), { prefix, limit: 200 })
      return items.map(stored).sort((a, b) => a.data.createdAtMs - b.data.createdAtMs)
    },
    /** Answers whether it was new. */
    async add(personId: PersonId, data: PasskeyData): Promise<boolean> {
      const item = { ...keyOf(personId, passkeyIdOf(data.credentialId)), kind: 'passkey' as const, data }
      return (await store.write(item, 'absent')) !== undefined
    },
    /** Changes it as long as it is there; answers what it was before, undefined when it is not there or `decide` declined. */
    async edit(
      personId: PersonId,
      passkeyId: string,
      decide: (data: PasskeyData) => PasskeyData | undefined,
    ): Promise<PasskeyData | undefined> {
      for (;;) {
        const current = await read(personId, passkeyId)
        const next = current && decide(current.data)
        if (current === undefined || next === undefined) return undefined
        const item = { ...keyOf(personId, passkeyId), kind: 'passkey' as const, data: next }
        if ((await store.write(item, current.item.revision)) !== undefined) return current.data
      }
    },
    /** Answers whether it was there. */
    async remove(personId: PersonId, passkeyId: string): Promise<boolean> {
      for (;;) {
        const current = await read(personId, passkeyId)
        if (current === undefined) return false
        if (await store.remove(current.item, current.item.revision)) return true
      }
    },
  }
}

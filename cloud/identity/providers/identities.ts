import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import { identityLimits } from '../limits.ts'
import { personPartition, type People } from '../people.ts'
import type { Account, ProviderSettings } from './provider.ts'

const identityData = z.object({ personId: z.string(), linkedAtMs: z.number() })
const sideData = z.object({ providerId: z.string(), name: z.string(), label: z.string(), hash: z.string(), linkedAtMs: z.number() })

/** An account elsewhere that signs a person in. */
export interface LinkedIdentity {
  readonly identityId: string
  readonly providerId: string
  /** What the provider was called when it was linked. */
  readonly provider: string
  /** The address it has there. */
  readonly label: string
  readonly linkedAtMs: number
}

/**
 * Which person an account elsewhere is: (issuer, subject), and nothing else (L5). One item says it, under a hash; a side beside the
 * person names it for them and for erasing. The side is written first and removed last, so that no crash leaves an item that erasing
 * a person would not find; a side alone counts for nothing.
 */
export interface Identities {
  /** Undefined for an account that signs nobody in. */
  find(account: Account, onlySpaceId: SpaceId | undefined): Promise<PersonId | undefined>
  /** Throws IDENTITY_TAKEN when it is somebody else's, LIMIT_REACHED. */
  link(personId: PersonId, account: Account, provider: ProviderSettings): Promise<LinkedIdentity>
  list(personId: PersonId): Promise<LinkedIdentity[]>
  /** Those too that a crash left half made, for who erases all of them. */
  idsOf(personId: PersonId): Promise<string[]>
  /** Throws NOT_FOUND alike for absent and foreign ones. */
  unlink(personId: PersonId, identityId: string): Promise<void>
}

const prefix = 'identity#'
const hashOf = ({ issuer, subject }: Account, onlySpaceId: SpaceId | undefined): string =>
  // An account at a space's own provider is another one than at the installation's, whatever the issuer calls itself.
  createHash('sha256')
    .update(JSON.stringify([onlySpaceId ?? '', issuer, subject]))
    .digest('hex')
const identityKey = (hash: string): ItemKey => ({ partition: `${prefix}${hash}`, sort: 'identity' })
const sideKey = (personId: PersonId, identityId: string): ItemKey => ({
  partition: personPartition(personId),
  sort: `${prefix}${identityId}`,
})

export function createIdentities({
  store,
  people,
  clock,
}: {
  readonly store: MetadataStore
  readonly people: People
  readonly clock: Clock
}): Identities {
  const ownerOf = async (hash: string) => {
    const item = await store.read(identityKey(hash))
    return item && { item, personId: identityData.parse(item.data).personId as PersonId }
  }
  const drop = async (key: ItemKey): Promise<void> => {
    const item = await store.read(key)
    if (item !== undefined) await store.remove(item, item.revision)
  }
  const sides = async (personId: PersonId) => {
    const { items } = await store.list(personPartition(personId), { prefix, limit: 200 })
    return items.map((item) => ({ identityId: item.sort.slice(prefix.length), ...sideData.parse(item.data) }))
  }

  return {
    async find(account, onlySpaceId) {
      const owner = await ownerOf(hashOf(account, onlySpaceId))
      if (owner === undefined) return undefined
      return (await people.get(owner.personId))?.personId
    },

    async link(personId, account, { providerId, name, onlySpaceId }) {
      const hash = hashOf(account, onlySpaceId)
      const identityId = hash.slice(0, 32)
      const mine = await sides(personId)
      const isKnown = mine.some((side) => side.identityId === identityId)
      if (!isKnown && mine.length >= identityLimits.identitiesPerPerson)
        throw new ThroughlineError('LIMIT_REACHED', `At most ${identityLimits.identitiesPerPerson} accounts can be linked.`)
      const linkedAtMs = clock.nowMs()
      const data = { providerId, name, label: account.email, hash, linkedAtMs }
      await store.write({ ...sideKey(personId, identityId), kind: 'person-identity', data }, 'absent')
      for (;;) {
        const item = { ...identityKey(hash), kind: 'identity' as const, data: { personId: personId as string, linkedAtMs } }
        await store.write(item, 'absent')
        const owner = await ownerOf(hash)
        if (owner === undefined) continue
        if (owner.personId === personId) return { identityId, providerId, provider: name, label: account.email, linkedAtMs }
        if ((await people.get(owner.personId)) === undefined) {
          // Left by somebody who is gone.
          await store.remove(owner.item, owner.item.revision)
          continue
        }
        await drop(sideKey(personId, identityId))
        throw new ThroughlineError('IDENTITY_TAKEN', 'This account is linked to somebody else here.')
      }
    },

    async list(personId) {
      const rows = await Promise.all(
        (await sides(personId)).map(async ({ hash, identityId, providerId, name: provider, label, linkedAtMs }) =>
          (await ownerOf(hash))?.personId === personId ? [{ identityId, providerId, provider, label, linkedAtMs }] : [],
        ),
      )
      return rows.flat().sort((a, b) => a.linkedAtMs - b.linkedAtMs)
    },

    idsOf: async (personId) => (await sides(personId)).map(({ identityId }) => identityId),

    async unlink(personId, identityId) {
      const side = (await sides(personId)).find((each) => each.identityId === identityId)
      if (side === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such linked account.')
      const owner = await ownerOf(side.hash)
      if (owner?.personId === personId) await store.remove(owner.item, owner.item.revision)
      await drop(sideKey(personId, identityId))
    },
  }
}

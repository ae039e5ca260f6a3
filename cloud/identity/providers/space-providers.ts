import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SpaceId } from '../../../src/domain/ids.ts'
import type { Seals } from '../../../src/domain/seals.ts'
import { providerPlace } from '../../../src/domain/self-sealed.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import { parseEmailAddress } from '../email-address.ts'
import { identityLimits } from '../limits.ts'
import { proofName, proofText, type DomainProof } from './domain-proof.ts'
import type { ProviderSettings } from './provider.ts'

const domainData = z.object({ domain: z.string(), token: z.string(), provenAtMs: z.number().nullable() })
const providerData = z.object({
  issuer: z.string(),
  clientId: z.string(),
  sealedSecret: z.string(),
  name: z.string(),
  domains: z.array(domainData),
})
type ProviderData = z.infer<typeof providerData>

/** A domain of a space, and the DNS record that proves it. */
export interface ProviderDomain {
  readonly domain: string
  readonly isProven: boolean
  readonly provenAtMs: number | null
  readonly record: { readonly name: string; readonly type: 'TXT'; readonly value: string }
}

/** A space's own provider, as its admins see it; the secret is never given back. */
export interface SpaceProvider {
  readonly providerId: string
  readonly issuer: string
  readonly clientId: string
  readonly name: string
  readonly domains: readonly ProviderDomain[]
}

export interface SpaceProviderWish {
  readonly issuer: string
  readonly clientId: string
  /** Undefined keeps the one that is there, as long as the issuer stays. */
  readonly clientSecret?: string | undefined
  readonly name: string
}

/** Each space may have an OpenID Connect server of its own, for addresses of domains that the DNS says are the space's (L6). */
export interface SpaceProviders {
  get(spaceId: SpaceId): Promise<SpaceProvider | undefined>
  /** Throws BODY_UNPROCESSABLE without a secret. */
  put(spaceId: SpaceId, wish: SpaceProviderWish): Promise<SpaceProvider>
  /** Answers whether there was one. */
  remove(spaceId: SpaceId): Promise<boolean>
  /** Throws NOT_FOUND without a provider, BODY_UNPROCESSABLE, LIMIT_REACHED. */
  addDomain(spaceId: SpaceId, domain: string): Promise<SpaceProvider>
  /** Asks the DNS now. Throws NOT_FOUND, PROVIDER_UNAVAILABLE. */
  checkDomain(spaceId: SpaceId, domain: string): Promise<SpaceProvider>
  /** Throws NOT_FOUND. */
  removeDomain(spaceId: SpaceId, domain: string): Promise<SpaceProvider>
  /** Whether there is one with a proven domain. */
  isOffered(spaceId: SpaceId): Promise<boolean>
  /** With its secret, for signing in. Undefined as long as no domain is proven. */
  settings(spaceId: SpaceId): Promise<ProviderSettings | undefined>
  /** Whether the domain of this address is the space's now; a proof older than a day is looked up again. Throws PROVIDER_UNAVAILABLE. */
  mayVouchFor(spaceId: SpaceId, email: string): Promise<boolean>
}

const idPrefix = 'space-'
export const providerIdOf = (spaceId: SpaceId): string => `${idPrefix}${spaceId}`
/** The rest of the id of a space's provider; undefined for any other. */
export const spaceOfProviderId = (providerId: string): string | undefined =>
  providerId.startsWith(idPrefix) ? providerId.slice(idPrefix.length) : undefined

// The metadata side erases a space by its partition; this item lies there with the rest.
const keyOf = (spaceId: SpaceId): ItemKey => ({ partition: `space/${spaceId}`, sort: 'sign-in-provider' })

export function createSpaceProviders(deps: {
  readonly store: MetadataStore
  readonly seals: Seals
  readonly proof: DomainProof
  readonly clock: Clock
}): SpaceProviders {
  const { store, seals, proof, clock } = deps
  const absent = () => new ThroughlineError('NOT_FOUND', 'The space has no sign-in provider, or not this domain.')

  const read = async (spaceId: SpaceId) => {
    const item = await store.read(keyOf(spaceId))
    return item && { item, data: providerData.parse(item.data) }
  }
  const change = async (
    spaceId: SpaceId,
    decide: (data: ProviderData | undefined) => ProviderData | Promise<ProviderData>,
  ): Promise<SpaceProvider> => {
    for (;;) {
      const current = await read(spaceId)
      const data = await decide(current?.data)
      const item = { ...keyOf(spaceId), kind: 'sign-in-provider' as const, data }
      if ((await store.write(item, current?.item.revision ?? 'absent')) !== undefined) return shown(spaceId, data)
    }
  }
  const changeDomain = (spaceId: SpaceId, domain: string, into: (each: z.infer<typeof domainData>) => z.infer<typeof domainData>[]) =>
    change(spaceId, (data) => {
      if (data === undefined || !data.domains.some((each) => each.domain === domain)) throw absent()
      return { ...data, domains: data.domains.flatMap((each) => (each.domain === domain ? into(each) : [each])) }
    })
  /** Asks the DNS and keeps what it said. */
  const prove = async (spaceId: SpaceId, domain: string, token: string): Promise<SpaceProvider> => {
    const isProven = await proof.isProven(domain, token)
    return changeDomain(spaceId, domain, (each) => [
      // Taken away and added again meanwhile: another token, which nobody asked about.
      each.token === token ? { ...each, provenAtMs: isProven ? clock.nowMs() : null } : each,
    ])
  }

  return {
    async get(spaceId) {
      const data = (await read(spaceId))?.data
      return data && shown(spaceId, data)
    },
    put: (spaceId, { issuer, clientId, clientSecret, name }) =>
      change(spaceId, async (before) => {
        // A secret that was meant for one server must not be sent to another.
        const kept = before?.issuer === issuer && before.clientId === clientId ? before.sealedSecret : undefined
        const sealedSecret = clientSecret === undefined ? kept : await seals.seal(clientSecret, providerPlace(spaceId))
        if (sealedSecret === undefined) throw new ThroughlineError('BODY_UNPROCESSABLE', 'The member clientSecret is missing.')
        return { issuer, clientId, sealedSecret, name, domains: before?.domains ?? [] }
      }),
    async remove(spaceId) {
      for (;;) {
        const current = await read(spaceId)
        if (current === undefined) return false
        if (await store.remove(current.item, current.item.revision)) return true
      }
    },
    addDomain(spaceId, wish) {
      const domain = domainOf(wish)
      const token = randomBytes(24).toString('base64url')
      return change(spaceId, (data) => {
        if (data === undefined) throw absent()
        if (data.domains.some((each) => each.domain === domain)) return data
        if (data.domains.length >= identityLimits.domainsPerProvider)
          throw new ThroughlineError('LIMIT_REACHED', `A sign-in provider has at most ${identityLimits.domainsPerProvider} domains.`)
        return { ...data, domains: [...data.domains, { domain, token, provenAtMs: null }] }
      })
    },
    async checkDomain(spaceId, domain) {
      const found = (await read(spaceId))?.data.domains.find((each) => each.domain === domain)
      if (found === undefined) throw absent()
      return prove(spaceId, domain, found.token)
    },
    removeDomain: (spaceId, domain) => changeDomain(spaceId, domain, () => []),
    isOffered: async (spaceId) => hasProof((await read(spaceId))?.data),
    async settings(spaceId) {
      const data = (await read(spaceId))?.data
      if (data === undefined || !hasProof(data)) return undefined
      const { issuer, clientId, sealedSecret, name } = data
      const clientSecret = await seals.open(sealedSecret, providerPlace(spaceId))
      return { providerId: providerIdOf(spaceId), kind: 'oidc', name, issuer, clientId, clientSecret, onlySpaceId: spaceId }
    },
    async mayVouchFor(spaceId, email) {
      const domain = email.slice(email.lastIndexOf('@') + 1)
      const found = (await read(spaceId))?.data.domains.find((each) => each.domain === domain)
      if (found === undefined || found.provenAtMs === null) return false
      if (found.provenAtMs + identityLimits.domainProofMs > clock.nowMs()) return true
      const { domains } = await prove(spaceId, domain, found.token)
      return domains.some((each) => each.domain === domain && each.isProven)
    },
  }
}

const hasProof = (data: ProviderData | undefined) => data?.domains.some(({ provenAtMs }) => provenAtMs !== null) ?? false

function shown(spaceId: SpaceId, { issuer, clientId, name, domains }: ProviderData): SpaceProvider {
  return {
    providerId: providerIdOf(spaceId),
    issuer,
    clientId,
    name,
    domains: domains.map(({ domain, token, provenAtMs }) => ({
      domain,
      isProven: provenAtMs !== null,
      provenAtMs,
      record: { name: proofName(domain), type: 'TXT' as const, value: proofText(token) },
    })),
  }
}

/** A domain in the one form addresses have it. Throws BODY_UNPROCESSABLE. */
function domainOf(text: string): string {
  try {
    const domain = parseEmailAddress(`a@${text}`).slice(2)
    if (domain.includes('.')) return domain
  } catch {
    // Told below, in words that fit.
  }
  throw new ThroughlineError('BODY_UNPROCESSABLE', 'This is not a domain that addresses can have.')
}

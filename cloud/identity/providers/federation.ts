import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { canonicalUuid, type PersonId, type SignInId, type SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { OutboundFetch } from '../../outbound/outbound-fetch.ts'
import type { Flows } from '../flows.ts'
import { identityLimits } from '../limits.ts'
import type { People } from '../people.ts'
import type { IdentitySpaces } from '../ports.ts'
import type { Proven } from '../sign-in-desk.ts'
import type { SignIns } from '../sign-ins.ts'
import { providerRefused } from './client-errors.ts'
import { createGithubClient } from './github-client.ts'
import type { Identities } from './identities.ts'
import { createOidcClient } from './oidc-client.ts'
import type { Account, ProviderClient, ProviderKind, ProviderSettings } from './provider.ts'
import { returnPath } from './return-path.ts'
import { spaceOfProviderId, type SpaceProviders } from './space-providers.ts'

const tripData = z.object({
  providerId: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  link: z.object({ personId: z.string(), signInId: z.string() }).optional(),
  replaces: z.object({ personId: z.string(), signInId: z.string() }).optional(),
})
type Running = { readonly personId: PersonId; readonly signInId: SignInId }

/** What a page shows as a button. */
export interface ShownProvider {
  readonly providerId: string
  readonly kind: ProviderKind
  readonly name: string
}

/** A trip to a provider that has begun: where the browser goes, and the ticket for its cookie. */
export interface BegunTrip {
  readonly location: string
  readonly ticket: string
}

/** What came of a trip. */
export type TripEnd =
  | { readonly for: 'sign-in'; readonly proven: Proven; readonly returnTo: string; readonly isFirst: boolean }
  | { readonly for: 'link'; readonly personId: PersonId; readonly identityId: string; readonly returnTo: string }

/** Signing in with accounts elsewhere (L5, L6). */
export interface Federation {
  /** Those of the installation, and the space's own if one is named and may be used. */
  list(spaceId?: SpaceId): Promise<ShownProvider[]>
  /**
   * Begins a trip. `link` ties the account to who is signed in instead of signing in. Throws NOT_FOUND for a provider that is not
   * there, PROVIDER_UNAVAILABLE.
   */
  begin(wish: {
    providerId: string
    returnTo?: string | undefined
    link?: Running | undefined
    replaces?: Running | undefined
  }): Promise<BegunTrip>
  /** Whether the trip of this ticket links an account; false, too, for one that does not count. */
  isLinking(ticket: string | undefined): Promise<boolean>
  /**
   * Ends a trip, once, in the browser that began it. Throws SIGN_IN_FLOW_OVER, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE,
   * EMAIL_UNVERIFIED, DOMAIN_UNPROVEN, LINK_FIRST, SIGN_UP_CLOSED, IDENTITY_TAKEN, SESSION_EXPIRED.
   */
  finish(end: { providerId: string; ticket: string | undefined; parameters: URLSearchParams }): Promise<TripEnd>
  /** Whether a server of that address answers as OpenID Connect says. Throws PROVIDER_UNAVAILABLE. */
  probe(settings: Omit<ProviderSettings, 'clientSecret'>): Promise<void>
}

export interface FederationDeps {
  readonly providers: readonly ProviderSettings[]
  readonly spaceProviders: SpaceProviders
  readonly identities: Identities
  readonly people: People
  readonly signIns: Pick<SignIns, 'get'>
  readonly spaces: Pick<IdentitySpaces, 'spacesOf'>
  readonly flows: Flows
  readonly clock: Clock
  readonly publicUrl: string
  /** Whether an address that nobody invited may begin an account. */
  readonly isOpenToAnyone: boolean
  /** For the operator's providers, and for those that spaces name, which must not lead into our own networks. */
  readonly fetch: OutboundFetch
  readonly guardedFetch: OutboundFetch
}

const purpose = 'provider'
/** Most clients kept; each knows what its server published. */
const clientsMax = 200

export function createFederation(deps: FederationDeps): Federation {
  const { providers, spaceProviders, identities, people, signIns, spaces, flows, clock, publicUrl, isOpenToAnyone } = deps
  const clients = new Map<string, ProviderClient>()

  const clientOf = (settings: ProviderSettings): ProviderClient => {
    // Changed settings make another client.
    const key = JSON.stringify(settings)
    const known = clients.get(key)
    if (known !== undefined) return known
    const fetch = settings.onlySpaceId === undefined ? deps.fetch : deps.guardedFetch
    const made = settings.kind === 'github' ? createGithubClient(settings, fetch) : createOidcClient(settings, fetch, clock)
    const oldest = clients.keys().next()
    if (clients.size >= clientsMax && oldest.done !== true) clients.delete(oldest.value)
    clients.set(key, made)
    return made
  }

  const settingsOf = async (providerId: string): Promise<ProviderSettings> => {
    const space = spaceOfProviderId(providerId)
    const spaceId = space === undefined ? undefined : (canonicalUuid(space) as SpaceId | undefined)
    const found =
      spaceId === undefined ? providers.find((provider) => provider.providerId === providerId) : await spaceProviders.settings(spaceId)
    if (found === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such sign-in provider.')
    return found
  }
  const redirectUriOf = (providerId: string) => `${publicUrl}/api/throughline/v1/sign-in/callback/${providerId}`

  /** The person an account signs in; as the last resort the one its verified address belongs to, if nobody ever signed in as them. */
  const personOf = async (account: Account, settings: ProviderSettings): Promise<{ personId: PersonId; isFirst: boolean }> => {
    const { onlySpaceId } = settings
    const known = await identities.find(account, onlySpaceId)
    if (known !== undefined) {
      if (onlySpaceId !== undefined && !(await isIn(known, onlySpaceId))) throw closed()
      return { personId: known, isFirst: false }
    }
    const mayBegin = isOpenToAnyone && onlySpaceId === undefined
    const person = mayBegin ? await people.ensure(account.email) : await people.find(account.email)
    if (person === undefined || (onlySpaceId !== undefined && !(await isIn(person.personId, onlySpaceId)))) throw closed()
    // Of two who come at the same moment one is first; the other has to link (L5).
    if (!person.isUnused || !(await people.markUsed(person.personId)))
      throw new ThroughlineError('LINK_FIRST', 'Sign in another way, then link this account in your profile.')
    await identities.link(person.personId, account, settings)
    return { personId: person.personId, isFirst: true }
  }
  const closed = () => new ThroughlineError('SIGN_UP_CLOSED', 'Nobody invited this address yet; ask an admin of your space.')
  const isIn = async (personId: PersonId, spaceId: SpaceId) => (await spaces.spacesOf(personId)).some((place) => place.spaceId === spaceId)

  return {
    async list(spaceId) {
      const own = spaceId === undefined ? undefined : await spaceProviders.settings(spaceId)
      return [...providers, ...(own === undefined ? [] : [own])].map(({ providerId, kind, name }) => ({ providerId, kind, name }))
    },

    async begin({ providerId, returnTo, link, replaces }) {
      const settings = await settingsOf(providerId)
      const secrets = { state: secret(), nonce: secret(), codeVerifier: secret() }
      const location = await clientOf(settings).begin({ redirectUri: redirectUriOf(providerId), ...secrets })
      const content = {
        providerId,
        ...secrets,
        returnTo: returnPath(returnTo, publicUrl),
        ...(link === undefined ? {} : { link: { personId: link.personId as string, signInId: link.signInId as string } }),
        ...(replaces === undefined ? {} : { replaces: { personId: replaces.personId as string, signInId: replaces.signInId as string } }),
      }
      return { location, ticket: await flows.begin(purpose, content, identityLimits.flowMs) }
    },

    async isLinking(ticket) {
      const content = await flows.look(purpose, ticket)
      return content !== undefined && tripData.parse(content).link !== undefined
    },

    async finish({ providerId, ticket, parameters }) {
      const content = await flows.take(purpose, ticket)
      if (content === undefined)
        throw new ThroughlineError('SIGN_IN_FLOW_OVER', 'This sign-in took too long, was finished already, or began in another browser.')
      const trip = tripData.parse(content)
      // The answer of one provider is never taken for another's (mix-up).
      if (trip.providerId !== providerId) throw providerRefused()
      const settings = await settingsOf(providerId)
      const { state, nonce, codeVerifier, returnTo } = trip
      const account = await clientOf(settings).finish({ redirectUri: redirectUriOf(providerId), state, nonce, codeVerifier }, parameters)
      const { onlySpaceId } = settings
      if (onlySpaceId !== undefined && !(await spaceProviders.mayVouchFor(onlySpaceId, account.email)))
        throw new ThroughlineError('DOMAIN_UNPROVEN', 'This sign-in provider does not speak for the domain of your address.')
      if (trip.link !== undefined) {
        const [personId, signInId] = [trip.link.personId as PersonId, trip.link.signInId as SignInId]
        if ((await signIns.get(personId, signInId)) === undefined)
          throw new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
        const { identityId } = await identities.link(personId, account, settings)
        return { for: 'link', personId, identityId, returnTo }
      }
      const { personId, isFirst } = await personOf(account, settings)
      const replaces = trip.replaces as Running | undefined
      return { for: 'sign-in', proven: { personId, method: settings.kind, onlySpaceId, replaces }, returnTo, isFirst }
    },

    async probe(settings) {
      const trip = { redirectUri: redirectUriOf(settings.providerId), state: secret(), nonce: secret(), codeVerifier: secret() }
      // Nothing is sent that a secret would be needed for.
      await createOidcClient({ ...settings, clientSecret: 'none' }, deps.guardedFetch, clock).begin(trip)
    },
  }
}

/** 256 bits as text, which is also a PKCE verifier of 43 characters (RFC 7636 §4.1). */
const secret = (): string => randomBytes(32).toString('base64url')

import type { SpaceId } from '../../../src/domain/ids.ts'

export const providerKinds = ['google', 'github', 'oidc'] as const
export type ProviderKind = (typeof providerKinds)[number]

/** A server elsewhere that knows people, as configured. */
export interface ProviderSettings {
  /** The name of it in our addresses. */
  readonly providerId: string
  readonly kind: ProviderKind
  /** What people read on the button. */
  readonly name: string
  /** OpenID Connect: the issuer. GitHub: its address. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Given: a space's own, which reaches only that space (L6). */
  readonly onlySpaceId?: SpaceId
}

/** What binds a trip to a provider to the browser that began it. */
export interface Trip {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Somebody, as a provider knows them; the address is verified by it. */
export interface Account {
  readonly issuer: string
  readonly subject: string
  readonly email: string
}

/** One way to ask a provider who somebody is. */
export interface ProviderClient {
  /** Where the browser goes. Throws PROVIDER_UNAVAILABLE. */
  begin(trip: Trip): Promise<string>
  /** Whom the answer in these parameters names. Throws PROVIDER_REFUSED, PROVIDER_UNAVAILABLE or EMAIL_UNVERIFIED. */
  finish(trip: Trip, parameters: URLSearchParams): Promise<Account>
}

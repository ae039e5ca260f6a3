/** A domain that a space says is its own, and the DNS record that proves it. */
export interface ProviderDomain {
  readonly domain: string
  readonly isProven: boolean
  readonly provenAtMs: number | null
  readonly record: { readonly name: string; readonly type: 'TXT'; readonly value: string }
}

/** A space's own sign-in provider, as the cloud tells its admins; the secret is never told. */
export interface SpaceProvider {
  readonly issuer: string
  readonly clientId: string
  readonly name: string
  readonly callbackUrl: string
  readonly domains: readonly ProviderDomain[]
}

/** What is typed into the form of a provider. */
export interface TypedProvider {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** What the cloud is asked to keep; without a secret it keeps the one it has. */
export interface ProviderWish {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
}

/** Where the provider sends people back to. Known before there is a provider: registering there needs it first. */
export const callbackUrlFor = (origin: string, spaceId: string): string =>
  `${origin}/api/throughline/v1/sign-in/callback/space-${encodeURIComponent(spaceId)}`

/** The page of sign-in that offers the space's own provider. */
export const signInLinkFor = (origin: string, spaceId: string): string => `${origin}/sign-in?space=${encodeURIComponent(spaceId)}`

/** What is wrong with an issuer, in words; empty when it can be asked. The cloud takes the same (SI60). */
export function issuerProblem(text: string): string {
  const issuer = text.trim()
  if (!URL.canParse(issuer)) return 'This is not an address. It begins with https://.'
  const { protocol, username, password, search, hash } = new URL(issuer)
  if (!['https:', 'http:'].includes(protocol)) return 'The address begins with https://.'
  return username + password + search + hash === '' ? '' : 'The address has no name, question mark or # in it.'
}

/** Whether the kept secret stays good: it is never sent to another server, nor for another client (SI63). */
export const keepsSecret = ({ issuer, clientId }: TypedProvider, kept: SpaceProvider | undefined): boolean =>
  kept !== undefined && kept.issuer === issuer.trim() && kept.clientId === clientId.trim()

/** What the form asks the cloud to keep; undefined while something is missing or wrong. */
export function providerWish(typed: TypedProvider, kept: SpaceProvider | undefined): ProviderWish | undefined {
  const [name, issuer, clientId] = [typed.name.trim(), typed.issuer.trim(), typed.clientId.trim()]
  if (name === '' || clientId === '' || issuerProblem(issuer) !== '') return undefined
  // A secret is sent as it was typed: spaces may belong to it.
  if (typed.clientSecret !== '') return { name, issuer, clientId, clientSecret: typed.clientSecret }
  return keepsSecret(typed, kept) ? { name, issuer, clientId } : undefined
}

const either = new Intl.ListFormat('en', { type: 'disjunction' })

/** Who can sign in with the provider, in words. */
export function audienceWords({ domains }: Pick<SpaceProvider, 'domains'>): string {
  const proven = domains.filter(({ isProven }) => isProven).map(({ domain }) => `@${domain}`)
  if (proven.length > 0) return `People of this space, and people invited to it, whose address ends with ${either.format(proven)}.`
  return domains.length === 0
    ? 'Nobody yet. Name a domain of your addresses, and prove that it is yours.'
    : 'Nobody yet. No domain is proven.'
}

/** What a check of a domain found, in words. */
export const checkWords = (domain: string, isProven: boolean): string =>
  isProven ? `${domain} is proven.` : `The DNS does not have the record of ${domain} yet. A new record may take an hour to be seen.`

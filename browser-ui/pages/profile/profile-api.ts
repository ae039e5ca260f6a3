import { queryOptions } from '@tanstack/react-query'
import type { ApiTokenScope } from '../../data/account/scope-words.ts'
import { erasedPath } from '../../data/account/erased-path.ts'
import type { CloudRequest } from '../../link/cloud-request.ts'

/** A browser that is signed in as this person. Times are epoch milliseconds. */
export interface SignedInBrowser {
  readonly signInId: string
  readonly createdAtMs: number
  readonly lastUsedAtMs: number
  /** Such as `Firefox on Linux`; hostile text. */
  readonly agent?: string
  readonly method?: 'mail' | 'google' | 'github' | 'oidc' | 'passkey'
  readonly isCurrent: boolean
}

/** An account of another service that signs this person in. */
export interface LinkedIdentity {
  readonly identityId: string
  readonly provider: string
  readonly label: string
  readonly linkedAtMs: number
}
export interface LinkedIdentities {
  readonly identities: readonly LinkedIdentity[]
  /** False while taking one away would leave no way to sign in. */
  readonly canUnlink: boolean
}

export interface OwnPasskey {
  readonly passkeyId: string
  readonly name: string
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | null
}
export interface OwnPasskeys {
  readonly passkeys: readonly OwnPasskey[]
  readonly isSecondFactor: boolean
}

export interface ApiToken {
  readonly tokenId: string
  readonly name: string
  readonly scope: ApiTokenScope
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly lastUsedAtMs: number | null
}
export interface NewApiToken extends ApiToken {
  /** Shown now and never again. */
  readonly token: string
}

/** What a deletion of the account would do, said before it can be done. */
export interface DeletionPlan {
  readonly mayDelete: boolean
  readonly email: string
  /** Spaces that would be left without an admin. */
  readonly soleAdminOf: readonly {
    readonly spaceId: string
    readonly name: string
    readonly nodes: number
    readonly otherMembers: number
  }[]
  readonly leaves: readonly { readonly spaceId: string; readonly name: string }[]
  readonly goes: readonly { readonly what: string; readonly count: number }[]
  readonly stays: readonly { readonly what: string; readonly why: string }[]
  /** What is not gone at once, and for how many days at most; null: for good, or as the certificate says. */
  readonly tails: readonly { readonly what: string; readonly why: string; readonly forDays: number | null }[]
  /** The sign-in is young enough. */
  readonly isFresh: boolean
}

const id = encodeURIComponent

/** Questions of the profile that several of its parts ask. */
export const profileQueries = (request: CloudRequest) => ({
  browsers: queryOptions({
    queryKey: ['my-sign-ins'],
    queryFn: async () => ((await request.get('/sign-ins')) as { signIns: SignedInBrowser[] }).signIns,
  }),
  identities: queryOptions({ queryKey: ['my-identities'], queryFn: async () => (await request.get('/me/identities')) as LinkedIdentities }),
  passkeys: queryOptions({ queryKey: ['my-passkeys'], queryFn: async () => (await request.get('/me/passkeys')) as OwnPasskeys }),
  tokens: queryOptions({
    queryKey: ['my-api-tokens'],
    queryFn: async () => ((await request.get('/api-tokens')) as { tokens: ApiToken[] }).tokens,
  }),
  deletion: queryOptions({
    queryKey: ['my-deletion'],
    queryFn: async () => (await request.get('/me/deletion')) as DeletionPlan,
    staleTime: 0,
  }),
})

/** What the profile changes. */
export const profileDeeds = (request: CloudRequest) => ({
  change: (wish: { name?: string | null; timeZone?: string | null; theme?: string | null }) => request.patch('/me', wish),
  moveTo: (email: string) => request.post('/me/email', { email }),
  endBrowser: (signInId: string) => request.delete(`/sign-ins/${id(signInId)}`),
  endOtherBrowsers: () => request.delete('/sign-ins'),
  link: async (providerId: string) => (await request.post('/me/identities/link', { providerId })) as { location: string },
  unlink: (identityId: string) => request.delete(`/me/identities/${id(identityId)}`),
  passkeyOptions: () => request.post('/me/passkeys/options'),
  addPasskey: (name: string, credential: unknown) => request.post('/me/passkeys', { name, credential }),
  renamePasskey: (passkeyId: string, name: string) => request.patch(`/me/passkeys/${id(passkeyId)}`, { name }),
  removePasskey: (passkeyId: string) => request.delete(`/me/passkeys/${id(passkeyId)}`),
  setSecondFactor: (isOn: boolean) => request.put('/me/second-factor', { isOn }),
  makeToken: async (wish: { name: string; scope: ApiTokenScope; validForMs: number }) =>
    (await request.post('/api-tokens', wish)) as NewApiToken,
  revokeToken: (tokenId: string) => request.delete(`/api-tokens/${id(tokenId)}`),
  deleteAccount: async (email: string) => erasedPath(await request.delete('/me', { email })),
})

import { queryOptions } from '@tanstack/react-query'
import type { CloudRequest } from '../../link/cloud-request.ts'

/** A server of another that proves who somebody is. */
export interface SignInProvider {
  readonly providerId: string
  readonly kind: 'google' | 'github' | 'oidc'
  readonly name: string
}

/** The ways to sign in that this cloud offers. */
export interface SignInWays {
  readonly providers: readonly SignInProvider[]
  readonly hasMail: boolean
  readonly hasPasskeys: boolean
}

/** What has to be shown besides the link, as WebAuthn request options; undefined when the person is in. */
export interface SignInStep {
  readonly secondFactor?: unknown
}

/** What the sign-in page asks the cloud; nobody is signed in yet. */
export function signInApi(request: CloudRequest) {
  return {
    ways: async (space: string | null) =>
      (await request.get(`/sign-in/providers${space === null ? '' : `?space=${encodeURIComponent(space)}`}`)) as SignInWays,
    withLink: async (token: string) => ((await request.postAsStranger('/sign-in', { token })) ?? {}) as SignInStep,
    secondFactorOptions: () => request.postAsStranger('/sign-in/second-factor/options'),
    secondFactor: async (credential: unknown) => void (await request.postAsStranger('/sign-in/second-factor', { credential })),
    toProvider: async (providerId: string, returnTo: string) =>
      (await request.postAsStranger('/sign-in/provider', { providerId, returnTo })) as {
        location: string
      },
    passkeyOptions: () => request.postAsStranger('/sign-in/passkey/options'),
    withPasskey: async (credential: unknown) => void (await request.postAsStranger('/sign-in/passkey', { credential })),
  }
}

/** The ways to sign in here; `space` adds the provider of one space. */
export const signInWaysQuery = (request: CloudRequest, space: string | null = null) =>
  queryOptions({ queryKey: ['sign-in-ways', space], queryFn: () => signInApi(request).ways(space), retry: 1, staleTime: 60_000 })

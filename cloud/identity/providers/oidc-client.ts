import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
} from 'openid-client'
import type { Clock } from '../../../src/support/clock.ts'
import type { OutboundFetch } from '../../outbound/outbound-fetch.ts'
import { parseEmailAddress } from '../email-address.ts'
import { emailUnverified, providerRefused, providerUnavailable } from './client-errors.ts'
import type { Account, ProviderClient, ProviderSettings } from './provider.ts'

const discoveredForMs = 600_000

/**
 * Any OpenID Connect server: discovery, code flow with PKCE S256, state, nonce and `iss` checked, the ID token's signature verified
 * with the server's published keys even though it came over TLS, and only asymmetric algorithms.
 */
export function createOidcClient({ issuer, clientId, clientSecret }: ProviderSettings, fetch: OutboundFetch, clock: Clock): ProviderClient {
  let known: { readonly untilMs: number; readonly config: Promise<Configuration> } | undefined

  const discover = async (): Promise<Configuration> => {
    const url = new URL(issuer)
    const isPlain = url.protocol === 'http:'
    try {
      const found = await discovery(url, clientId, clientSecret, undefined, {
        timeout: 10,
        [customFetch]: fetch,
        execute: isPlain ? [allowInsecureRequests] : [],
      })
      const server = found.serverMetadata()
      // Basic is what servers take that do not say (OpenID Connect discovery §3).
      const methods = server.token_endpoint_auth_methods_supported
      const isBasic = methods === undefined || methods.includes('client_secret_basic')
      const config = new Configuration(server, clientId, {}, (isBasic ? ClientSecretBasic : ClientSecretPost)(clientSecret))
      config[customFetch] = fetch
      config.timeout = 10
      if (isPlain) allowInsecureRequests(config)
      enableNonRepudiationChecks(config)
      return config
    } catch (cause) {
      throw providerUnavailable(cause)
    }
  }

  const configuration = (): Promise<Configuration> => {
    if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.config
    const mine = { untilMs: clock.monotonicMs() + discoveredForMs, config: discover() }
    known = mine
    mine.config.catch(() => {
      if (known === mine) known = undefined
    })
    return mine.config
  }

  return {
    async begin({ redirectUri, state, nonce, codeVerifier }) {
      const config = await configuration()
      return buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }).href
    },
    async finish({ redirectUri, state, nonce, codeVerifier }, parameters): Promise<Account> {
      const config = await configuration()
      const url = new URL(redirectUri)
      url.search = parameters.toString()
      try {
        const tokens = await authorizationCodeGrant(config, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        const tokenClaims = tokens.claims()
        if (tokenClaims === undefined) throw providerRefused()
        const { sub: subject, azp, email, email_verified: isVerified } = tokenClaims
        // The library looks at the authorised party only where there are several audiences (OpenID Connect core §3.1.3.7).
        if (azp !== undefined && azp !== clientId) throw providerRefused()
        // 255 characters are the most a subject may have (OpenID Connect core §2); one without any names nobody.
        if (!/^[\x21-\x7e]{1,255}$/.test(subject)) throw providerRefused()
        // Some servers tell the address only where the access token is shown.
        const told = email === undefined ? await fetchUserInfo(config, tokens.access_token, subject) : { email, email_verified: isVerified }
        return { issuer: config.serverMetadata().issuer, subject, email: verifiedEmail(told.email, told.email_verified) }
      } catch (cause) {
        throw asRefusal(cause)
      }
    },
  }
}

/** The address in our form, if the provider says that it is verified. Throws EMAIL_UNVERIFIED. */
export function verifiedEmail(email: unknown, isVerified: unknown): string {
  if (typeof email !== 'string' || isVerified !== true) throw emailUnverified()
  try {
    return parseEmailAddress(email)
  } catch {
    throw emailUnverified()
  }
}

/** Ours stay; a server that is away is told apart from one whose answer does not count. */
export function asRefusal(cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (cause instanceof Error && cause.name === 'ThroughlineError' && !code.startsWith('OUTBOUND_')) return cause
  return code === 'OUTBOUND_FAILED' || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT'
    ? providerUnavailable(cause)
    : providerRefused(cause)
}

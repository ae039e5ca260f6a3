import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  Configuration,
  customFetch,
} from 'openid-client'
import { z } from 'zod'
import type { OutboundFetch } from '../../outbound/outbound-fetch.ts'
import { emailUnverified, providerRefused } from './client-errors.ts'
import { asRefusal, verifiedEmail } from './oidc-client.ts'
import type { Account, ProviderClient, ProviderSettings } from './provider.ts'

const user = z.object({ id: z.number().int().positive() })
const emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/**
 * GitHub and GitHub Enterprise: plain OAuth 2 without discovery, then `/user` and `/user/emails` (docs.github.com, "Authorizing OAuth
 * apps"). The subject is the number of the account, which stays when its login changes.
 */
export function createGithubClient({ issuer: address, clientId, clientSecret }: ProviderSettings, fetch: OutboundFetch): ProviderClient {
  const base = address.replace(/\/$/, '')
  // Enterprise servers have their API below their own address.
  const api = base === 'https://github.com' ? 'https://api.github.com' : `${base}/api/v3`
  const issuer = `${base}/login/oauth`
  const config = new Configuration(
    { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/access_token` },
    clientId,
    {},
    ClientSecretPost(clientSecret),
  )
  config[customFetch] = fetch
  config.timeout = 10
  if (base.startsWith('http:')) allowInsecureRequests(config)

  const ask = async (path: string, accessToken: string): Promise<unknown> => {
    const answer = await fetch(`${api}${path}`, {
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'Throughline',
      },
    })
    if (answer.status !== 200) throw providerRefused()
    return answer.json()
  }

  return {
    async begin({ redirectUri, state, codeVerifier }) {
      return buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'read:user user:email',
        state,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }).href
    },
    async finish({ redirectUri, state, codeVerifier }, parameters): Promise<Account> {
      const url = new URL(redirectUri)
      url.search = parameters.toString()
      try {
        const tokens = await authorizationCodeGrant(config, url, { expectedState: state, pkceCodeVerifier: codeVerifier })
        const { id } = user.parse(await ask('/user', tokens.access_token))
        const primary = emails.parse(await ask('/user/emails', tokens.access_token)).find((each) => each.primary)
        if (primary === undefined) throw emailUnverified()
        return { issuer, subject: String(id), email: verifiedEmail(primary.email, primary.verified) }
      } catch (cause) {
        throw asRefusal(cause)
      }
    },
  }
}

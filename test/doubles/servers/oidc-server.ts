import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { onTestFinished } from 'vitest'

/** Who is signed in at the provider, and what it says of them. */
export interface ProviderPerson {
  readonly sub: string
  readonly email: string
  readonly email_verified: boolean
}

/** npm oidc-provider on a free loopback port with one client; whoever a test names is signed in there and consents at once. */
export async function startOidcServer(redirectUris: readonly string[]) {
  let person: ProviderPerson = { sub: 'sub-1', email: 'ada@example.com', email_verified: true }
  let isInIdToken = true
  const server = createServer((request, response) => {
    const handle = request.url?.startsWith('/interaction/') === true ? interact(request, response) : provider.callback()(request, response)
    void handle.catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = { clientId: 'throughline', clientSecret: 'a-secret-of-the-test-long-enough' }

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [...redirectUris],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    get conformIdTokenClaims() {
      return !isInIdToken
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['test'] },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ ...person }) }),
  })

  async function interact(...[request, response]: Parameters<Parameters<typeof createServer>[1] & object>): Promise<void> {
    const { prompt, params, grantId } = await provider.interactionDetails(request, response)
    if (prompt.name === 'login') {
      await provider.interactionFinished(request, response, { login: { accountId: person.sub } }, { mergeWithLastSubmission: false })
      return
    }
    const grant =
      grantId === undefined
        ? new provider.Grant({ accountId: person.sub, clientId: String(params['client_id']) })
        : ((await provider.Grant.find(grantId)) ?? new provider.Grant({ accountId: person.sub, clientId: String(params['client_id']) }))
    grant.addOIDCScope('openid email')
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
  }

  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return {
    issuer,
    ...client,
    signedIn: (next: ProviderPerson) => void (person = next),
    tellOnlyAtUserinfo: () => void (isInIdToken = false),
  }
}

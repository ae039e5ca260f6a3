import type { webcrypto } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What the server hands out instead of an honest ID token, made from the honest claims. */
export type Forge = (
  honest: JWTPayload,
  keys: { readonly privateKey: webcrypto.CryptoKey; readonly publicPem: string; readonly kid: string },
) => Promise<string>

/** An OpenID Connect server in few lines whose ID tokens and answers a test forges; with nothing forged it is honest. */
export async function startForgingOidcServer(clientId = 'throughline') {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = 'key-1'
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  const publicPem = JSON.stringify(jwk)
  let forge: Forge | undefined
  let issuerInAnswer: string | undefined
  let paths: string[] = []
  const asked = new Map<string, { nonce: string }>()
  const claims: JWTPayload = { sub: 'sub-1', email: 'ada@example.com', email_verified: true }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    paths.push(url.pathname)
    const json = (body: unknown) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    const answers: Record<string, () => unknown> = {
      '/.well-known/openid-configuration': () =>
        json({
          issuer,
          authorization_endpoint: `${issuer}/o/oauth2/v2/auth`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/v1/userinfo`,
          jwks_uri: `${issuer}/oauth2/v3/certs`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
          code_challenge_methods_supported: ['plain', 'S256'],
          authorization_response_iss_parameter_supported: true,
        }),
      '/oauth2/v3/certs': () => json({ keys: [jwk] }),
      '/o/oauth2/v2/auth': () => {
        const code = `code-${asked.size}`
        asked.set(code, { nonce: url.searchParams.get('nonce') ?? '' })
        const back = new URL(url.searchParams.get('redirect_uri') ?? '')
        back.search = new URLSearchParams({
          code,
          state: url.searchParams.get('state') ?? '',
          iss: issuerInAnswer ?? issuer,
          scope: 'email openid',
          authuser: '0',
          prompt: 'none',
        }).toString()
        response.writeHead(302, { location: back.href }).end()
      },
      '/token': () => {
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          const code = new URLSearchParams(Buffer.concat(chunks).toString()).get('code') ?? ''
          const nowS = Math.floor(Date.now() / 1000)
          const honest = { iss: issuer, aud: clientId, iat: nowS, exp: nowS + 300, nonce: asked.get(code)?.nonce ?? '', ...claims }
          const token = forge === undefined ? sign(honest) : forge(honest, { privateKey, publicPem, kid })
          void token.then((id_token) => json({ access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token }))
        })
      },
    }
    const answer = answers[url.pathname]
    if (answer === undefined) response.writeHead(404).end()
    else answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer: string = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sign = (payload: JWTPayload) => new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return {
    issuer,
    clientId,
    clientSecret: 'a secret of the test',
    sign,
    says: (more: JWTPayload) => void Object.assign(claims, more),
    forges: (next: Forge | undefined) => void (forge = next),
    /** The `iss` parameter of the answer that the browser carries. */
    callsItself: (issuerName: string | undefined) => void (issuerInAnswer = issuerName),
    paths: () => paths.splice(0),
  }
}

import { createHash, randomBytes } from 'node:crypto'
import express from 'express'
import { onTestFinished } from 'vitest'
import type { AddressInfo } from 'node:net'

/** What GitHub says of an account. */
export interface GithubAccount {
  readonly id: number
  readonly login: string
  readonly emails: readonly {
    readonly email: string
    readonly primary: boolean
    readonly verified: boolean
    readonly visibility: string | null
  }[]
}

/**
 * A GitHub Enterprise server as its documentation describes the web application flow: `/login/oauth/authorize`,
 * `/login/oauth/access_token` (which answers errors with 200), `/api/v3/user` and `/api/v3/user/emails`.
 */
export async function startGithubServer() {
  const client = { clientId: 'Iv1.0123456789abcdef', clientSecret: 'github-secret-of-the-test' }
  let account: GithubAccount = {
    id: 583231,
    login: 'octo',
    emails: [{ email: 'ada@example.com', primary: true, verified: true, visibility: 'private' }],
  }
  const codes = new Map<string, { readonly redirectUri: string; readonly challenge: string }>()
  const tokens = new Set<string>()
  const app = express()
  app.use(express.urlencoded({ extended: false }))
  app.get('/login/oauth/authorize', (request, response) => {
    const query = new URL(request.originalUrl, 'http://x').searchParams
    const redirectUri = query.get('redirect_uri') ?? ''
    if (query.get('client_id') !== client.clientId || query.get('code_challenge_method') !== 'S256') {
      response.status(404).end()
      return
    }
    const code = randomBytes(10).toString('hex')
    codes.set(code, { redirectUri, challenge: query.get('code_challenge') ?? '' })
    const back = new URL(redirectUri)
    back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString()
    response.redirect(302, back.href)
  })
  app.post('/login/oauth/access_token', (request, response) => {
    const body = request.body as Record<string, string>
    const known = codes.get(body['code'] ?? '')
    codes.delete(body['code'] ?? '')
    const challenge = createHash('sha256')
      .update(body['code_verifier'] ?? '')
      .digest('base64url')
    const isGood =
      known !== undefined &&
      known.challenge === challenge &&
      known.redirectUri === body['redirect_uri'] &&
      body['client_id'] === client.clientId &&
      body['client_secret'] === client.clientSecret
    if (!isGood) {
      response.json({ error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' })
      return
    }
    const token = `gho_${randomBytes(18).toString('hex')}`
    tokens.add(token)
    response.json({ access_token: token, scope: 'read:user,user:email', token_type: 'bearer' })
  })
  app.use('/api/v3', (request, response, next) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (!tokens.has(token)) response.status(401).json({ message: 'Bad credentials' })
    else if (request.headers['user-agent'] === undefined)
      response.status(403).json({ message: 'Request forbidden by administrative rules.' })
    else next()
  })
  app.get('/api/v3/user', (_request, response) => void response.json({ login: account.login, id: account.id, type: 'User', email: null }))
  app.get('/api/v3/user/emails', (_request, response) => void response.json(account.emails))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...client,
    is: (next: GithubAccount) => void (account = next),
  }
}

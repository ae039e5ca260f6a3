import type { NodeId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { apiTokenPrefix, createApiTokens, type ApiTokens } from './api-tokens.ts'
import { cookieNames, readCookies } from './cookies.ts'
import { createLoginMail, type LoginMail } from './login-mail.ts'
import type { Mailer } from './mailer.ts'
import { operatorUse } from './operator-token.ts'
import { createPeople, type People } from './people.ts'
import type { Caller, IdentityNodes, IdentitySpaces, ProofHeaders } from './ports.ts'
import { createRights } from './rights.ts'
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts'
import { createSignIns, type FreshSignIn, type SignIn } from './sign-ins.ts'
import { createTokenVerifier, signToken, type TokenUse } from './signed-token.ts'
import { ensureKeyRing } from './signing-keys.ts'
import { createViewerRights } from './viewer-rights.ts'

export interface IdentityDeps {
  readonly store: MetadataStore
  readonly spaces: IdentitySpaces
  readonly nodes: IdentityNodes
  readonly clock: Clock
  readonly log: Log
  /** Where people reach the page: an origin such as `https://localhost:8443`, without a path. */
  readonly publicUrl: string
  /** Where the signing keys lie; made when absent. */
  readonly keysFolder: string
  /** Undefined: links asked for by mail go to `onLinkWithoutMail` instead. */
  readonly mailer?: Mailer | undefined
  readonly onLinkWithoutMail: (link: string) => void
}

/** What a browser gets when it signs in or renews: goes into cookies, never into a body or URL. */
export interface SessionTokens {
  readonly accessToken: string
  readonly accessExpiresAtMs: number
  readonly refreshToken: string
  readonly refreshExpiresAtMs: number
}

export interface Identity {
  readonly people: People
  readonly links: SignInLinks
  readonly loginMail: LoginMail
  readonly apiTokens: ApiTokens
  /** Live sockets ask here; structurally the relay's `ViewerRights`. */
  readonly viewerRights: ReturnType<typeof createViewerRights>
  /**
   * Who makes the request. A bearer token counts alone, cookies are not looked at then. Throws UNAUTHENTICATED,
   * SESSION_EXPIRED, or STORE_UNAVAILABLE.
   */
  authenticate(headers: ProofHeaders): Promise<Caller>
  /** Uses up a sign-in link. Throws SIGN_IN_LINK_REFUSED, also for a person without a role. */
  signIn(linkToken: string): Promise<SessionTokens>
  /** New tokens for the refresh token in the Cookie header. Throws SESSION_EXPIRED. */
  refresh(cookie: string | undefined): Promise<SessionTokens>
  /** Ends the sign-in of these cookies, if there is one. */
  signOut(cookie: string | undefined): Promise<void>
  listSignIns(personId: PersonId): Promise<SignIn[]>
  /** Throws NOT_FOUND alike for absent and foreign ones. */
  endSignIn(personId: PersonId, signInId: SignInId): Promise<void>
  /** A node was removed here: whoever watches it may not any more, from the next look on. */
  forgetNode(spaceId: SpaceId, nodeId: NodeId): void
  close(): Promise<void>
}

/** Who people are, how they prove it, and for how long. */
export async function createIdentity(deps: IdentityDeps): Promise<Identity> {
  const { store, spaces, nodes, clock, log, publicUrl, keysFolder, mailer, onLinkWithoutMail } = deps
  const ring = await ensureKeyRing(keysFolder, clock.nowMs())
  const sessionUse: TokenUse = { issuer: publicUrl, audience: 'throughline-session', type: 'throughline-session+jwt' }
  const verifySession = createTokenVerifier({ ring, use: sessionUse, clock })
  const verifyOperator = createTokenVerifier({ ring, use: operatorUse, clock })

  const people = createPeople({ store, clock })
  const links = createSignInLinks({ store, people, clock, publicUrl })
  const apiTokens = createApiTokens({ store, clock })
  const notices = new Set<Promise<void>>()
  const warnOfReuse = async (personId: PersonId) => {
    const person = await people.get(personId)
    if (person === undefined || mailer === undefined) return
    const text = `A sign-in of yours at ${publicUrl} was used from two places at once, so it was ended. If that was not you, end your other sign-ins too.\n`
    await mailer.send({ to: person.email, subject: 'A sign-in of yours was ended', text })
  }
  const signIns = createSignIns({
    store,
    clock,
    log,
    onReuse({ personId, signInId }) {
      rights.forgetSignIn(signInId)
      const notice = warnOfReuse(personId)
        .catch(() => log.error('reuse_notice_failed'))
        .finally(() => notices.delete(notice))
      notices.add(notice)
    },
  })
  const rights = createRights({ spaces, nodes, signIns, clock })
  const loginMail = createLoginMail({ people, links, mailer, log, onLinkWithoutMail })

  const unauthenticated = () => new ThroughlineError('UNAUTHENTICATED', 'Sign in first.')
  const withRole = async (who: Omit<Caller, 'role'>): Promise<Caller> => {
    const role = await rights.roleOf(who.spaceId, who.personId)
    if (role === undefined) throw unauthenticated()
    return { ...who, role }
  }

  const byBearer = async (token: string): Promise<Caller> => {
    if (token.startsWith(apiTokenPrefix)) {
      const found = await apiTokens.find(token)
      if (found === undefined) throw unauthenticated()
      return withRole({
        personId: found.personId,
        spaceId: found.spaceId,
        signInId: undefined,
        via: 'api-token',
        expiresAtMs: found.expiresAtMs,
      })
    }
    const { exp } = await verifyOperator(token)
    const first = await spaces.installation()
    if (first === undefined) throw unauthenticated()
    return {
      personId: first.adminPersonId,
      spaceId: first.spaceId,
      role: 'admin',
      signInId: undefined,
      via: 'operator',
      expiresAtMs: exp * 1000,
    }
  }

  const byCookie = async (token: string): Promise<Caller> => {
    const tokenClaims = await verifySession(token)
    const personId = tokenClaims.sub as PersonId
    const { sid, space } = tokenClaims
    if (typeof sid !== 'string' || typeof space !== 'string') throw unauthenticated()
    const signInId = sid as SignInId
    if ((await rights.signIn(personId, signInId)) === undefined)
      throw new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
    return withRole({ personId, spaceId: space as SpaceId, signInId, via: 'cookie', expiresAtMs: tokenClaims.exp * 1000 })
  }

  const authenticate = async ({ cookie, authorization }: ProofHeaders): Promise<Caller> => {
    if (authorization !== undefined) {
      const bearer = /^Bearer ([\w.~+/-]{1,4096})$/i.exec(authorization)?.[1]
      if (bearer === undefined) throw unauthenticated()
      return byBearer(bearer)
    }
    const token = readCookies(cookie).get(cookieNames.access)
    if (token === undefined || token === '') throw unauthenticated()
    return byCookie(token)
  }

  const tokensOf = async (signIn: FreshSignIn): Promise<SessionTokens> => {
    const nowMs = clock.nowMs()
    const lifeMs = Math.max(0, signIn.accessExpiresAtMs - nowMs)
    const accessToken = await signToken(
      ring.current,
      sessionUse,
      { sub: signIn.personId, sid: signIn.signInId, space: signIn.spaceId },
      nowMs,
      lifeMs,
    )
    return {
      accessToken,
      accessExpiresAtMs: signIn.accessExpiresAtMs,
      refreshToken: signIn.refreshToken,
      refreshExpiresAtMs: signIn.refreshExpiresAtMs,
    }
  }

  return {
    people,
    links,
    loginMail,
    apiTokens,
    viewerRights: createViewerRights({ rights, clock, origin: publicUrl, authenticate }),
    authenticate,
    async signIn(linkToken) {
      const person = await links.describe(linkToken)
      // One space so far; a person of several will be asked which.
      const space = await spaces.installation()
      if (space === undefined || (await spaces.roleOf(space.spaceId, person.personId)) === undefined)
        throw new ThroughlineError('SIGN_IN_LINK_REFUSED', 'This address has no access here any more.')
      await links.redeem(linkToken)
      return tokensOf(await signIns.start(person.personId, space.spaceId))
    },
    async refresh(cookie) {
      const signIn = await signIns.refresh(readCookies(cookie).get(cookieNames.refresh) ?? '')
      rights.forgetSignIn(signIn.signInId)
      return tokensOf(signIn)
    },
    async signOut(cookie) {
      const cookies = readCookies(cookie)
      const ended = await signIns.endByToken(cookies.get(cookieNames.refresh) ?? '')
      if (ended !== undefined) rights.forgetSignIn(ended.signInId)
      const access = cookies.get(cookieNames.access)
      if (access === undefined) return
      try {
        const { personId, signInId } = await byCookie(access)
        if (signInId === undefined) return
        await signIns.end(personId, signInId)
        rights.forgetSignIn(signInId)
      } catch (cause) {
        // An access token that no longer counts has nothing to end; trouble of the store is told.
        if (!(cause instanceof ThroughlineError) || cause.code === 'STORE_UNAVAILABLE') throw cause
      }
    },
    listSignIns: (personId) => signIns.list(personId),
    async endSignIn(personId, signInId) {
      const wasThere = await signIns.end(personId, signInId)
      rights.forgetSignIn(signInId)
      if (!wasThere) throw new ThroughlineError('NOT_FOUND', 'There is no such sign-in.')
    },
    forgetNode: (spaceId, nodeId) => rights.forgetNode(spaceId, nodeId),
    async close() {
      await Promise.all([loginMail.settled(), ...notices])
      mailer?.close()
    },
  }
}

import type { MemberId, PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Seals } from '../../src/domain/seals.ts'
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
import type { Caller, IdentityNodes, IdentitySpaces, PersonCaller, ProofHeaders } from './ports.ts'
import { createRights, type Rights } from './rights.ts'
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts'
import { createSignIns, type FreshSignIn, type SignIn } from './sign-ins.ts'
import { createTokenVerifier, signToken, type TokenUse } from './signed-token.ts'
import { ensureKeyRing } from './signing-keys.ts'
import { createViewerRights } from './viewer-rights.ts'

export interface IdentityDeps {
  readonly store: MetadataStore
  /** For secrets that have to be read again, such as those of sign-in providers. */
  readonly seals: Seals
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
  authenticate(headers: ProofHeaders): Promise<PersonCaller>
  /**
   * The same in a space, the one meant where none is named. Foreign and absent spaces, and a person who is in none, are NOT_FOUND
   * alike.
   */
  enter(caller: PersonCaller, spaceId?: SpaceId): Promise<Caller>
  /** Uses up a sign-in link. Throws SIGN_IN_LINK_REFUSED. */
  signIn(linkToken: string): Promise<SessionTokens>
  /** New tokens for the refresh token in the Cookie header. Throws SESSION_EXPIRED. */
  refresh(cookie: string | undefined): Promise<SessionTokens>
  /** Ends the sign-in of these cookies, if there is one. */
  signOut(cookie: string | undefined): Promise<void>
  listSignIns(personId: PersonId): Promise<SignIn[]>
  /** Throws NOT_FOUND alike for absent and foreign ones. */
  endSignIn(personId: PersonId, signInId: SignInId): Promise<void>
  /** Something changed here: what anybody may see is looked up again from the next look on. */
  readonly forget: Pick<Rights, 'forgetNode' | 'forgetMember' | 'forgetRooms'>
  /** What is known of a person's rights at the moment, for services that decide by more than the role. */
  readonly rights: Pick<Rights, 'rooms' | 'seesNode'>
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

  const byBearer = async (token: string): Promise<PersonCaller> => {
    if (token.startsWith(apiTokenPrefix)) {
      const found = await apiTokens.find(token)
      if (found === undefined) throw unauthenticated()
      const { personId, spaceId, scope, expiresAtMs } = found
      return { personId, signInId: undefined, via: 'api-token', scope, homeSpaceId: spaceId, expiresAtMs }
    }
    const { exp } = await verifyOperator(token)
    const first = await spaces.installation()
    if (first === undefined) throw unauthenticated()
    const { adminPersonId: personId, spaceId: homeSpaceId } = first
    return { personId, signInId: undefined, via: 'operator', scope: undefined, homeSpaceId, expiresAtMs: exp * 1000 }
  }

  const byCookie = async (token: string): Promise<PersonCaller> => {
    const { sub, sid, exp } = await verifySession(token)
    if (typeof sid !== 'string') throw unauthenticated()
    const [personId, signInId] = [sub as PersonId, sid as SignInId]
    const signIn = await rights.signIn(personId, signInId)
    if (signIn === undefined) throw new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
    return { personId, signInId, via: 'cookie', scope: undefined, homeSpaceId: signIn.spaceId, expiresAtMs: exp * 1000 }
  }

  const enter = async (caller: PersonCaller, wanted?: SpaceId): Promise<Caller> => {
    const spaceId = wanted ?? caller.homeSpaceId
    const member = spaceId && (await rights.member(spaceId, caller.personId))
    if (caller.via === 'operator' && spaceId !== undefined && spaceId === caller.homeSpaceId) {
      // Whoever can read the key files acts as the first space's admin, whoever that is by now.
      return { ...caller, spaceId, role: 'admin', memberId: member?.memberId ?? ('operator' as MemberId) }
    }
    if (spaceId !== undefined && member !== undefined) return { ...caller, spaceId, role: member.role, memberId: member.memberId }
    // Whoever left their first space goes on in the next.
    const next =
      wanted === undefined ? (await spaces.spacesOf(caller.personId)).find((each) => each.member.invitation === undefined) : undefined
    if (next === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    return { ...caller, spaceId: next.spaceId, role: next.member.role, memberId: next.member.memberId }
  }

  const authenticate = async ({ cookie, authorization }: ProofHeaders): Promise<PersonCaller> => {
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
    const accessToken = await signToken(ring.current, sessionUse, { sub: signIn.personId, sid: signIn.signInId }, nowMs, lifeMs)
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
    viewerRights: createViewerRights({ rights, clock, origin: publicUrl, authenticate, enter }),
    authenticate,
    enter,
    async signIn(linkToken) {
      const { personId } = await links.redeem(linkToken)
      const home = (await spaces.spacesOf(personId)).find(({ member }) => member.invitation === undefined)
      return tokensOf(await signIns.start(personId, home?.spaceId))
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
    forget: rights,
    rights,
    async close() {
      await Promise.all([loginMail.settled(), ...notices])
      mailer?.close()
    },
  }
}

import type { PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import type { Seals } from '../../src/domain/seals.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { createAddressCheck } from '../../src/support/public-address.ts'
import { visitorKey } from '../../src/support/visitor-key.ts'
import { createOutboundFetch } from '../outbound/outbound-fetch.ts'
import type { MetadataStore } from '../store/port.ts'
import { createAddressChanges, type AddressChanges } from './address-changes.ts'
import { createApiTokens, type ApiTokens } from './api-tokens.ts'
import { createCallers } from './callers.ts'
import { createCertificates, type Certificates } from './certificates.ts'
import { cookieNames, readCookies } from './cookies.ts'
import { createFlows } from './flows.ts'
import { identityLimits } from './limits.ts'
import { createLoginMail, type LoginMail } from './login-mail.ts'
import type { Mailer } from './mailer.ts'
import { operatorUse } from './operator-token.ts'
import { createPasskeys, type PasskeyQuestion, type Passkeys } from './passkeys/passkeys.ts'
import type { AssertionJson } from './passkeys/credential-schema.ts'
import { createPeople, type People } from './people.ts'
import { createDomainProof } from './providers/domain-proof.ts'
import { createFederation, type BegunTrip, type Federation } from './providers/federation.ts'
import { createIdentities, type Identities } from './providers/identities.ts'
import type { ProviderSettings } from './providers/provider.ts'
import { createSpaceProviders, type SpaceProviders } from './providers/space-providers.ts'
import type { Caller, IdentityNodes, IdentitySpaces, PersonCaller, ProofHeaders } from './ports.ts'
import { createRateLimit } from './rate-limit.ts'
import { createRights, type Rights } from './rights.ts'
import { createSignInDesk, type Proven } from './sign-in-desk.ts'
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts'
import { createSignIns, type FreshSignIn, type SignIn, type SignInMethod } from './sign-ins.ts'
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
  /** The sign-in providers of the installation. */
  readonly providers?: readonly ProviderSettings[]
  /** Whether an address that nobody invited may begin an account, after a provider verified it. */
  readonly isOpenToAnyone?: boolean
  /** Networks (CIDR) in which providers of spaces may lie although they are not public. */
  readonly privateTargets?: readonly string[]
  /** Whom to ask about domains; empty: the system's DNS servers. */
  readonly dnsServers?: readonly string[]
}

/** What a browser gets when it signs in or renews: goes into cookies, never into a body or URL. */
export interface SessionTokens {
  readonly accessToken: string
  readonly accessExpiresAtMs: number
  readonly refreshToken: string
  readonly refreshExpiresAtMs: number
}

/** A sign-in that began: its tokens go into cookies, the rest into the audit. */
export interface SignedIn extends SessionTokens {
  readonly state: 'signed-in'
  readonly personId: PersonId
  readonly signInId: SignInId
  readonly spaceId: SpaceId | undefined
  readonly method: SignInMethod
}

/** A person who still has to answer with a passkey; both tickets go into cookies. */
export interface SecondFactorAsked {
  readonly state: 'second-factor'
  readonly personId: PersonId
  readonly pendingTicket: string
  readonly question: PasskeyQuestion
}

/** What came of a trip to a provider. */
export type FinishedTrip = { readonly returnTo: string } & (
  | { readonly for: 'sign-in'; readonly outcome: SignedIn | SecondFactorAsked; readonly isFirst: boolean }
  | { readonly for: 'link'; readonly personId: PersonId; readonly identityId: string }
)

/** The browser a sign-in happens in. */
export interface SignInBrowser {
  readonly userAgent?: string
  readonly cookie?: string | undefined
}

export interface Identity {
  readonly people: People
  readonly links: SignInLinks
  readonly loginMail: LoginMail
  readonly addressChanges: AddressChanges
  readonly passkeys: Passkeys
  readonly identities: Identities
  readonly spaceProviders: SpaceProviders
  readonly federation: Pick<Federation, 'list' | 'probe'>
  readonly apiTokens: ApiTokens
  readonly certificates: Certificates
  /** Without a mail server, links reach people through the operator only. */
  readonly hasMail: boolean
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
  signIn(linkToken: string, browser?: SignInBrowser): Promise<SignedIn | SecondFactorAsked>
  /** Signs in who answered with a passkey and nothing else. Throws PASSKEY_REFUSED. */
  signInByPasskey(ticket: string | undefined, credential: AssertionJson, browser?: SignInBrowser): Promise<SignedIn>
  /**
   * Begins a trip to a provider: to sign in, or, for a caller, to link an account. Throws NOT_FOUND, RATE_LIMITED for an IP that
   * begins too many, PROVIDER_UNAVAILABLE.
   */
  beginTrip(wish: {
    readonly providerId: string
    readonly returnTo?: string | undefined
    readonly linkFor?: PersonCaller
    readonly cookie: string | undefined
    readonly ip: string
  }): Promise<BegunTrip>
  /** Whether the trip of this ticket links an account; false, too, for one that does not count. */
  isLinkingTrip(ticket: string | undefined): Promise<boolean>
  /** Ends a trip with what the provider answered; throws what `Federation.finish` throws. */
  finishTrip(
    end: { readonly providerId: string; readonly ticket: string | undefined; readonly parameters: URLSearchParams },
    browser?: SignInBrowser,
  ): Promise<FinishedTrip>
  /** Asks the passkey of a waiting sign-in again. Throws SIGN_IN_FLOW_OVER. */
  askSecondFactor(pendingTicket: string | undefined): Promise<PasskeyQuestion>
  /** Ends the wait for a second factor. Throws SIGN_IN_FLOW_OVER or PASSKEY_REFUSED. */
  answerSecondFactor(
    tickets: { readonly pending: string | undefined; readonly challenge: string | undefined },
    credential: AssertionJson,
    browser?: SignInBrowser,
  ): Promise<SignedIn>
  /** When the person behind these cookies last proved who they are; undefined for tokens and for what has ended. */
  provenAtMs(caller: PersonCaller): Promise<number | undefined>
  /** Throws FRESH_SIGN_IN_NEEDED unless the person proved within ten minutes who they are. */
  requireFresh(caller: PersonCaller): Promise<void>
  /** The person has just proven again who they are, in this sign-in. */
  prove(caller: PersonCaller): Promise<void>
  /** New tokens for the refresh token in the Cookie header. Throws SESSION_EXPIRED. */
  refresh(cookie: string | undefined): Promise<SessionTokens>
  /** Ends the sign-in of these cookies, if there is one; answers whose it was. */
  signOut(cookie: string | undefined): Promise<{ readonly personId: PersonId; readonly signInId: SignInId } | undefined>
  listSignIns(personId: PersonId): Promise<SignIn[]>
  /** Throws NOT_FOUND alike for absent and foreign ones. */
  endSignIn(personId: PersonId, signInId: SignInId): Promise<void>
  /** Ends every sign-in of a person but this one; answers which. */
  endOtherSignIns(personId: PersonId, keep: SignInId | undefined): Promise<SignInId[]>
  /** Something changed here: what anybody may see is looked up again from the next look on. */
  readonly forget: Pick<Rights, 'forgetNode' | 'forgetMember' | 'forgetRooms'>
  /** What is known of a person's rights at the moment, for services that decide by more than the role. */
  readonly rights: Pick<Rights, 'member' | 'rooms' | 'seesNode'>
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
  const flows = createFlows({ store, clock })
  const passkeys = createPasskeys({ store, people, flows, clock, publicUrl })
  const identities = createIdentities({ store, people, clock })
  const spaceProviders = createSpaceProviders({
    store,
    seals: deps.seals,
    clock,
    proof: createDomainProof({ servers: deps.dnsServers ?? [] }),
  })
  const outbound = { clock, timeMs: identityLimits.providerAnswerMs, answerBytes: identityLimits.providerAnswerBytes }
  const federation = createFederation({
    providers: deps.providers ?? [],
    spaceProviders,
    identities,
    people,
    signIns,
    spaces,
    flows,
    clock,
    publicUrl,
    isOpenToAnyone: deps.isOpenToAnyone ?? false,
    // The operator chose these servers; those that spaces name must not lead into our own networks.
    fetch: createOutboundFetch({ ...outbound, mayReach: () => true }),
    guardedFetch: createOutboundFetch({ ...outbound, mayReach: createAddressCheck(deps.privateTargets ?? []) }),
  })
  const tripsPerIp = createRateLimit(identityLimits.flowsPerIp)
  const desk = createSignInDesk({ people, signIns, flows, spaces, passkeys, onEnded: (signInId) => rights.forgetSignIn(signInId) })
  const loginMail = createLoginMail({ people, links, mailer, log, onLinkWithoutMail })

  const { authenticate, enter, spaceIdsOf, running } = createCallers({ verifySession, verifyOperator, apiTokens, spaces, rights })

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

  const finish = async (proven: Proven, browser: SignInBrowser): Promise<SignedIn | SecondFactorAsked> => {
    const outcome = await desk.admit(proven, browser.userAgent ?? '')
    if (outcome.state === 'signed-in') return signedIn(outcome)
    const { personId, ticket: pendingTicket } = outcome
    const question = await passkeys.ask({ for: 'second-factor', personId })
    return { state: 'second-factor', personId, pendingTicket, question }
  }
  const signedIn = async (signIn: FreshSignIn): Promise<SignedIn> => {
    const { personId, signInId, spaceId, method } = signIn
    return { state: 'signed-in', personId, signInId, spaceId, method, ...(await tokensOf(signIn)) }
  }
  const provenAtMs = async ({ personId, signInId }: PersonCaller) =>
    signInId === undefined ? undefined : (await signIns.get(personId, signInId))?.provenAtMs

  return {
    people,
    links,
    loginMail,
    addressChanges: createAddressChanges({ store, people, loginMail, mailer, clock, publicUrl, onLinkWithoutMail }),
    passkeys,
    identities,
    spaceProviders,
    federation,
    apiTokens,
    certificates: createCertificates(ring),
    hasMail: mailer !== undefined,
    viewerRights: createViewerRights({ rights, clock, origin: publicUrl, authenticate, enter, spacesOf: spaceIdsOf }),
    authenticate,
    enter,
    async signIn(linkToken, browser = {}) {
      const { person, isByOperator } = await links.redeem(linkToken)
      const replaces = await running(browser.cookie)
      return finish({ personId: person.personId, method: 'mail', isEnough: isByOperator, replaces }, browser)
    },
    async signInByPasskey(ticket, credential, browser = {}) {
      const { personId } = await passkeys.answer({ for: 'sign-in' }, ticket, credential)
      const outcome = await finish({ personId, method: 'passkey', isEnough: true, replaces: await running(browser.cookie) }, browser)
      if (outcome.state !== 'signed-in') throw new ThroughlineError('INTERNAL', 'A passkey is enough by itself.')
      return outcome
    },
    async beginTrip({ providerId, returnTo, linkFor, cookie, ip }) {
      if (!(await tripsPerIp(visitorKey(ip))))
        throw new ThroughlineError('RATE_LIMITED', 'Too many sign-ins were begun from here; try again later.')
      if (linkFor === undefined) return federation.begin({ providerId, returnTo, replaces: await running(cookie) })
      const { personId, signInId } = linkFor
      if (signInId === undefined) throw new ThroughlineError('UNAUTHENTICATED', 'Sign in first.')
      return federation.begin({ providerId, returnTo, link: { personId, signInId } })
    },
    isLinkingTrip: (ticket) => federation.isLinking(ticket),
    async finishTrip(end, browser = {}) {
      const ended = await federation.finish(end)
      if (ended.for === 'link') return ended
      const { returnTo, isFirst, proven } = ended
      return { for: 'sign-in', returnTo, isFirst, outcome: await finish(proven, browser) }
    },
    async askSecondFactor(pendingTicket) {
      const { personId } = await desk.waiting(pendingTicket)
      return passkeys.ask({ for: 'second-factor', personId })
    },
    async answerSecondFactor({ pending, challenge }, credential, browser = {}) {
      const { personId } = await desk.waiting(pending)
      await passkeys.answer({ for: 'second-factor', personId }, challenge, credential)
      return signedIn(await desk.afterSecondFactor(pending, browser.userAgent ?? ''))
    },
    provenAtMs,
    async requireFresh(caller) {
      const atMs = await provenAtMs(caller)
      if (atMs === undefined || atMs + identityLimits.freshMs <= clock.nowMs())
        throw new ThroughlineError('FRESH_SIGN_IN_NEEDED', 'Prove again that it is you, then repeat this.')
    },
    async prove({ personId, signInId }) {
      if (signInId === undefined || !(await signIns.prove(personId, signInId)))
        throw new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
      rights.forgetSignIn(signInId)
    },
    async refresh(cookie) {
      const signIn = await signIns.refresh(readCookies(cookie).get(cookieNames.refresh) ?? '')
      const { personId, signInId, onlySpaceId } = signIn
      rights.forgetSignIn(signInId)
      // What a space's provider vouched for goes no further than the space stands by that provider (L6).
      if (onlySpaceId !== undefined && !(await spaceProviders.isOffered(onlySpaceId))) {
        await signIns.end(personId, signInId)
        throw new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')
      }
      return tokensOf(signIn)
    },
    async signOut(cookie) {
      const byRefresh = await signIns.endByToken(readCookies(cookie).get(cookieNames.refresh) ?? '')
      if (byRefresh !== undefined) rights.forgetSignIn(byRefresh.signInId)
      const byAccess = await running(cookie)
      if (byAccess !== undefined) {
        await signIns.end(byAccess.personId, byAccess.signInId)
        rights.forgetSignIn(byAccess.signInId)
      }
      return byRefresh ?? byAccess
    },
    listSignIns: (personId) => signIns.list(personId),
    async endSignIn(personId, signInId) {
      const wasThere = await signIns.end(personId, signInId)
      rights.forgetSignIn(signInId)
      if (!wasThere) throw new ThroughlineError('NOT_FOUND', 'There is no such sign-in.')
    },
    async endOtherSignIns(personId, keep) {
      const others = (await signIns.list(personId)).filter(({ signInId }) => signInId !== keep)
      for (const { signInId } of others) {
        await signIns.end(personId, signInId)
        rights.forgetSignIn(signInId)
      }
      return others.map(({ signInId }) => signInId)
    },
    forget: rights,
    rights,
    async close() {
      await Promise.all([loginMail.settled(), apiTokens.settled(), ...notices])
      mailer?.close()
    },
  }
}

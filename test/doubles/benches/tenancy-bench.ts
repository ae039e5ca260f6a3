import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express from 'express'
import { onTestFinished } from 'vitest'
import { createApi, routeTable, type ApiDeps } from '../../../cloud/api/api.ts'
import { createAudit } from '../../../cloud/audit/audit.ts'
import { createDeliverySettings } from '../../../cloud/audit/delivery/delivery-settings.ts'
import { createReachSettings } from '../../../cloud/notify/reach/reach-settings.ts'
import { quietMirror } from './quiet-mirror.ts'
import { createLogTap } from '../../../cloud/canary/log-tap.ts'
import { createWatchedProcess } from '../../../cloud/canary/watched-process.ts'
import { createBans } from '../../../cloud/bans/bans.ts'
import { createIdentity } from '../../../cloud/identity/identity.ts'
import { createMetadata } from '../../../cloud/metadata/metadata.ts'
import { createPushBrowsers } from '../../../cloud/notify/push/push-browsers.ts'
import type { AnalyticsProvider } from '../../../cloud/privacy/consent/consents.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import { openOwnData } from '../../../src/compose/own-data.ts'
import { openRequestDesk } from '../../../src/compose/requests.ts'
import { createTenancy, type Tenancy } from '../../../src/compose/tenancy.ts'
import type { AuditEvent } from '../../../src/domain/audit.ts'
import type { MemberId, NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Role } from '../../../src/domain/model.ts'
import { plans, type PlanName } from '../../../src/domain/plans.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { Erasures, ErasuresDeps } from '../../../cloud/privacy/erasure/erasures.ts'
import { benchConfigure } from './bench-configure.ts'
import { benchErasures, benchLedger } from './bench-erasures.ts'
import { benchNotify } from './bench-notify.ts'
import { benchChannelTests } from './bench-targets.ts'
import { createHandClock } from '../hand-clock.ts'
import { createSealedMemoryStore } from '../stores/memory-store.ts'
import { readAnswer, type Answer } from '../people/read-answer.ts'
import { testKeys, testSeals } from '../stores/test-seals.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface TenancyCall {
  readonly cookie?: string | undefined
  /** An API token; such a call carries neither Origin nor Content-Type, as command line clients send it. */
  readonly bearer?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const publicUrl = 'https://localhost:8443'
export const ownApi = '/api/throughline/v1'

/**
 * Real metadata, identity, tenancy and API over one store, with one space whose admin is owner@example.com; agents, links and mail
 * are left out, and what would be cut or sent is recorded.
 */
export async function startTenancy(
  wish: {
    store?: (clock: ReturnType<typeof createHandClock>) => MetadataStore
    /** What lies apart from the data, and the key of erasures, as a restart would find them. */
    apart?: MetadataStore
    ledgerKey?: Uint8Array
    plan?: PlanName
    analytics?: AnalyticsProvider
    clock?: ReturnType<typeof createHandClock>
    erasures?: Partial<ErasuresDeps>
  } = {},
) {
  const clock = wish.clock ?? createHandClock()
  const raw = wish.store?.(clock) ?? createSealedMemoryStore(clock, testKeys)
  const { apart, ledger, keys, guarded: store } = await benchLedger(raw, clock, wish.apart, wish.ledgerKey)
  const plan = wish.plan ?? 'unlimited'
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog, quotas: plans[plan] })
  const { spaces, roster, rooms, nodes } = metadata
  const keysFolder = join(temporaryFolder(), 'keys')
  const identity = await createIdentity({
    store,
    seals: testSeals,
    clock,
    log: silentLog,
    publicUrl,
    keysFolder,
    spaces: {
      installation: () => spaces.installation(),
      find: (spaceId, personId) => roster.find(spaceId, personId),
      spacesOf: (personId) => roster.spacesOf(personId),
      rooms: (spaceId) => rooms.list(spaceId),
    },
    nodes,
    onLinkWithoutMail: () => {},
  })
  const owner = await identity.people.ensure('owner@example.com')
  const { spaceId } = await spaces.ensureFirst({ name: 'My space', adminPersonId: owner.personId })
  const mails: { readonly to: string; readonly byEmail: string; readonly spaceName: string }[] = []
  const cut: NodeId[] = []
  const forgotten: SpaceId[] = []
  const removeNode = async (inSpace: SpaceId, nodeId: NodeId) => {
    const removed = await nodes.remove(inSpace, nodeId)
    if (removed === undefined) return undefined
    cut.push(nodeId)
    identity.forget.forgetNode(inSpace, nodeId)
    return removed
  }
  const pushBrowsers = createPushBrowsers({ store, seals: testSeals, clock })
  const audited: AuditEvent[] = []
  const erasures: Erasures = benchErasures({
    raw,
    apart,
    ledger,
    keys,
    notes: metadata.unfinished,
    isUnderWay: async ({ kind, id }) => (await metadata.unfinished.find(`${kind === 'space' ? 'space' : 'account'}/${id}`)) !== undefined,
    finish: ({ kind }) => tenancy.finish(kind),
    sign: (claims) => identity.certificates.sign(claims),
    auditor: { record: async (event) => void audited.push(event) },
    clock,
    ...wish.erasures,
  })
  const tenancy: Tenancy = createTenancy({
    store,
    erasures,
    metadata,
    identity,
    mail: { send: (mail) => void mails.push(mail) },
    removeNode,
    browsers: pushBrowsers,
    onSpaceForgotten: async (id) => void forgotten.push(id),
    clock,
    log: silentLog,
  })
  const notify = benchNotify({
    store,
    channels: metadata.channels,
    rooms,
    nodes,
    outcome: () => ({ is: 'refused', problem: 'Nothing leaves here.' }),
    clock,
  })
  const configuring = benchConfigure({ store, metadata, clock })
  const ownData = openOwnData({ store, apart, people: identity.people, ...metadata, analytics: wish.analytics, clock })
  const apiDeps: ApiDeps = {
    identity,
    metadata,
    invitations: tenancy.invitations,
    account: tenancy.accountRemoval,
    erasures,
    plan,
    presence: {
      stateOf: () => 'live',
      instancesOf: () => [],
      routeOf: () => undefined,
      sinceMs: () => undefined,
      cloneOf: () => undefined,
      counts: () => ({ links: 0, live: 0, stale: 0, offline: 0 }),
    },
    attempts: { list: () => [] },
    egress: { ofNode: async (spaceId, nodeId) => metadata.egressManifests.ofNode(spaceId, nodeId), refused: () => ({}) },
    leaving: { remove: removeNode, removeSpace: (id) => tenancy.spaceRemoval.remove(id) },
    publicUrl,
    caPem: undefined,
    caFingerprint: undefined,
    staticFolder: '/nonexistent-throughline-page',
    isOfflinePage: true,
    version: '0.1.0',
    gatewayRouter: express.Router(),
    audit: createAudit({ store, clock, log: silentLog }),
    auditDelivery: createDeliverySettings({ store, seals: testSeals }),
    mirror: quietMirror,
    bans: createBans({ store, clock }),
    watched: createWatchedProcess({ tap: createLogTap(silentLog), clock }),
    messages: notify.messages,
    reachSettings: createReachSettings({ store, hasRoom: async (id, room) => (await metadata.rooms.get(id, room)) !== undefined }),
    configure: configuring.configure,
    push: { browsers: pushBrowsers, publicKey: 'public-key' },
    ...ownData,
    requestDesk: openRequestDesk({ store, people: identity.people, mailer: undefined, publicUrl, clock }),
    channelTests: benchChannelTests({ channels: metadata.channels, publicUrl, clock }),
    fleets: ['127.0.0.0/8'],
    auditor: { record: async (event) => void audited.push(event) },
    clock,
    log: silentLog,
  }
  const server = createServer(createApi(apiDeps))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo

  const call = (method: string, path: string, { cookie, bearer, headers = {}, body }: TenancyCall = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const fromPage = bearer === undefined && method !== 'GET' ? { origin: publicUrl, 'content-type': 'application/json' } : {}
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port,
          method,
          path,
          headers: {
            ...fromPage,
            ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
            ...(cookie === undefined ? {} : { cookie }),
            ...(bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) }),
            ...headers,
          },
        },
        (response) => resolve(readAnswer(response)),
      )
      sent.on('error', reject)
      sent.end(bytes)
    })

  const cookieOf = async (personId: PersonId) => {
    const { token } = await identity.links.issue(personId)
    const signed = await identity.signIn(token)
    if (signed.state !== 'signed-in') throw new Error('not signed in')
    const { accessToken, refreshToken } = signed
    return `__Host-throughline=${accessToken}; __Host-throughline-refresh=${refreshToken}`
  }
  /** A person who is a member of the space, signed in. */
  const member = async (email: string, role: Role, inSpace = spaceId) => {
    const person = await identity.people.ensure(email)
    const { personId } = person
    const invited = await roster.invite(inSpace, { personId, role, byPersonId: owner.personId })
    const { memberId } = await roster.accept(inSpace, personId, invited.invitation?.invitationId ?? '')
    return { personId, memberId, cookie: await cookieOf(personId) }
  }
  const ownerCookie = await cookieOf(owner.personId)
  const ownerMemberId = (await roster.find(spaceId, owner.personId))?.memberId ?? ('' as MemberId)
  const bearerOf = async (personId: PersonId) =>
    (await identity.apiTokens.create({ spaceId: undefined, personId, scope: 'scope:all' })).token
  return {
    clock,
    /** As it lies at rest; only services ask the ledger. */
    store: raw,
    apart,
    ownData,
    ledger,
    keys,
    erasures,
    keysFolder,
    metadata,
    identity,
    tenancy,
    owner,
    ownerCookie,
    ownerMemberId,
    spaceId,
    mails,
    notify,
    configuring,
    cut,
    forgotten,
    audited,
    call,
    routeRows: routeTable(apiDeps),
    cookieOf,
    bearerOf,
    member,
  }
}

export type TenancyBench = Awaited<ReturnType<typeof startTenancy>>

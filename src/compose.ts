import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createAgent } from '../agent-link/agent.ts'
import { createApi } from '../cloud/api/api.ts'
import { connectWays, type ConnectWay } from '../cloud/api/connect-commands.ts'
import { createReaderNotes } from '../cloud/api/compatible/reader-notes.ts'
import { createRoomNodes } from '../cloud/api/compatible/room-nodes.ts'
import { createEdge } from '../cloud/api/edge/edge.ts'
import { apiLimits } from '../cloud/api/limits.ts'
import { ownNames } from '../cloud/api/tls/host-names.ts'
import { createTlsProvider } from '../cloud/api/tls/tls-provider.ts'
import { createAudit, type Audit } from '../cloud/audit/audit.ts'
import { auditedClaims, createWitness } from '../cloud/audit/witness.ts'
import { createBanWatch } from '../cloud/bans/ban-watch.ts'
import type { Ban, BanKind } from '../cloud/bans/ban.ts'
import { createBans, type Bans } from '../cloud/bans/bans.ts'
import { guarded } from '../cloud/bans/guarded.ts'
import { createLocalBus } from '../cloud/bus/local/local-bus.ts'
import { createGateway } from '../cloud/gateway/gateway.ts'
import { createIdentity, type Identity } from '../cloud/identity/identity.ts'
import { createInvitationMail } from '../cloud/identity/invitation-mail.ts'
import { createMailer, type Mailer } from '../cloud/identity/mailer.ts'
import type { ProviderSettings } from '../cloud/identity/providers/provider.ts'
import type { ProofHeaders } from '../cloud/identity/ports.ts'
import { signOperatorToken } from '../cloud/identity/operator-token.ts'
import { apiTokenScopes } from '../cloud/identity/permissions.ts'
import { createTenancy } from './compose-tenancy.ts'
import { createMetadata, type Metadata } from '../cloud/metadata/metadata.ts'
import { createPresence } from '../cloud/presence/presence.ts'
import type { ViewerRights } from '../cloud/relay/ports.ts'
import { createRelay, isRelayAddress } from '../cloud/relay/relay.ts'
import { openSeals } from '../cloud/seals/seals.ts'
import { createOutbound } from '../cloud/outbound/outbound.ts'
import { createDeliveries } from '../cloud/audit/delivery/deliveries.ts'
import { createDeliverySettings } from '../cloud/audit/delivery/delivery-settings.ts'
import type { MetadataStore } from '../cloud/store/port.ts'
import { createSqliteStore } from '../cloud/store/sqlite/sqlite-store.ts'
import type { Config } from './config/read-config.ts'
import type { AuditEvent } from './domain/audit.ts'
import type { Seals } from './domain/seals.ts'
import type { NodeId, PersonId, SpaceId } from './domain/ids.ts'
import { plans } from './domain/plans.ts'
import type { Node, Space } from './domain/model.ts'
import { asThroughlineError, ThroughlineError } from './errors/throughline-error.ts'
import type { Clock } from './support/clock.ts'
import { silentLog, type Log } from './support/log.ts'
import { version } from './domain/version.ts'

interface ComposeDeps {
  readonly clock: Clock
  readonly log?: Log
}

const hostTokenMs = 600_000
const purgeEveryMs = 24 * 3_600_000
const purgeAfterStartMs = 300_000
const sweepEveryMs = 3_600_000
/** An orderly stop ends within ten seconds (issue 2); requests in work get most of it. */
const drainMs = 5_000
const banCutMs = 1_500

/** A running cloud. */
export interface Cloud {
  /** A fresh one-time link for the first admin. */
  signInLink(): Promise<string>
  /** Tells agents and browsers to come back later, finishes what runs, closes everything in reverse. */
  stop(): Promise<void>
}

/** What the operator's commands do beside a running cloud, or without one: the same store, the same rules, no network. */
export interface Installation {
  /** For the person of this address, by default for the first admin whatever their address is by now. Throws NOT_FOUND. */
  signInLink(email: string | undefined): Promise<string>
  /** A fresh claim token with the commands that use it; `caFile` is undefined when the certificate is the owner's own. */
  claimToken(wish?: {
    name: string | undefined
  }): Promise<{ token: string; expiresAtMs: number; caFile: string | undefined; ways: readonly ConnectWay[] }>
  /** An API token of the first admin; `scope` with or without its `scope:`. Throws USAGE for a scope that is none. */
  apiToken(wish: {
    scope: string
    name: string | undefined
    validForMs: number
  }): Promise<{ token: string; tokenId: string; name: string; scope: string; expiresAtMs: number }>
  nodes(): Promise<Node[]>
  /** Takes a node out of the store. Only for a cloud that is not running: a running one has to cut links too. */
  removeNode(nodeId: NodeId): Promise<void>
  readonly audit: Pick<Audit, 'chains' | 'verify' | 'forwards'>
  /** Writes what the operator did into the chain of the first space. */
  record(event: Pick<AuditEvent, 'action' | 'subject' | 'details'>): Promise<void>
  readonly bans: Pick<Bans, 'list'>
  /** Keeps somebody out; an account is named by its address or id. Throws NOT_FOUND, BODY_UNPROCESSABLE or LIMIT_REACHED. */
  addBan(wish: { kind: BanKind; value: string; reason: string; forMs: number }): Promise<Ban>
  removeBan(banId: string): Promise<void>
  close(): Promise<void>
}

interface Kept {
  readonly store: MetadataStore
  readonly seals: Seals
  readonly metadata: Metadata
  readonly identity: Identity
  readonly mailer: Mailer | undefined
  /** The first space; undefined when it was deleted. */
  readonly space: Space | undefined
  readonly adminPersonId: PersonId
}

const keysFolder = (config: Config) => join(config.dataFolder, 'keys')
const tlsFolder = (config: Config) => join(config.dataFolder, 'tls')
const dynamoPlace = ({ dynamoEndpoint, dynamoRegion, dynamoTable }: Config) => ({
  endpoint: dynamoEndpoint,
  region: dynamoRegion,
  table: dynamoTable,
})

/** The certificate of this installation, made when there is none. */
function openTls(config: Config, clock: Clock, log: Log) {
  const own = config.tlsCert === undefined || config.tlsKey === undefined ? undefined : { certFile: config.tlsCert, keyFile: config.tlsKey }
  return createTlsProvider({ folder: tlsFolder(config), names: [...ownNames(), config.publicHost, ...config.tlsNames], own, clock, log })
}

/** The sign-in providers that are configured. */
function providersOf(config: Config): ProviderSettings[] {
  const { googleClientId, googleClientSecret, githubClientId, githubClientSecret, oidcIssuer, oidcClientId, oidcClientSecret } = config
  const found: (Omit<ProviderSettings, 'issuer' | 'clientId' | 'clientSecret'> & {
    issuer: string | undefined
    clientId: string | undefined
    clientSecret: string | undefined
  })[] = [
    {
      providerId: 'google',
      kind: 'google',
      name: 'Google',
      issuer: config.googleIssuer,
      clientId: googleClientId,
      clientSecret: googleClientSecret,
    },
    {
      providerId: 'github',
      kind: 'github',
      name: 'GitHub',
      issuer: config.githubUrl,
      clientId: githubClientId,
      clientSecret: githubClientSecret,
    },
    { providerId: 'oidc', kind: 'oidc', name: config.oidcName, issuer: oidcIssuer, clientId: oidcClientId, clientSecret: oidcClientSecret },
  ]
  return found.flatMap(({ issuer, clientId, clientSecret, ...rest }) =>
    issuer === undefined || clientId === undefined || clientSecret === undefined ? [] : [{ ...rest, issuer, clientId, clientSecret }],
  )
}

/** Throws DATA_FOLDER_UNUSABLE in one sentence. */
async function ensureDataFolder({ dataFolder }: Config): Promise<void> {
  const probe = join(dataFolder, `.probe-${process.pid}`)
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    await (await open(probe, 'w')).close()
    await rm(probe)
  } catch (cause) {
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder ${dataFolder} cannot be written; choose another with THROUGHLINE_DATA or change its owner.`,
      { cause },
    )
  }
}

async function openStore(config: Config, clock: Clock, log: Log): Promise<MetadataStore> {
  if (config.store === 'dynamodb') {
    // Loaded only where it is used: the AWS SDK takes a third of the start and a good deal of memory.
    const { createDynamoStore } = await import('../cloud/store/dynamodb/dynamo-store.ts')
    return createDynamoStore({ ...dynamoPlace(config), clock, log })
  }
  return createSqliteStore({ path: join(config.dataFolder, 'metadata.db'), clock, log })
}

/** Store, metadata and identity, with the first space and its admin in place. */
async function openKept(config: Config, clock: Clock, log: Log): Promise<Kept> {
  await ensureDataFolder(config)
  const store = await openStore(config, clock, log)
  try {
    const seals = openSeals(keysFolder(config))
    const metadata = createMetadata({ store, seals, clock, log, quotas: plans[config.plan] })
    const { spaces, nodes, roster, rooms } = metadata
    const mailer = config.smtpUrl === undefined ? undefined : createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log })
    const identity = await createIdentity({
      store,
      seals,
      spaces: {
        installation: () => spaces.installation(),
        find: (spaceId, personId) => roster.find(spaceId, personId),
        spacesOf: (personId) => roster.spacesOf(personId),
        rooms: (spaceId) => rooms.list(spaceId),
      },
      nodes,
      clock,
      log,
      publicUrl: config.publicUrl,
      keysFolder: keysFolder(config),
      mailer,
      providers: providersOf(config),
      isOpenToAnyone: config.signUp === 'anyone',
      privateTargets: config.privateTargets,
      dnsServers: config.dnsServers,
      onLinkWithoutMail: () =>
        log.info('sign_in_link_asked', { mend: 'No SMTP is configured; npx throughline sign-in-link prints a link.' }),
    })
    const first = await spaces.installation()
    // Whoever owned the installation may have deleted their account; then the configured address owns it again.
    const owner = first && (await identity.people.get(first.adminPersonId))
    const adminPersonId = (owner ?? (await identity.people.ensure(config.adminEmail))).personId
    if (first !== undefined && owner === undefined) await spaces.setOwner(adminPersonId)
    const isDeleted = first !== undefined && first.spaceId === undefined
    const space = isDeleted ? undefined : await spaces.ensureFirst({ name: 'My space', adminPersonId })
    return { store, seals, metadata, identity, mailer, space, adminPersonId }
  } catch (thrown) {
    await store.close()
    throw thrown
  }
}

/** Opens what the operator's commands need. Throws DATA_FOLDER_UNUSABLE or STORE_UNAVAILABLE. */
export async function openInstallation(config: Config, { clock, log = silentLog }: ComposeDeps): Promise<Installation> {
  const { store, metadata, identity, space, adminPersonId } = await openKept(config, clock, log)
  const firstSpaceId = () => {
    if (space === undefined)
      throw new ThroughlineError('NOT_FOUND', 'The first space was deleted; make another on the page, or over the API.')
    return space.spaceId
  }
  const audit = createAudit({ store, clock, log })
  const record = (event: Pick<AuditEvent, 'action' | 'subject' | 'details'>) =>
    audit.record({ ...event, spaceId: space?.spaceId, personId: adminPersonId, via: 'operator' })
  const bans = createBans({ store, clock })
  return {
    async signInLink(email) {
      const person = await (email === undefined ? identity.people.get(adminPersonId) : identity.people.find(email))
      if (person === undefined) {
        const whom = email === undefined ? 'The first admin has deleted their account' : `Nobody here has the address ${email}`
        throw new ThroughlineError('NOT_FOUND', `${whom}; name the address of somebody who is here with --email.`)
      }
      const { link } = await identity.links.issue(person.personId, { isByOperator: true })
      await record({ action: 'operator-action', subject: { kind: 'person', id: person.personId }, details: { command: 'sign-in-link' } })
      return link
    },
    async claimToken({ name } = { name: undefined }) {
      const { claimTokenDefaultMs: validForMs, claimTokenUsesDefault: uses } = apiLimits
      const wish = { spaceId: firstSpaceId(), roomIds: [], validForMs, uses, name: name ?? 'Command line' }
      const { token, tokenId, expiresAtMs } = await metadata.claimTokens.issue(wish)
      await record({ action: 'claim-token-created', subject: { kind: 'claim-token', id: tokenId }, details: { uses, expiresAtMs } })
      const { caPem, caFingerprint } = await openTls(config, clock, log)
      const ca = caFingerprint === undefined ? { isPrivateCa: false } : { caFingerprint }
      const caFile = caPem === undefined ? undefined : join(tlsFolder(config), 'ca.pem')
      return { token, expiresAtMs, caFile, ways: connectWays({ url: config.publicUrl, token, ...ca }) }
    },
    async apiToken({ scope, name, validForMs }) {
      const wanted = apiTokenScopes.find((each) => each === scope || each === `scope:${scope}`)
      if (wanted === undefined)
        throw new ThroughlineError('USAGE', `--scope wants one of ${apiTokenScopes.map((each) => each.slice('scope:'.length)).join(', ')}.`)
      const wish = { spaceId: space?.spaceId, personId: adminPersonId, scope: wanted, name: name ?? 'Command line', validForMs }
      const made = await identity.apiTokens.create(wish)
      const { token, tokenId, expiresAtMs } = made
      await record({ action: 'api-token-created', subject: { kind: 'api-token', id: tokenId }, details: { scope: wanted, expiresAtMs } })
      return { token, tokenId, name: made.name, scope: wanted, expiresAtMs }
    },
    nodes: async () => (space === undefined ? [] : metadata.nodes.list(space.spaceId)),
    async removeNode(nodeId) {
      if ((await metadata.nodes.remove(firstSpaceId(), nodeId)) === undefined)
        throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      await record({ action: 'node-removed', subject: { kind: 'node', id: nodeId } })
    },
    audit,
    record,
    bans,
    async addBan({ kind, value, reason, forMs }) {
      const person = kind === 'account' && value.includes('@') ? await identity.people.find(value) : undefined
      if (kind === 'account' && value.includes('@') && person === undefined)
        throw new ThroughlineError('NOT_FOUND', `Nobody here has the address ${value}.`)
      const ban = await bans.add({ kind, value: person?.personId ?? value, reason, forMs, by: 'operator' })
      await record({ action: 'ban-added', subject: { kind: 'ban', id: ban.banId }, details: { kind } })
      return ban
    },
    async removeBan(banId) {
      const ban = await bans.remove(banId)
      if (ban !== undefined) await record({ action: 'ban-removed', subject: { kind: 'ban', id: banId }, details: { kind: ban.kind } })
    },
    async close() {
      await audit.close()
      await identity.close()
      await store.close()
    },
  }
}

/** A bearer token of the operator for the running cloud. */
export function operatorToken(config: Config, clock: Clock): Promise<string> {
  return signOperatorToken(keysFolder(config), clock)
}

/** Whether the store answers, in one sentence; throws STORE_UNAVAILABLE, CONFIG_INVALID or DATA_FOLDER_UNUSABLE. */
export async function checkStore(config: Config, deps: ComposeDeps): Promise<string> {
  const installation = await openInstallation(config, deps)
  const nodes = await installation.nodes()
  await installation.close()
  return `${config.store} answers; ${nodes.length} nodes are known.`
}

/** Makes what the store needs; answers what was done, in one sentence. */
export async function migrateStore(config: Config, { clock, log = silentLog }: ComposeDeps): Promise<string> {
  if (config.store === 'sqlite') {
    await ensureDataFolder(config)
    const store = await openStore(config, clock, log)
    await store.close()
    return 'The metadata file is at its newest form.'
  }
  const { migrateDynamo } = await import('../cloud/store/dynamodb/migrate-dynamo.ts')
  const { created } = await migrateDynamo({ ...dynamoPlace(config), clock, log })
  return created ? `The table ${config.dynamoTable} is made.` : `The table ${config.dynamoTable} is as it should be.`
}

/**
 * Builds and starts everything, in order; what was started is stopped again when a later part fails. `tell` hears what takes
 * long. Throws PORT_IN_USE, DATA_FOLDER_UNUSABLE, CONFIG_INVALID or STORE_UNAVAILABLE.
 */
export async function startCloud(
  config: Config,
  { clock, log, tell }: { clock: Clock; log: Log; tell: (line: string) => void },
): Promise<Cloud> {
  const undo: (() => unknown)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    tell('Opening the data …')
    const { store, seals, metadata, identity, mailer, space, adminPersonId } = await openKept(config, clock, log)
    undo.push(() => store.close())
    undo.push(() => identity.close())
    const audit = createAudit({ store, clock, log })
    undo.push(() => audit.close())

    const outbound = createOutbound({ clock, allow: config.privateTargets })
    const deliveries = createDeliveries({ store, seals, outbound, hostName: config.publicHost, clock, log })
    undo.push(() => deliveries.close())
    const bans = createBans({ store, clock })
    const banWatch = createBanWatch({ bans, clock, log })
    undo.push(() => banWatch.close())
    await banWatch.look()
    const { viewerRights } = identity
    const rights: ViewerRights = {
      ...viewerRights,
      authenticate: guarded((request: Parameters<ViewerRights['authenticate']>[0]) => viewerRights.authenticate(request), banWatch),
      admitReader: guarded((...proof: Parameters<ViewerRights['admitReader']>) => viewerRights.admitReader(...proof), banWatch),
      admitNodeReader: guarded((...proof: Parameters<ViewerRights['admitNodeReader']>) => viewerRights.admitNodeReader(...proof), banWatch),
    }

    const tls = await openTls(config, clock, log)

    const presence = createPresence({ clock, log, graceMs: config.offlineGraceS * 1000, staleGraceMs: config.staleGraceS * 1000 })
    undo.push(() => presence.close())
    const bus = createLocalBus()
    const { claims, nodes, contexts, alerts } = metadata
    const gateway = createGateway({
      ports: { claims: auditedClaims(claims, audit), nodes, contexts, alerts },
      presence,
      bus,
      clock,
      log,
      publicUrl: { host: config.publicHost, port: config.publicPort },
      bans: banWatch,
    })
    const relay = createRelay({
      bus,
      rights,
      states: presence,
      rooms: createRoomNodes(metadata),
      notes: createReaderNotes(audit),
      witness: createWitness(audit),
      origin: config.publicUrl,
      clock,
      log,
    })
    const removeNode = async (spaceId: SpaceId, nodeId: NodeId) => {
      const removed = await nodes.remove(spaceId, nodeId)
      if (removed === undefined) return undefined
      gateway.nodeRemoved(removed)
      identity.forget.forgetNode(spaceId, nodeId)
      return removed
    }
    const invitationMail = createInvitationMail({ mailer, publicUrl: config.publicUrl, log })
    undo.push(() => invitationMail.settled())
    const deliverySettings = createDeliverySettings({ store, seals })
    const tenancy = createTenancy({
      store,
      metadata,
      identity,
      mail: invitationMail,
      removeNode,
      // An outside tool still hears of the end of a space; then its address goes.
      onSpaceForgotten: async (spaceId) => void (await deliverySettings.set(spaceId, { webhookUrl: null, syslog: null })),
      clock,
      log,
    })
    await tenancy.sweep()
    undo.push(clock.every(sweepEveryMs, () => void tenancy.sweep().catch(() => log.warn('sweep_failed'))))

    const api = createApi({
      identity: { ...identity, authenticate: guarded((headers: ProofHeaders) => identity.authenticate(headers), banWatch) },
      metadata,
      invitations: tenancy.invitations,
      account: tenancy.accountRemoval,
      plan: config.plan,
      presence: { ...presence, routeOf: (nodeId, kind) => bus.route(nodeId, kind) },
      attempts: gateway.attempts,
      leaving: { remove: removeNode, removeSpace: (spaceId) => tenancy.spaceRemoval.remove(spaceId) },
      publicUrl: config.publicUrl,
      caPem: tls.caPem,
      caFingerprint: tls.caFingerprint,
      staticFolder: new URL('../browser-ui/', import.meta.url).pathname,
      isOfflinePage: config.offlinePage === 'on',
      version,
      gatewayRouter: gateway.router,
      auditor: audit,
      audit,
      auditDelivery: deliverySettings,
      bans,
      fleets: config.trustedFleets,
      clock,
      log,
    })
    const edge = await createEdge({
      // Live values have a door of their own: what passes there meets nothing that keeps.
      app: (request, response) => (isRelayAddress(request.url) ? relay.handleRequest(request, response) : api(request, response)),
      upgrades: {
        '/mqtt': (request, socket, head) => gateway.handleUpgrade(request, socket, head),
        '/api/throughline/v1/live': (request, socket, head) => relay.handleUpgrade(request, socket, head),
      },
      tls,
      onTlsTrouble: (trouble) => gateway.attempts.noteTls(trouble),
      host: config.listenAddress,
      port: config.port,
      fleets: config.trustedFleets,
      proxies: config.trustedProxies,
      isBanned: (address) => banWatch.hasAddress(address),
      clock,
      log,
    })
    banWatch.onLook((inForce) => {
      gateway.cutBanned()
      relay.closeBanned(inForce)
      // Agents and browsers are told first; what is still open then is cut.
      clock.after(banCutMs, () => edge.dropBanned())
    })
    await edge.listen()
    undo.push(() => edge.close(drainMs))
    undo.push(() => Promise.all([gateway.close('The cloud is stopping.'), relay.close()]))

    const purge = () => {
      void store.purgeExpired().catch(() => log.warn('purge_failed'))
      void audit.prune().catch(() => log.warn('audit_prune_failed'))
    }
    // Also soon after a start: a cloud that is restarted every day would never get to it.
    undo.push(clock.after(purgeAfterStartMs, purge), clock.every(purgeEveryMs, purge))

    if (config.hostAgent === 'on' && space !== undefined) {
      tell('Connecting this host …')
      const stopAgent = await startHostAgent(
        config,
        tls.caPem,
        async () => {
          const { spaceId } = space
          const made = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: hostTokenMs, uses: 1, origin: 'host' })
          const subject = { kind: 'claim-token', id: made.tokenId } as const
          await audit.record({ action: 'claim-token-created', spaceId, personId: undefined, via: 'none', subject, details: { uses: 1 } })
          return made
        },
        { clock, log, tell },
      )
      undo.push(stopAgent)
    }
    log.info('up', { version, store: config.store, port: config.port })
    return { signInLink: async () => (await identity.links.issue(adminPersonId, { isByOperator: true })).link, stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** The built-in agent of this host. A cloud without it is still a cloud, so trouble here is told, not thrown. */
async function startHostAgent(
  config: Config,
  caPem: string | undefined,
  issueToken: () => Promise<{ token: string }>,
  { clock, log, tell }: { clock: Clock; log: Log; tell: (line: string) => void },
): Promise<() => Promise<void>> {
  const agent = createAgent({
    folder: join(config.dataFolder, 'host-agent'),
    sourceKind: 'host',
    offersFunctions: config.hostFunctions === 'on',
    clock,
    log,
  })
  try {
    if (!(await agent.isClaimed())) await agent.claim({ url: config.publicUrl, token: (await issueToken()).token, roomIds: [], caPem })
    await agent.start()
  } catch (thrown) {
    tell(`This host could not be connected: ${asThroughlineError(thrown).message}`)
  }
  return () => agent.stop()
}

import { createApi } from '../cloud/api/api.ts'
import { createReaderNotes } from '../cloud/api/compatible/reader-notes.ts'
import { createRoomNodes } from '../cloud/api/compatible/room-nodes.ts'
import { createEdge } from '../cloud/api/edge/edge.ts'
import { createAudit } from '../cloud/audit/audit.ts'
import { createEgressEvents } from './compose/egress-events.ts'
import { auditedClaims, createWitness } from '../cloud/audit/witness.ts'
import { createBanWatch } from '../cloud/bans/ban-watch.ts'
import { createBans } from '../cloud/bans/bans.ts'
import { guarded } from '../cloud/bans/guarded.ts'
import { createLogTap } from '../cloud/canary/log-tap.ts'
import { createWatchedProcess } from '../cloud/canary/watched-process.ts'
import { createLocalBus } from '../cloud/bus/local/local-bus.ts'
import { createGateway } from '../cloud/gateway/gateway.ts'
import { createInvitationMail } from '../cloud/identity/invitation-mail.ts'
import type { ProofHeaders } from '../cloud/identity/ports.ts'
import { createSpaceChanges } from './compose/space-changes.ts'
import { startTopology } from './compose/topology.ts'
import { createTenancy } from './compose/tenancy.ts'
import { createNewsDrain, createNewsFan } from '../cloud/metadata/alerts/news-drain.ts'
import { createSilenceEnds } from '../cloud/metadata/silences/silence-ends.ts'
import { openPseudonyms } from '../cloud/mirror/rows/pseudonyms.ts'
import { createPresence } from '../cloud/presence/presence.ts'
import type { ViewerRights } from '../cloud/relay/ports.ts'
import { createRelay, isRelayAddress } from '../cloud/relay/relay.ts'
import { createChannelTests } from '../cloud/notify/channels/channel-test.ts'
import { createReach } from '../cloud/notify/reach/reach.ts'
import { createReachSettings } from '../cloud/notify/reach/reach-settings.ts'
import { createOutbound } from '../cloud/outbound/outbound.ts'
import { createDeliveries } from '../cloud/audit/delivery/deliveries.ts'
import { createDeliverySettings } from '../cloud/audit/delivery/delivery-settings.ts'
import type { Config } from './config/read-config.ts'
import type { NodeId, SpaceId } from './domain/ids.ts'
import type { KeySubject } from './domain/key-subject.ts'
import type { Clock } from './support/clock.ts'
import type { Log } from './support/log.ts'
import { version } from './domain/version.ts'
import { openBackupList, startBackups } from './compose/backups.ts'
import { openErasures } from './compose/erasing.ts'
import { openConfigure, watchedAlerts } from './compose/configuring.ts'
import { startHostAgent } from './compose/host-agent.ts'
import { keysFolder } from './compose/keys-folder.ts'
import { openKept, openTls } from './compose/kept.ts'
import { openMirror } from './compose/mirroring.ts'
import { openNotify } from './compose/notifying.ts'
import { analyticsOf, openOwnData } from './compose/own-data.ts'
import { startPurging } from './compose/purging.ts'
import { openRequestDesk } from './compose/requests.ts'
import { openTargets } from './compose/targets.ts'

export { backUp, checkBackups, lookAtBackups } from './compose/backups.ts'
export { drillBackup } from './compose/drilling.ts'
export { requestKinds } from '../cloud/privacy/requests/privacy-request.ts'
export { findPerson, withRequests, type OperatorRequests } from './compose/requests.ts'
export { breachNotice, type NoticeAudience } from './compose/breach.ts'
export type { NoticeCounts } from '../cloud/privacy/breach/breach-notice.ts'
export { lookAtKeys, rotateKeys, type KeysReport } from './compose/rotating.ts'
export { restoreOrder, type RestoreReport, type RestoreTarget } from './compose/restoring.ts'
export { copiesIn, verifyErasure } from './compose/verify-erasure.ts'
export { openCanary } from './compose/canary/open-canary.ts'
export { readCanaryReport, reportLines } from './compose/canary/report.ts'
export { keysFolder } from './compose/keys-folder.ts'
export { checkStore, migrateStore, openInstallation, operatorToken, type Installation } from './compose/installation.ts'
export { queryMirror, type QueryAnswer } from './compose/query-mirror.ts'

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

/**
 * Builds and starts everything, in order; what was started is stopped again when a later part fails. `tell` hears what takes
 * long. Throws PORT_IN_USE, DATA_FOLDER_UNUSABLE, CONFIG_INVALID or STORE_UNAVAILABLE.
 */
export async function startCloud(
  config: Config,
  { clock, log: ownLog, tell }: { clock: Clock; log: Log; tell: (line: string) => void },
): Promise<Cloud> {
  const tap = createLogTap(ownLog)
  const { log } = tap
  const undo: (() => unknown)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    tell('Opening the data …')
    const kept = await openKept(config, clock, log, (link) =>
      // The operator's console, not the log: whoever reads it runs this cloud, and logs go further.
      tell(`No mail server is set, so this link waits for whoever asked for it: ${link}`),
    )
    const { store, raw, apart, seals, metadata, identity, mailer, space, adminPersonId } = kept
    undo.push(() => store.close())
    const mirror = await openMirror(config, { raw, clock, log })
    undo.push(() => mirror.close())
    undo.push(() => identity.close())
    const changes = createSpaceChanges()
    const audit = createAudit({
      store,
      clock,
      log,
      onAppended: (chainId) => {
        if (chainId !== 'installation') changes.tell(chainId, 'feed')
      },
    })
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
    undo.push(await startBackups(config, { raw, apart, audit, clock, log }))

    const presence = createPresence({ clock, log, graceMs: config.offlineGraceS * 1000, staleGraceMs: config.staleGraceS * 1000 })
    undo.push(() => presence.close())
    const bus = createLocalBus()
    presence.onChange(({ spaceId }) => changes.tell(spaceId, 'nodes'))
    metadata.alertNews.onNoted((spaceId) => changes.tell(spaceId, 'alerts'))
    metadata.feed.onAdded((spaceId) => changes.tell(spaceId, 'feed'))
    const { claims, nodes, contexts, alerts, alertNews, feed } = metadata
    // A space with a node has a chain: claiming is audited.
    const spaceIds = async () => (await audit.chains()).filter((chainId): chainId is SpaceId => chainId !== 'installation')
    const topology = startTopology({ store, metadata, presence, graceMs: config.offlineGraceS * 1000, spaceIds, clock, log })
    undo.push(() => topology.close())
    const configure = openConfigure({ store, metadata, bus, presence, clock, log })
    undo.push(() => configure.close())
    const gateway = createGateway({
      ports: {
        claims: topology.claims(auditedClaims(claims, audit)),
        nodes,
        contexts,
        alerts: watchedAlerts(alerts, configure),
        egress: createEgressEvents(metadata.egressManifests, audit),
      },
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
      changes,
      rooms: createRoomNodes(metadata),
      notes: createReaderNotes(audit),
      witness: createWitness(audit),
      origin: config.publicUrl,
      clock,
      log,
    })
    const { targets, push } = openTargets(config, { store, seals, identity, metadata, outbound, mailer, values: relay.alertValues, clock })
    const onChanged = (spaceId: SpaceId) => changes.tell(spaceId, 'messages')
    const notify = openNotify({ store, metadata, targets, presence, publicUrl: config.publicUrl, onChanged, clock, log })
    undo.push(() => notify.close())
    await notify.start()
    const sink = createNewsFan({ notify, feed })
    const news = createNewsDrain({ box: alertNews, sink, spaceIds, clock, log })
    undo.push(() => news.close())
    const reachSettings = createReachSettings({
      store,
      hasRoom: async (spaceId, roomId) => (await metadata.rooms.get(spaceId, roomId)) !== undefined,
    })
    const reach = createReach({ store, presence, settings: reachSettings, nodes, rooms: metadata.rooms, sink, spaceIds, clock, log })
    undo.push(() => reach.close())
    await reach.start()
    void news.lookAround()
    const silenceEnds = createSilenceEnds({ ...metadata, sink: notify, spaceIds, clock, log })
    undo.push(() => silenceEnds.close())
    void silenceEnds.start().catch(() => log.warn('silence_ends_failed'))
    const removeNode = async (spaceId: SpaceId, nodeId: NodeId) => {
      if ((await nodes.get(spaceId, nodeId)) === undefined) return undefined
      // Before its alerts are gone: who was told of them could not be found any more.
      await notify.nodeGone(spaceId, nodeId, await alerts.list(spaceId, nodeId))
      const removed = await nodes.remove(spaceId, nodeId)
      if (removed === undefined) return undefined
      gateway.nodeRemoved(removed)
      identity.forget.forgetNode(spaceId, nodeId)
      changes.tell(spaceId, 'nodes')
      await topology.removed(spaceId, nodeId, removed.hostname)
      return removed
    }
    const channels: typeof metadata.channels = {
      ...metadata.channels,
      async remove(spaceId, channelId) {
        // Before it is gone: its service could not be told any more.
        await notify.targetGone(spaceId, channelId)
        return metadata.channels.remove(spaceId, channelId)
      },
    }
    const invitationMail = createInvitationMail({ mailer, publicUrl: config.publicUrl, log })
    undo.push(() => invitationMail.settled())
    const deliverySettings = createDeliverySettings({ store, seals })
    const { publicUrl } = config
    const finishRemovals = (kind: KeySubject['kind']) => tenancy.finish(kind)
    const erasures = openErasures({
      ...kept,
      auditor: audit,
      publicUrl,
      finish: finishRemovals,
      mirror: config.mirror === 'off' ? undefined : mirror,
      pseudonym: await openPseudonyms(keysFolder(config)),
      backups: openBackupList(config, { apart, clock, log }),
      clock,
      log,
    })
    undo.push(() => erasures.close())
    const tenancy = createTenancy({
      store,
      metadata,
      identity,
      mail: invitationMail,
      removeNode,
      browsers: push.browsers,
      // An outside tool still hears of the end of a space; then its address goes.
      onSpaceForgotten: async (spaceId) => void (await deliverySettings.set(spaceId, { webhookUrl: null, syslog: null })),
      erasures,
      clock,
      log,
    })
    await tenancy.sweep()
    await configure.resume()
    undo.push(clock.every(sweepEveryMs, () => void tenancy.sweep().catch(() => log.warn('sweep_failed'))))
    undo.push(startPurging({ purge: metadata.purge, spaceIds, auditor: audit, clock, log }))

    const { people } = identity
    const backups = config.backups === 'off' ? undefined : openBackupList(config, { apart, clock, log })
    const ownData = openOwnData({ store, mirror, apart, people, ...metadata, backups, analytics: analyticsOf(config), clock })
    const requestDesk = openRequestDesk({ store, people, mailer, publicUrl, clock })
    const tellRequesters = () => void requestDesk.tellAll().catch(() => log.warn('requesters_not_told'))
    tellRequesters()
    undo.push(clock.every(sweepEveryMs, tellRequesters))
    const api = createApi({
      ...ownData,
      requestDesk,
      identity: { ...identity, authenticate: guarded((headers: ProofHeaders) => identity.authenticate(headers), banWatch) },
      metadata: { ...metadata, channels },
      invitations: tenancy.invitations,
      account: tenancy.accountRemoval,
      erasures,
      plan: config.plan,
      presence: { ...presence, routeOf: (nodeId, kind) => bus.route(nodeId, kind) },
      attempts: gateway.attempts,
      egress: {
        ofNode: (spaceId, nodeId) => metadata.egressManifests.ofNode(spaceId, nodeId),
        refused: (claimId) => gateway.refusedFields(claimId),
      },
      leaving: { remove: removeNode, removeSpace: (spaceId) => tenancy.spaceRemoval.remove(spaceId) },
      publicUrl: config.publicUrl,
      caPem: tls.caPem,
      caFingerprint: tls.caFingerprint,
      staticFolder: new URL('../browser-ui/', import.meta.url).pathname,
      isOfflinePage: config.offlinePage === 'on',
      version,
      securityContact: config.securityContact,
      gatewayRouter: gateway.router,
      auditor: audit,
      audit,
      auditDelivery: deliverySettings,
      reachSettings,
      bans,
      mirror,
      watched: createWatchedProcess({ tap, clock }),
      messages: notify.messages,
      configure,
      push,
      channelTests: createChannelTests({ targets, publicUrl: config.publicUrl, clock }),
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

    mirror.start()

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

import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import express from 'express'
import { expect, onTestFinished } from 'vitest'
import { createApi, routeTable, type ApiDeps } from '../../../cloud/api/api.ts'
import { createEdge } from '../../../cloud/api/edge/edge.ts'
import { ensureTls } from '../../../cloud/api/tls/ensure-tls.ts'
import { createAccountRemoval } from '../../../cloud/identity/account/account-removal.ts'
import type { IdentityDeps } from '../../../cloud/identity/identity.ts'
import type { ApiRoute } from '../../../cloud/api/ports.ts'
import { createAudit } from '../../../cloud/audit/audit.ts'
import { createDeliverySettings } from '../../../cloud/audit/delivery/delivery-settings.ts'
import { createPushBrowsers } from '../../../cloud/notify/push/push-browsers.ts'
import { quietMirror } from './quiet-mirror.ts'
import { createLogTap } from '../../../cloud/canary/log-tap.ts'
import { createWatchedProcess } from '../../../cloud/canary/watched-process.ts'
import { createBans } from '../../../cloud/bans/bans.ts'
import { withoutDeleted } from '../../../cloud/metadata/deleted/bury.ts'
import { createDeletedContent } from '../../../cloud/metadata/deleted/deleted-content.ts'
import { createPurge } from '../../../cloud/metadata/deleted/purge.ts'
import { createRetention } from '../../../cloud/metadata/deleted/retention.ts'
import { createBoards } from '../../../cloud/metadata/boards/boards.ts'
import { createChangeItem } from '../../../cloud/metadata/change-item.ts'
import { createFeed } from '../../../cloud/metadata/feed/feed.ts'
import { createChannels } from '../../../cloud/metadata/channels/channels.ts'
import { createClaimTokens } from '../../../cloud/metadata/claims/claim-tokens.ts'
import { keys } from '../../../cloud/metadata/keys.ts'
import { roomContent } from '../../../cloud/metadata/rooms/room-record.ts'
import { createRoomRemoval } from '../../../cloud/metadata/rooms/room-removal.ts'
import { createRooms } from '../../../cloud/metadata/rooms/rooms.ts'
import { createAccountPlaces } from '../../../cloud/metadata/spaces/account-places.ts'
import { createInvitations } from '../../../cloud/metadata/spaces/invitations.ts'
import { createReachSettings } from '../../../cloud/notify/reach/reach-settings.ts'
import { createSilencer } from '../../../cloud/metadata/silences/silencer.ts'
import { createSilences } from '../../../cloud/metadata/silences/silences.ts'
import { createRoster } from '../../../cloud/metadata/spaces/roster.ts'
import { createSpaces } from '../../../cloud/metadata/spaces/spaces.ts'
import { createUnfinished } from '../../../cloud/metadata/unfinished.ts'
import { openOwnData } from '../../../src/compose/own-data.ts'
import { openRequestDesk } from '../../../src/compose/requests.ts'
import type { AuditEvent } from '../../../src/domain/audit.ts'
import type { Outcome } from '../../../cloud/notify/ports.ts'
import type { AlertConfigHash, ClaimId, MachineGuid, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertConfig, Node, NodeInfo, NodeState, Room } from '../../../src/domain/model.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { benchNotify } from './bench-notify.ts'
import { benchChannelTests } from './bench-targets.ts'
import { benchConfigure } from './bench-configure.ts'
import { createMemoryStore } from '../stores/memory-store.ts'
import { readAnswer, type Answer } from '../people/read-answer.ts'
import { testSeals } from '../stores/test-seals.ts'
import { createIdentityBench, nodeId, spaceId } from './identity-bench.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface Call {
  readonly cookie?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; text and bytes go as they are. */
  readonly body?: unknown
}

/** What an agent told of the one node of these tests. */
export const nodeInfo: NodeInfo = {
  hostname: 'web-1',
  os: 'linux',
  osName: 'Debian GNU/Linux',
  osVersion: '12',
  kernelName: 'Linux',
  kernelVersion: '6.1.0',
  architecture: 'x86_64',
  cpus: 4,
  cpuFrequencyHz: '2400000000',
  memoryBytes: '8589934592',
  diskSpaceBytes: '1',
  agentVersion: 'v2.10.4',
  releaseChannel: 'stable',
  timezone: 'UTC',
  virtualization: 'kvm',
  container: 'none',
  isChild: false,
  labels: { role: 'web' },
  capabilities: [],
}

/** How the one alert of these tests is defined. */
export const alertConfig: AlertConfig = {
  hash: '5f0c8a52-0000-4000-8000-000000000001' as AlertConfigHash,
  name: 'cpu_high',
  fields: {
    template: 'cpu_high',
    on_chart: 'system.cpu',
    units: '%',
    classification: 'Utilization',
    warning_expr: '$this > 80',
    recipient: 'sysadmin',
  },
}

export const claimId = '77777777-7777-4777-8777-777777777777' as ClaimId
export const allNodesRoomId = '88888888-8888-4888-8888-888888888888' as RoomId
export const roomId = '99999999-9999-4999-8999-999999999999' as RoomId

/** The real API behind the real edge on a free port, with real identity and real boards; other metadata are fixed rows. */
export async function createApiBench(
  overrides: { readonly identity?: Partial<IdentityDeps>; readonly api?: Partial<ApiDeps>; readonly receiverCaPem?: string } = {},
) {
  const bench = await createIdentityBench(overrides.identity)
  const folder = temporaryFolder()
  const staticFolder = join(folder, 'page')
  mkdirSync(join(staticFolder, 'assets'), { recursive: true })
  writeFileSync(join(staticFolder, 'index.html'), '<!doctype html><title>Throughline</title>')
  writeFileSync(join(staticFolder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(staticFolder, 'sw.js'), 'keeps()')
  writeFileSync(join(staticFolder, 'sw-retired.js'), 'takesBack()')
  writeFileSync(join(staticFolder, 'assets', 'main-abc123.js'), `export const page = '${'x'.repeat(4_000)}'\n`)

  const states = new Map<string, NodeState>([[nodeId, 'live']])
  const since = new Map<string, number>()
  const node: Node = {
    nodeId,
    spaceId,
    machineGuid: '44444444-4444-4444-8444-444444444444' as MachineGuid,
    hostname: 'web-1',
    info: nodeInfo,
    collectors: [{ plugin: 'proc.plugin', module: '/proc/stat' }],
    instances: {},
    roomIds: [allNodesRoomId, roomId],
    createdAtMs: 1,
    lastSeenAtMs: undefined,
  }
  const routes = new Map<string, ApiRoute>([[nodeId, { claimId, hops: 0, capabilities: [] }]])
  const rooms: readonly Room[] = [
    { roomId: allNodesRoomId, spaceId, name: 'All nodes', isAllNodes: true, createdAtMs: 1, description: '', memberIds: [], rules: [] },
    { roomId, spaceId, name: 'Web servers', isAllNodes: false, createdAtMs: 2, description: '', memberIds: [], rules: [] },
  ]
  const alert = {
    chart: 'system.cpu',
    name: 'cpu_high',
    context: 'system.cpu',
    status: 'warning',
    oldStatus: 'clear',
    whenS: 1_700_000_000,
    configHash: alertConfig.hash,
    transitionId: undefined,
  } as const
  for (const room of rooms) await bench.store.write({ ...keys.room(spaceId, room.roomId), ...roomContent(room) }, 'absent')
  const services = { store: withoutDeleted(bench.store), changeItem: createChangeItem(withoutDeleted(bench.store)), clock: bench.clock }
  const retention = createRetention(services)
  const roster = createRoster(services)
  const roomService = createRooms(services)
  await roster.begin(spaceId, bench.owner.personId)
  await bench.store.write({ ...keys.space(spaceId), kind: 'space', data: { name: 'My space', createdAtMs: 1 } }, 'absent')
  const claimTokens = createClaimTokens(services)
  const unfinished = createUnfinished(bench.store)
  const mails: { readonly to: string; readonly byEmail: string; readonly spaceName: string }[] = []
  const channels = createChannels({ ...services, seals: testSeals })
  const silences = createSilences(services)
  const spaces = createSpaces({ ...services, roster, unfinished })
  const invitations = createInvitations({
    roster,
    unfinished,
    people: bench.identity.people,
    spaceName: async () => 'My space',
    mail: { send: (mail) => void mails.push(mail) },
    clock: bench.clock,
  })
  const configuring = benchConfigure({ store: bench.store, metadata: { unfinished, roster }, clock: bench.clock })
  const issued: unknown[] = []
  const audited: AuditEvent[] = []
  const audit = createAudit({ store: bench.store, clock: bench.clock, log: silentLog })
  /** Notes that a route does not declare. */
  const undeclared: unknown[] = []
  const removed: string[] = []
  const gatewayRouter = express.Router()
  gatewayRouter.get('/api/v1/env', (request, response) => void response.json({ url: request.url }))
  gatewayRouter.put('/api/v1/spaces/nodes/:claimId', express.raw({ type: () => true }), (request, response) => {
    response.json({ claimId: request.params.claimId, bytes: (request.body as Buffer).length })
  })

  const tls = await ensureTls({ folder: join(folder, 'tls'), names: ['localhost', '127.0.0.1'], clock: systemClock, log: silentLog })
  const benchNodes = {
    list: async (id: SpaceId) => (id === spaceId ? [node] : []),
    get: async (id: SpaceId, wanted: NodeId) => (id === spaceId && wanted === nodeId ? node : undefined),
  }
  const receivers: { answer: Outcome } = { answer: { is: 'delivered' } }
  const notify = benchNotify({ ...services, channels, rooms: roomService, nodes: benchNodes, outcome: () => receivers.answer })
  const feed = createFeed({ ...services, keptMs: 30 * 86_400_000 })
  const apiDeps: ApiDeps = {
    requestDesk: openRequestDesk({
      store: bench.store,
      people: bench.identity.people,
      mailer: undefined,
      publicUrl: 'https://localhost:8443',
      clock: bench.clock,
    }),
    ...openOwnData({
      store: bench.store,
      apart: createMemoryStore(bench.clock),
      people: bench.identity.people,
      roster,
      spaces,
      analytics: undefined,
      clock: bench.clock,
    }),
    identity: bench.identity,
    metadata: {
      spaces,
      roster,
      rooms: roomService,
      roomRemoval: createRoomRemoval({ rooms: roomService, unfinished, after: [] }),
      nodes: {
        place: async () => ({ added: [], removed: [] }),
        ...benchNodes,
      },
      contexts: {
        list: async () => [
          {
            id: 'system.cpu',
            title: 'Total CPU',
            units: 'percentage',
            family: 'cpu',
            priority: 100,
            chartType: 'stacked',
            isCollected: true,
          },
        ],
        ofSpace: async () => ({
          nodeIds: [nodeId],
          nodeSets: [[0, 1]],
          contexts: [
            {
              id: 'system.cpu',
              title: 'Total CPU',
              units: 'percentage',
              family: 'cpu',
              priority: 100,
              chartType: 'stacked',
              nodeSet: 0,
            },
          ],
        }),
      },
      alerts: {
        list: async () => [alert],
        defined: async (id) => ({
          nodes: new Map(
            id === spaceId ? [[nodeId, [{ name: 'cpu_high', configHash: alertConfig.hash, raised: 'critical' as const }]]] : [],
          ),
          configs: new Map([[alertConfig.hash, alertConfig]]),
        }),
        raised: async (id) => new Map(id === spaceId ? [[nodeId, [alert]]] : []),
        configs: async (id, hashes) => (id === spaceId && hashes.includes(alertConfig.hash) ? [alertConfig] : []),
      },
      claimTokens: {
        ...claimTokens,
        issue: (wish) => {
          issued.push(wish)
          return claimTokens.issue(wish)
        },
      },
      feed,
      boards: createBoards({ ...services, retention }),
      retention,
      deleted: createDeletedContent({ store: bench.store, retention, clock: bench.clock }),
      purge: createPurge({ store: bench.store, retention, clock: bench.clock }),
      channels,
      silences,
      silencer: createSilencer({
        silences,
        rooms: roomService,
        nodes: { list: async (id) => (id === spaceId ? [node] : []) },
        alerts: { configs: async (id, hashes) => (id === spaceId && hashes.includes(alertConfig.hash) ? [alertConfig] : []) },
        clock: bench.clock,
      }),
    },
    leaving: {
      remove: async (id, wanted) => {
        if (id !== spaceId || wanted !== nodeId) return undefined
        removed.push(wanted)
        return { hostname: 'web-1' }
      },
      removeSpace: async () => undefined,
    },
    egress: { ofNode: async () => [], refused: () => ({}) },
    invitations,
    erasures: { look: async () => undefined },
    account: createAccountRemoval({
      store: bench.store,
      identity: bench.identity,
      places: createAccountPlaces({
        store: bench.store,
        spaces,
        roster,
        rooms: roomService,
        nodes: { list: async () => [node] },
        invitations,
        countOwn: async () => ({ browsers: 0, silences: 0 }),
        onLeft: () => {},
      }),
      notes: unfinished,
      erasure: {
        begin: async () => ({ erasureId: 'erasure', token: 'token' }),
        cancel: async () => {},
        note: async () => {},
        rowsGone: async () => {},
      },
      clock: bench.clock,
      log: silentLog,
    }),
    plan: 'unlimited',
    attempts: {
      list: (id) =>
        id !== spaceId
          ? []
          : [
              {
                firstAtMs: 1,
                atMs: 2,
                count: 3,
                address: '10.0.0.5',
                stage: 'claim',
                reason: 'token-expired',
                isGood: false,
                sentence: 'An agent from 10.0.0.5 tried to claim: its claim token has expired.',
                mend: 'Create another claim token and use that one.',
                claimId: undefined,
                hostname: undefined,
              },
            ],
    },
    presence: {
      stateOf: (id) => states.get(id) ?? 'unseen',
      instancesOf: () => [],
      routeOf: (id) => routes.get(id),
      sinceMs: (id) => since.get(id),
      cloneOf: () => undefined,
      counts: () => ({ links: 1, live: 1, stale: 0, offline: 0 }),
    },
    publicUrl: 'https://localhost:8443',
    caPem: tls.caPem,
    caFingerprint: 'AB:CD',
    staticFolder,
    isOfflinePage: true,
    version: '0.1.0',
    gatewayRouter,
    auditor: {
      async record(event) {
        audited.push(event)
        await audit.record(event)
      },
    },
    audit,
    auditDelivery: createDeliverySettings({ store: bench.store, seals: testSeals }),
    mirror: quietMirror,
    bans: createBans({ store: bench.store, clock: bench.clock }),
    watched: createWatchedProcess({ tap: createLogTap(silentLog), clock: bench.clock }),
    messages: notify.messages,
    reachSettings: createReachSettings({
      store: bench.store,
      hasRoom: async (id, wanted) => id === spaceId && rooms.some((room) => room.roomId === wanted),
    }),
    configure: configuring.configure,
    push: { browsers: createPushBrowsers({ store: bench.store, seals: testSeals, clock: bench.clock }), publicKey: 'public-key' },
    channelTests: benchChannelTests({ channels, publicUrl: 'https://localhost:8443', caPem: overrides.receiverCaPem, clock: bench.clock }),
    fleets: ['127.0.0.0/8'],
    clock: bench.clock,
    log: { ...silentLog, error: (name, fields) => void (name === 'audit_undeclared' && undeclared.push(fields)) },
    ...overrides.api,
  }
  const api = createApi(apiDeps)
  onTestFinished(() => expect(undeclared, 'notes that a route does not declare').toEqual([]))
  const edge = await createEdge({
    app: api,
    upgrades: {},
    tls: { load: async () => tls },
    host: '127.0.0.1',
    port: 0,
    fleets: ['127.0.0.0/8'],
    clock: systemClock,
    log: silentLog,
  })
  const { port } = await edge.listen()
  onTestFinished(() => edge.close(0))

  const call = (method: string, path: string, { cookie, headers = {}, body }: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array
      const bytes = body === undefined ? undefined : isRaw ? body : JSON.stringify(body)
      const changes = method !== 'GET' && method !== 'HEAD'
      const sent = httpsRequest(
        {
          host: '127.0.0.1',
          servername: 'localhost',
          port,
          ca: tls.caPem,
          agent: false,
          method,
          path,
          headers: {
            ...(changes ? { origin: 'https://localhost:8443', 'content-type': 'application/json' } : {}),
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
  const signedIn = async () => bench.cookieOf(await bench.signIn())
  return {
    feed,
    ...bench,
    api,
    routeRows: routeTable(apiDeps),
    audit,
    edge,
    port,
    tls,
    call,
    signedIn,
    notify,
    receivers,
    states,
    since,
    routes,
    node,
    issued,
    removed,
    audited,
    configuring,
    roster,
    roomService,
    claimTokens,
    mails,
    channels,
  }
}

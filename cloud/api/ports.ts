import type { AlertConfigHash, ClaimId, NodeId, RoomId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertConfig, AlertTransition, Capability, Context, Node, NodeState } from '../../src/domain/model.ts'
import type { Audit } from '../audit/audit.ts'
import type { AccountRemoval } from '../identity/account/account-removal.ts'
import type { DeliverySettings } from '../audit/delivery/delivery-settings.ts'
import type { DeletedContent } from '../metadata/deleted/deleted-content.ts'
import type { Purge } from '../metadata/deleted/purge.ts'
import type { Retention } from '../metadata/deleted/retention.ts'
import type { Bans } from '../bans/bans.ts'
import type { MirrorStatus } from '../privacy/ports.ts'
import type { Configure } from '../configure/configure.ts'
import type { Identity } from '../identity/identity.ts'
import type { DefinedAlerts } from '../metadata/alerts/defined-alerts.ts'
import type { Boards } from '../metadata/boards/boards.ts'
import type { Channels } from '../metadata/channels/channels.ts'
import type { ReachSettings } from '../notify/reach/reach-settings.ts'
import type { Silencer } from '../metadata/silences/silencer.ts'
import type { Silences } from '../metadata/silences/silences.ts'
import type { ClaimTokens } from '../metadata/claims/claim-tokens.ts'
import type { Feed } from '../metadata/feed/feed.ts'
import type { RoomRemoval } from '../metadata/rooms/room-removal.ts'
import type { Rooms } from '../metadata/rooms/rooms.ts'
import type { PushBrowsers } from '../notify/push/push-browsers.ts'
import type { ChannelTests } from '../notify/channels/channel-test.ts'
import type { MessageLog } from '../notify/message-log.ts'
import type { Invitations } from '../metadata/spaces/invitations.ts'
import type { Roster } from '../metadata/spaces/roster.ts'
import type { RemovedSpace } from '../metadata/spaces/space-removal.ts'
import type { Erasures } from '../privacy/erasure/erasures.ts'
import type { Spaces } from '../metadata/spaces/spaces.ts'
import type { Consents } from '../privacy/consent/consents.ts'
import type { Exports } from '../privacy/export/exports.ts'
import type { Receipts } from '../privacy/receipt/receipts.ts'
import type { PrivacyRequest, RequestKind } from '../privacy/requests/privacy-request.ts'
import type { PrivacyRequests } from '../privacy/requests/privacy-requests.ts'

/** What the routes ask of identity. */
export type ApiIdentity = Omit<Identity, 'viewerRights' | 'close'>

/** What the routes ask of who deletes their account. */
export type ApiAccount = Pick<AccountRemoval, 'plan' | 'remove'>

/** What the routes ask of receipts, exports and consents: all of it. */
export type ApiReceipts = Receipts
export type ApiExports = Exports
export type ApiConsents = Consents

/** What the routes ask of written requests. */
export interface ApiRequestDesk extends Pick<PrivacyRequests, 'make' | 'ofPerson' | 'list' | 'end' | 'extend'> {
  /** One that came by letter. Throws ADDRESS_INVALID, BODY_UNPROCESSABLE. */
  enter(letter: { email: string; kind: RequestKind; text: string }): Promise<PrivacyRequest>
  /** The address to show for a request; undefined when that person is no more. */
  addressOf(request: PrivacyRequest): Promise<string | undefined>
}

/** What the routes ask of erasures: how far they are. */
export type ApiErasures = Pick<Erasures, 'look'>

/** What the routes ask of spaces. */
export type ApiSpaces = Spaces
export type ApiRoster = Roster
export type ApiRooms = Rooms
export type ApiRoomRemoval = RoomRemoval
export type ApiInvitations = Pick<Invitations, 'invite' | 'again' | 'accept' | 'decline' | 'remove'>

/** What the routes ask of nodes; foreign and absent ones are undefined alike. */
export interface ApiNodes {
  list(spaceId: SpaceId): Promise<readonly Node[]>
  get(spaceId: SpaceId, nodeId: NodeId): Promise<Node | undefined>
  place(
    spaceId: SpaceId,
    roomId: RoomId,
    wish: { add: readonly NodeId[]; remove: readonly NodeId[] },
  ): Promise<{ readonly added: readonly NodeId[]; readonly removed: readonly NodeId[] }>
}

/** What is shown of a context. */
export type ApiContext = Pick<Context, 'id' | 'title' | 'units' | 'family' | 'priority' | 'chartType'> & { readonly isCollected: boolean }

export interface ApiContexts {
  list(spaceId: SpaceId, nodeId: NodeId): Promise<readonly ApiContext[]>
  ofSpace(spaceId: SpaceId): Promise<ApiSpaceContexts>
}

/** Every context that is collected in a space. A set of nodes is runs of places in `nodeIds`: first place, length, … */
export interface ApiSpaceContexts {
  readonly nodeIds: readonly NodeId[]
  readonly nodeSets: readonly (readonly number[])[]
  readonly contexts: readonly (Omit<ApiContext, 'isCollected'> & { readonly nodeSet: number })[]
}

export interface ApiAlerts {
  list(spaceId: SpaceId, nodeId: NodeId): Promise<readonly ApiAlert[]>
  /** What is warning or critical, of every node that has any. */
  raised(spaceId: SpaceId): Promise<ReadonlyMap<NodeId, readonly ApiAlert[]>>
  /** Every alert of every node, with what is known of its definition. */
  defined(spaceId: SpaceId): Promise<DefinedAlerts>
  /** The definitions that are known among these. */
  configs(spaceId: SpaceId, hashes: readonly AlertConfigHash[]): Promise<readonly AlertConfig[]>
}

/** What is shown of an alert: its state and its times, never a value. */
export type ApiAlert = Pick<
  AlertTransition,
  'chart' | 'name' | 'context' | 'status' | 'oldStatus' | 'whenS' | 'configHash' | 'transitionId'
>

/** What the routes ask of the feed. */
export type ApiFeed = Pick<Feed, 'read'>

/** What the routes ask of claim tokens: all of it. */
export type ApiClaimTokens = ClaimTokens

/** What the routes ask of the audit. */
export type ApiAudit = Pick<Audit, 'page' | 'forwards' | 'verify'>

/** What the routes ask of notification channels: all of it. */
export type ApiChannels = Channels

/** What the routes ask of silences, and of who holds them against alerts. */
export type ApiSilences = Silences
export type ApiSilencer = Silencer
/** What the routes ask of tests of channels: all of it. */
export type ApiChannelTests = ChannelTests

/** What the routes ask of messages and their queue: all of it. */
export type ApiMessages = MessageLog
/** What the routes ask of browsers that people are notified on. */
export interface ApiPush {
  readonly browsers: PushBrowsers
  /** VAPID, base64url. */
  readonly publicKey: string
}

/** What the routes ask of the settings of reachability: all of it. */
export type ApiReachSettings = ReachSettings
/** What the routes ask of alert configuration. */
export type ApiConfigure = Omit<Configure, 'seen' | 'look' | 'resume' | 'close'>

/** What the routes ask of the delivery of the audit: all of it. */
export type ApiAuditDelivery = DeliverySettings

/** A row that the mirror refused: which one by its pseudonym, and why. */
export interface ApiDeadLetter {
  readonly letterId: string
  readonly table: string
  readonly key: string
  readonly revision: number
  readonly reason: string
  readonly atMs: number
}

/** What the routes ask of the mirror. */
export interface ApiMirror {
  status(): MirrorStatus & { readonly trouble: 'disk-full' | 'disk' | 'store' | null }
  deadLetters(): readonly ApiDeadLetter[]
  /** Throws NOT_FOUND, MIRROR_UNAVAILABLE. */
  retry(letterId: string): Promise<'loaded' | 'refused'>
  /** Throws NOT_FOUND. */
  drop(letterId: string): Promise<ApiDeadLetter>
}

/** What the operator may read of the running cloud for the proof by canaries. */
export interface ApiWatchedProcess {
  log(control: string): AsyncIterable<string>
  heap(): AsyncIterable<string>
}

/** What the routes ask of bans: all of it. */
export type ApiBans = Bans

/** What the routes ask of what was deleted: all of it. */
export type ApiDeletedContent = DeletedContent
/** What the routes ask of the days of retention: all of it. */
export type ApiRetention = Retention
/** What the routes ask of purges. */
export type ApiPurge = Pick<Purge, 'orders' | 'approve'>

/** What the routes ask of boards: all of it. */
export type ApiBoards = Boards

/** The metadata side, as far as routes ask it. */
export interface ApiMetadata {
  readonly spaces: ApiSpaces
  readonly roster: ApiRoster
  readonly deleted: ApiDeletedContent
  readonly retention: ApiRetention
  readonly purge: ApiPurge
  readonly rooms: ApiRooms
  readonly roomRemoval: ApiRoomRemoval
  readonly nodes: ApiNodes
  readonly contexts: ApiContexts
  readonly alerts: ApiAlerts
  readonly feed: ApiFeed
  readonly claimTokens: ApiClaimTokens
  readonly boards: ApiBoards
  readonly channels: ApiChannels
  readonly silences: ApiSilences
  readonly silencer: ApiSilencer
}

/** One way a node is reached: through which claim, and the node of the agent behind it. */
export interface ApiInstance {
  readonly claimId: ClaimId
  readonly hops: number
  readonly isLive: boolean
  readonly isQueryable: boolean
  readonly viaNodeId: NodeId | undefined
}

export interface ApiClone {
  readonly kind: 'claim' | 'machine-guid'
  readonly sinceMs: number
}

/** The agent that a question about a node would go to now. */
export interface ApiRoute {
  readonly claimId: ClaimId
  readonly hops: number
  readonly capabilities: readonly Capability[]
}

/** What the routes ask of presence and of the bus, which together know what can be reached. */
export interface ApiPresence {
  /** Undefined while no agent answers for the node. Several agents of one node are not equally good at data and at functions. */
  routeOf(nodeId: NodeId, kind: 'data' | 'function'): ApiRoute | undefined
  stateOf(nodeId: NodeId): NodeState
  /** When the state became what it is; undefined for a node that nobody told of since the cloud started. */
  sinceMs(nodeId: NodeId): number | undefined
  /** The ways the node is reached now, nearest first. */
  instancesOf(nodeId: NodeId): readonly ApiInstance[]
  /** Two machines pass for the node. */
  cloneOf(nodeId: NodeId): ApiClone | undefined
  counts(): { links: number; live: number; stale: number; offline: number }
}

/** Taking a node out of a space, or deleting one: metadata, links, what viewers see of it. */
export interface ApiLeaving {
  /** Undefined alike for foreign and absent nodes. */
  remove(spaceId: SpaceId, nodeId: NodeId): Promise<{ readonly hostname: string } | undefined>
  /** Answers who was in it, and how its erasure is followed; undefined alike for absent and deleted ones. */
  removeSpace(spaceId: SpaceId): Promise<RemovedSpace | undefined>
}

/** What the owner of an agent allowed to leave its host. */
export interface ApiEgressManifest {
  readonly claimId: ClaimId
  readonly version: number
  readonly hash: string
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly confirmedAtMs: number
  readonly by: string
  readonly pending: readonly string[]
  readonly toldAtMs: number
}

/** What may leave which host, and what was refused of it. */
export interface ApiEgress {
  /** Of all claims of a node, the newest first. */
  ofNode(spaceId: SpaceId, nodeId: NodeId): Promise<readonly ApiEgressManifest[]>
  /** Fields of a claim that were dropped since the cloud started, as `message field`. */
  refused(claimId: ClaimId): Readonly<Record<string, number>>
}

/** One row of what agents tried lately. Times are epoch milliseconds. */
export interface ApiConnectAttempt {
  readonly firstAtMs: number
  readonly atMs: number
  readonly count: number
  readonly address: string
  readonly stage: string
  readonly reason: string
  readonly isGood: boolean
  readonly sentence: string
  readonly mend: string
  readonly claimId: string | undefined
  readonly hostname: string | undefined
}

export interface ApiConnectAttempts {
  /** Newest first. */
  list(spaceId: SpaceId): readonly ApiConnectAttempt[]
}

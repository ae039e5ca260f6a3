import type { Seals } from '../../src/domain/seals.ts'
import { plans, type Quotas } from '../../src/domain/plans.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { createAlertConfigs } from './alerts/alert-configs.ts'
import { createAlertNewsBox, type AlertNewsBox } from './alerts/alert-news.ts'
import { createAlerts, type Alerts } from './alerts/alerts.ts'
import { createBoardDrop } from './boards/drop-boards.ts'
import { createBoards, type Boards } from './boards/boards.ts'
import { createChangeItem } from './change-item.ts'
import { createChannels, type Channels } from './channels/channels.ts'
import { createClaimTokens, type ClaimTokens } from './claims/claim-tokens.ts'
import { createClaims, type Claims } from './claims/claims.ts'
import { createContexts, type Contexts } from './contexts/contexts.ts'
import { createSheetShelf } from './contexts/sheet-shelf.ts'
import { withoutDeleted } from './deleted/bury.ts'
import { createDeletedContent, type DeletedContent } from './deleted/deleted-content.ts'
import { createPurge, type Purge } from './deleted/purge.ts'
import { createRetention, type Retention } from './deleted/retention.ts'
import { createFeed, type Feed } from './feed/feed.ts'
import { createEgressManifests, type EgressManifests } from './nodes/egress-manifests.ts'
import { createNodes, type Nodes } from './nodes/nodes.ts'
import { createOwnership } from './nodes/ownership.ts'
import { createSilencer, type Silencer } from './silences/silencer.ts'
import { createSilences, type Silences } from './silences/silences.ts'
import { createRoomRemoval, type RoomRemoval } from './rooms/room-removal.ts'
import { createRooms, type Rooms } from './rooms/rooms.ts'
import { createRoster, type Roster } from './spaces/roster.ts'
import { createSpaces, type Spaces } from './spaces/spaces.ts'
import { createUnfinished, type Unfinished } from './unfinished.ts'

/** Everything that is known and kept, a service for each subject. Live values have no way in. */
export interface Metadata {
  readonly spaces: Spaces
  readonly roster: Roster
  readonly rooms: Rooms
  readonly roomRemoval: RoomRemoval
  readonly unfinished: Unfinished
  readonly claimTokens: ClaimTokens
  readonly claims: Claims
  readonly nodes: Nodes
  readonly egressManifests: EgressManifests
  readonly contexts: Contexts
  readonly alerts: Alerts
  readonly alertNews: AlertNewsBox
  readonly feed: Feed
  readonly boards: Boards
  readonly channels: Channels
  readonly silences: Silences
  readonly silencer: Silencer
  readonly retention: Retention
  readonly deleted: DeletedContent
  readonly purge: Purge
}

export interface MetadataDeps {
  readonly store: MetadataStore
  readonly seals: Seals
  readonly clock: Clock
  readonly log: Log
  /** How much each space may have. */
  readonly quotas?: Quotas
  /** How long events of the feed are kept. */
  readonly feedKeptMs?: number
}

/** Builds the services over one store. Nothing to close: they own no timer and no socket. */
export function createMetadata({
  store: whole,
  seals,
  clock,
  log,
  quotas = plans.unlimited,
  feedKeptMs = 30 * 86_400_000,
}: MetadataDeps): Metadata {
  // Services see nothing of what was deleted; who restores and purges sees everything.
  const store = withoutDeleted(whole)
  const changeItem = createChangeItem(store)
  const retention = createRetention({ store, changeItem })
  const ownership = createOwnership(store)
  const roster = createRoster({ store, changeItem, clock, membersMax: quotas.members })
  const rooms = createRooms({ store, changeItem, clock, roomsMax: quotas.rooms })
  const unfinished = createUnfinished(store)
  const alertNews = createAlertNewsBox({ store, changeItem })
  const tokens = createClaimTokens({ store, changeItem, clock, tokensMax: quotas.claimTokens })
  const nodes = createNodes({ store, changeItem, ownership, clock, log })
  const alerts = createAlerts({
    store,
    changeItem,
    ownership,
    configs: createAlertConfigs({ store, ownership, log }),
    onNoted: (spaceId, nodeId) => alertNews.noted(spaceId, nodeId),
    clock,
  })
  const silences = createSilences({ store, changeItem, clock })
  return {
    spaces: createSpaces({ store, changeItem, roster, unfinished, clock }),
    roster,
    rooms,
    roomRemoval: createRoomRemoval({ rooms, unfinished, after: [createBoardDrop(store, clock)] }),
    unfinished,
    claimTokens: tokens,
    claims: createClaims({ store, changeItem, tokens, nodesMax: quotas.nodes, clock, log }),
    nodes,
    egressManifests: createEgressManifests({ store, changeItem, clock }),
    contexts: createContexts({ store, changeItem, ownership, shelf: createSheetShelf(store), clock, log }),
    alerts,
    alertNews,
    feed: createFeed({ store, clock, keptMs: feedKeptMs }),
    boards: createBoards({ store, changeItem, retention, clock }),
    channels: createChannels({ store, changeItem, seals, clock, channelsMax: quotas.channels }),
    silences,
    retention,
    deleted: createDeletedContent({ store: whole, retention, quotas: { room: quotas.rooms, channel: quotas.channels }, clock }),
    purge: createPurge({ store: whole, retention, clock }),
    silencer: createSilencer({ silences, nodes, rooms, alerts, clock }),
  }
}

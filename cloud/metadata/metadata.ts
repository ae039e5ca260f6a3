import type { Seals } from '../../src/domain/seals.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { createAlertConfigs } from './alerts/alert-configs.ts'
import { createAlerts, type Alerts } from './alerts/alerts.ts'
import { createBoards, type Boards } from './boards/boards.ts'
import { createChangeItem } from './change-item.ts'
import { createClaimTokens, type ClaimTokens } from './claims/claim-tokens.ts'
import { createClaims, type Claims } from './claims/claims.ts'
import { createContexts, type Contexts } from './contexts/contexts.ts'
import { createSheetShelf } from './contexts/sheet-shelf.ts'
import { createNodes, type Nodes } from './nodes/nodes.ts'
import { createOwnership } from './nodes/ownership.ts'
import { createRooms, type Rooms } from './rooms/rooms.ts'
import { createRoster, type Roster } from './spaces/roster.ts'
import { createSpaces, type Spaces } from './spaces/spaces.ts'

/** Everything that is known and kept, a service for each subject. Live values have no way in. */
export interface Metadata {
  readonly spaces: Spaces
  readonly roster: Roster
  readonly rooms: Rooms
  readonly claimTokens: ClaimTokens
  readonly claims: Claims
  readonly nodes: Nodes
  readonly contexts: Contexts
  readonly alerts: Alerts
  readonly boards: Boards
}

export interface MetadataDeps {
  readonly store: MetadataStore
  readonly seals: Seals
  readonly clock: Clock
  readonly log: Log
}

/** Builds the services over one store. Nothing to close: they own no timer and no socket. */
export function createMetadata({ store, clock, log }: MetadataDeps): Metadata {
  const changeItem = createChangeItem(store)
  const ownership = createOwnership(store)
  const roster = createRoster({ store, changeItem, clock })
  const tokens = createClaimTokens({ store, changeItem, clock })
  return {
    spaces: createSpaces({ store, changeItem, roster, clock }),
    roster,
    rooms: createRooms({ store, changeItem, clock }),
    claimTokens: tokens,
    claims: createClaims({ store, changeItem, tokens, clock, log }),
    nodes: createNodes({ store, changeItem, ownership, clock, log }),
    contexts: createContexts({ store, changeItem, ownership, shelf: createSheetShelf(store), clock, log }),
    alerts: createAlerts({ store, changeItem, ownership, configs: createAlertConfigs({ store, ownership, log }), clock }),
    boards: createBoards({ store, changeItem, clock }),
  }
}

import { isPermitted } from '../../cloud/identity/permissions.ts'
import { createBriefLook } from '../../cloud/metadata/brief-look.ts'
import type { Metadata } from '../../cloud/metadata/metadata.ts'
import { createNotify, type Notify } from '../../cloud/notify/notify.ts'
import type { NotifyPlaces } from '../../cloud/notify/places.ts'
import type { Targets } from '../../cloud/notify/ports.ts'
import type { Presence } from '../../cloud/presence/port.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { SpaceId } from '../domain/ids.ts'
import { isSeenByMember } from '../domain/room-nodes.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

export interface NotifyingDeps {
  readonly store: MetadataStore
  readonly metadata: Pick<Metadata, 'spaces' | 'rooms' | 'nodes' | 'roster' | 'alerts' | 'silencer'>
  readonly targets: Targets
  readonly presence: Pick<Presence, 'stateOf'>
  readonly publicUrl: string
  readonly onChanged?: (spaceId: SpaceId) => void
  readonly clock: Clock
  readonly log: Log
}

/** Notifications over what is kept: who sees what is the roster's and the rooms' word, what is live is presence's. */
export function openNotify({ metadata, presence, ...rest }: NotifyingDeps): Notify {
  const { spaces, rooms, nodes, roster, alerts, silencer } = metadata
  const places: NotifyPlaces = {
    spaceName: async (spaceId) => (await spaces.get(spaceId))?.name,
    rooms: (spaceId) => rooms.list(spaceId),
    nodes: createBriefLook(rest.clock, (spaceId) => nodes.list(spaceId)),
    node: (spaceId, nodeId) => nodes.get(spaceId, nodeId),
    isLive: (nodeId) => presence.stateOf(nodeId) === 'live',
    async sightOf(spaceId, personId) {
      const member = await roster.find(spaceId, personId)
      if (member === undefined) return undefined
      const { memberId, role } = member
      // What a browser shows is what its person would see when signed in there.
      const caller = { role, via: 'cookie' } as const
      if (!isPermitted('alerts.view', caller)) return undefined
      return (node, all) => isPermitted('nodes.view-all', caller) || isSeenByMember(all, memberId, node)
    },
  }
  return createNotify({ ...rest, places, alerts, silencer })
}

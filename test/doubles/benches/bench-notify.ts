import { createNotify, type Notify } from '../../../cloud/notify/notify.ts'
import type { NotifyPlaces } from '../../../cloud/notify/places.ts'
import type { Outcome } from '../../../cloud/notify/ports.ts'
import type { KeptChannels } from '../../../cloud/notify/channels/ports.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'

/** The queue of a bench's channels. Nothing leaves: `outcome` says what their receivers would. */
export function benchNotify(wish: {
  readonly store: MetadataStore
  readonly channels: KeptChannels
  readonly rooms: { list: NotifyPlaces['rooms'] }
  readonly nodes: { list: NotifyPlaces['nodes']; get: NotifyPlaces['node'] }
  readonly outcome?: () => Outcome
  readonly clock: Clock
}): Notify {
  const { store, channels, rooms, nodes, outcome = () => ({ is: 'delivered' }), clock } = wish
  return createNotify({
    store,
    targets: {
      list: async (spaceId) =>
        (await channels.list(spaceId)).map(({ channelId, ...rest }) => ({
          ...rest,
          targetId: channelId,
          kind: 'channel',
          personId: undefined,
        })),
      send: async () => outcome(),
    },
    silencer: { silencing: async () => undefined },
    places: {
      spaceName: async () => 'My space',
      rooms: (spaceId) => rooms.list(spaceId),
      nodes: (spaceId) => nodes.list(spaceId),
      node: (spaceId, nodeId) => nodes.get(spaceId, nodeId),
      isLive: () => true,
      sightOf: async () => undefined,
    },
    alerts: { raised: async () => new Map(), configs: async () => [] },
    publicUrl: 'https://localhost:8443',
    clock,
    log: silentLog,
  })
}

import { canonicalUuid, type NodeId, type RoomId, type SpaceId } from '../../../src/domain/ids.ts'

/** What can be asked over REST that only agents know. */
export type RoomThing = 'data' | 'weights' | 'functions' | 'alerts' | 'alert_transitions' | 'alert_config/evaluate'

export type RestAddress =
  | {
      readonly kind: 'room'
      readonly thing: RoomThing
      readonly version: number
      /** Undefined: no id, and so no such space or room. */
      readonly spaceId: SpaceId | undefined
      readonly roomId: RoomId | undefined
      readonly methods: readonly string[]
    }
  | {
      readonly kind: 'node'
      readonly thing: 'function' | 'config'
      readonly nodeId: NodeId | undefined
      readonly methods: readonly string[]
    }
  | { readonly kind: 'bearer'; readonly methods: readonly string[] }

/** The addresses of this door, as data: what an API document and tests walk. A segment that starts with a colon is an id. */
export const restPaths = [
  { methods: ['POST'], path: '/api/v3/spaces/:spaceId/rooms/:roomId/data', need: 'data.read' },
  { methods: ['POST'], path: '/api/v2/spaces/:spaceId/rooms/:roomId/data', need: 'data.read' },
  { methods: ['POST'], path: '/api/v1/spaces/:spaceId/rooms/:roomId/data', need: 'data.read' },
  { methods: ['POST'], path: '/api/v3/spaces/:spaceId/rooms/:roomId/weights', need: 'data.read' },
  { methods: ['POST'], path: '/api/v2/spaces/:spaceId/rooms/:roomId/weights', need: 'data.read' },
  { methods: ['POST'], path: '/api/v3/spaces/:spaceId/rooms/:roomId/functions', need: 'functions.read' },
  { methods: ['POST'], path: '/api/v2/spaces/:spaceId/rooms/:roomId/functions', need: 'functions.read' },
  { methods: ['POST'], path: '/api/v2/spaces/:spaceId/rooms/:roomId/alerts', need: 'alerts.view' },
  { methods: ['POST'], path: '/api/v2/spaces/:spaceId/rooms/:roomId/alert_transitions', need: 'alerts.view' },
  { methods: ['POST'], path: '/api/v2/spaces/:spaceId/rooms/:roomId/alert_config/evaluate', need: 'alerts.view' },
  { methods: ['POST'], path: '/api/v2/nodes/:nodeId/function', need: 'functions.read' },
  { methods: ['GET', 'POST'], path: '/api/v2/nodes/:nodeId/config', need: 'alerts.view-config' },
  { methods: ['GET'], path: '/api/v2/bearer_get_token', need: 'agents.token' },
] as const

const rows = restPaths.map(({ methods, path }) => ({
  methods,
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`),
  thing: path.slice(path.indexOf('/', path.lastIndexOf(':')) + 1) as RoomThing | 'function' | 'config',
  version: Number(path.slice('/api/v'.length, '/api/v'.length + 1)),
  kind: path.includes('/rooms/') ? ('room' as const) : path.includes('/nodes/') ? ('node' as const) : ('bearer' as const),
}))

/** What an address of this door asks for; undefined for any other. A base address that ends in a slash gives two (cloud-api §1.2). */
export function parseRestAddress(url: string | undefined): RestAddress | undefined {
  const [path = ''] = (url ?? '').replace(/^\/{2,}/, '/').split('?', 1)
  for (const { methods, pattern, kind, thing, version } of rows) {
    const match = pattern.exec(path)
    if (match === null) continue
    if (kind === 'bearer') return { kind, methods }
    if (kind === 'node')
      return { kind, thing: thing as 'function' | 'config', nodeId: canonicalUuid(match[1]) as NodeId | undefined, methods }
    const [spaceId, roomId] = [canonicalUuid(match[1]) as SpaceId | undefined, canonicalUuid(match[2]) as RoomId | undefined]
    return { kind, thing: thing as RoomThing, version, spaceId, roomId, methods }
  }
  return undefined
}

import { z } from 'zod'
import { canonicalUuid, type AlertConfigHash, type NodeId, type RoomId } from '../../../src/domain/ids.ts'
import type { AlertConfig, Node } from '../../../src/domain/model.ts'
import { isInRoom } from '../../../src/domain/room-nodes.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { documentOfFields, healthTextOfFields } from '../../../src/health/config-fields.ts'
import type { Caller } from '../../identity/ports.ts'
import { textField } from '../alert-text.ts'
import type { ApiAlerts, ApiConfigure, ApiNodes, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { createSight, roomSeen } from '../sight.ts'

export interface AlertDefinitionRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'list' | 'get'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly alerts: Pick<ApiAlerts, 'defined'>
  readonly configure: Pick<ApiConfigure, 'list' | 'placeOf'>
}

const roomQuery = z.strictObject({ roomId: z.uuid().optional() })
type RoomQuery = z.output<typeof roomQuery>

const definitionRow = z.object({
  name: z.string(),
  on: z.string(),
  kind: z.enum(['template', 'instance']),
  hashes: z.array(z.uuid()),
  class: z.string(),
  component: z.string(),
  type: z.string(),
  nodes: z.int(),
  raised: z.int(),
  critical: z.int(),
  document: z.object({ documentId: z.uuid(), version: z.int() }).nullable(),
})
const nodeRow = z.object({
  nodeId: z.uuid(),
  hostname: z.string(),
  canConfigure: z.boolean(),
  why: z.enum(['too-old', 'not-live', 'no-capability', 'no-health']).nullable(),
  viaNodeId: z.uuid().nullable(),
})
const definitionShape = z.object({
  name: z.string(),
  variants: z.array(
    z.object({
      hash: z.uuid(),
      fields: z.record(z.string(), z.union([z.string(), z.number()])),
      healthText: z.string(),
      document: z.looseObject({ name: z.string() }).nullable(),
      unsure: z.array(z.string()),
      nodes: z.array(nodeRow),
    }),
  ),
  kept: z.object({ documentId: z.uuid(), version: z.int() }).nullable(),
})

/** What is gathered of one name while the nodes are walked. */
interface Gathered {
  readonly hashes: Set<AlertConfigHash>
  readonly nodeIds: Set<NodeId>
  raised: number
  /** Among those that are raised. */
  critical: number
}

/** How alerts are defined on the nodes a caller sees, as their agents told, and where that can be changed from afar. */
export function alertDefinitionRoutes({ rooms, nodes, alerts, configure }: AlertDefinitionRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })

  /** The nodes the caller sees, of one room if it is named. Throws NOT_FOUND for a room that is not theirs. */
  const nodesSeen = async (caller: Caller, { roomId }: RoomQuery): Promise<readonly Node[]> => {
    const seen = (await sight(caller)).nodes
    if (roomId === undefined) return seen
    const room = await roomSeen(rooms, caller, canonicalUuid(roomId) as RoomId | undefined)
    if (room === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such room.')
    return seen.filter((node) => isInRoom(room, node))
  }

  const shownNode = ({ nodeId, hostname }: Node): z.infer<typeof nodeRow> => {
    const { ownNodeId, why = null } = configure.placeOf(nodeId)
    return {
      nodeId,
      hostname,
      canConfigure: why === null,
      why,
      viaNodeId: ownNodeId === undefined || ownNodeId === nodeId ? null : ownNodeId,
    }
  }

  return [
    guardedRoute(
      'GET',
      `${apiBase}/alert-definitions`,
      'alerts.view-config',
      undefined,
      async ({ caller, query }: { caller: Caller; query: RoomQuery }) => {
        const [seen, defined, kept] = await Promise.all([
          nodesSeen(caller, query),
          alerts.defined(caller.spaceId),
          configure.list(caller.spaceId),
        ])
        const gathered = new Map<string, Gathered>()
        for (const { nodeId } of seen)
          for (const { name, configHash, raised } of defined.nodes.get(nodeId) ?? []) {
            const known = gathered.get(name) ?? { hashes: new Set(), nodeIds: new Set(), raised: 0, critical: 0 }
            gathered.set(name, known)
            if (configHash !== undefined) known.hashes.add(configHash)
            known.nodeIds.add(nodeId)
            if (raised !== undefined) known.raised += 1
            if (raised === 'critical') known.critical += 1
          }
        const documents = new Map(kept.map(({ name, documentId, version }) => [name, { documentId, version }]))
        const definitions = [...gathered]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { hashes, nodeIds, raised, critical }]): z.infer<typeof definitionRow> => {
            const config = [...hashes].map((hash) => defined.configs.get(hash)).find((found) => found !== undefined)
            return {
              name,
              on: textField(config, 'on_chart'),
              kind: kindOf(config),
              hashes: [...hashes],
              class: textField(config, 'classification'),
              component: textField(config, 'component'),
              type: textField(config, 'type'),
              nodes: nodeIds.size,
              raised,
              critical,
              document: documents.get(name) ?? null,
            }
          })
        return { status: 200, json: { definitions } }
      },
      {
        query: roomQuery,
        docs: {
          summary: 'How alerts are defined on the nodes the caller sees, by name.',
          answer: z.object({ definitions: z.array(definitionRow) }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/alert-definitions/:name`,
      'alerts.view-config',
      undefined,
      async ({ caller, params }) => {
        const name = params['name'] ?? ''
        const [seen, defined, kept] = await Promise.all([
          nodesSeen(caller, {}),
          alerts.defined(caller.spaceId),
          configure.list(caller.spaceId),
        ])
        const running = new Map<AlertConfigHash, Node[]>()
        for (const node of seen) {
          const hashes = new Set(
            (defined.nodes.get(node.nodeId) ?? []).flatMap((alert) =>
              alert.name === name && alert.configHash !== undefined ? [alert.configHash] : [],
            ),
          )
          for (const hash of hashes) running.set(hash, [...(running.get(hash) ?? []), node])
        }
        const document = kept.find((head) => head.name === name)
        if (running.size === 0 && document === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such alert definition.')
        const variants = [...running].flatMap(([hash, where]) => {
          const config = defined.configs.get(hash)
          if (config === undefined) return []
          const made = documentOfFields(name, config.fields)
          return [
            {
              hash,
              fields: config.fields,
              healthText: healthTextOfFields(name, config.fields),
              document: made?.document ?? null,
              unsure: made?.unsure ?? [],
              nodes: where.map(shownNode),
            },
          ]
        })
        return {
          status: 200,
          json: {
            name,
            variants,
            kept: document === undefined ? null : { documentId: document.documentId, version: document.version },
          },
        }
      },
      {
        docs: {
          summary: 'One definition in each form it runs in, with the nodes, text to paste, and the document as far as agents tell it.',
          answer: definitionShape,
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/alert-config/nodes`,
      'alerts.view-config',
      undefined,
      async ({ caller, query }: { caller: Caller; query: RoomQuery }) => ({
        status: 200,
        json: { nodes: (await nodesSeen(caller, query)).map(shownNode) },
      }),
      {
        query: roomQuery,
        docs: {
          summary: 'The nodes the caller sees, and whether their alerts can be configured from afar now, or why not.',
          answer: z.object({ nodes: z.array(nodeRow) }),
        },
      },
    ),
  ]
}

function kindOf(config: AlertConfig | undefined): 'template' | 'instance' {
  return config !== undefined && textField(config, 'template') === '' ? 'instance' : 'template'
}

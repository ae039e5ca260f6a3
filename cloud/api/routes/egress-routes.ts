import { z } from 'zod'
import { canonicalUuid, type NodeId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ApiEgress, ApiNodes, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { nodeSeen } from '../sight.ts'

const answer = z.looseObject({
  manifest: z
    .looseObject({
      hash: z.string(),
      version: z.int(),
      fields: z.record(z.string(), z.array(z.string())),
      confirmedAtMs: z.number(),
      by: z.string(),
      toldAtMs: z.number(),
      pending: z.array(z.string()),
    })
    .nullable(),
  refused: z.array(z.object({ field: z.string(), count: z.int() })),
})

export interface EgressRoutesDeps {
  readonly nodes: ApiNodes
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly egress: ApiEgress
}

/** What the agent of a node may send, as its owner confirmed it. */
export function egressRoutes({ nodes, rooms, egress }: EgressRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      'GET',
      `${apiBase}/nodes/:nodeId/egress`,
      'nodes.view',
      undefined,
      async ({ caller, params }) => {
        const node = await nodeSeen({ rooms, nodes }, caller, canonicalUuid(params['nodeId']) as NodeId | undefined)
        if (node === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
        const [manifest] = await egress.ofNode(caller.spaceId, node.nodeId)
        const refused = manifest === undefined ? {} : egress.refused(manifest.claimId)
        const rows = Object.entries(refused).map(([field, count]) => ({ field, count }))
        return { status: 200, json: { manifest: manifest ?? null, refused: rows } }
      },
      { docs: { summary: 'What the agent of a node may send, what waits for its owner, and what was refused.', answer } },
    ),
  ]
}

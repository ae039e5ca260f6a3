import { z } from 'zod'
import type { Permission } from '../../identity/permissions.ts'
import { apiBase, type Method } from '../route.ts'

/** An address that the relay answers from live agents, as far as the document tells of it; a test compares these with the relay's own. */
export interface RelayedRow {
  readonly method: Method
  readonly path: string
  readonly need: Permission
  readonly summary: string
  readonly query?: z.ZodObject
  readonly hasBody: boolean
}

const ids = z.array(z.string())
const scope = z.object({ nodes: ids, contexts: ids, instances: ids, dimensions: ids, labels: ids }).partial()

/** The part of every body that names what is asked; what else a call takes is passed over or named in cloud-api §9 and §10. */
export const relayedBody = z.looseObject({
  scope: scope.optional(),
  selectors: scope.optional(),
  window: z.looseObject({ after: z.number(), before: z.number().optional(), points: z.number().optional() }).optional(),
  timeout: z.number().optional(),
})

const room = (version: 1 | 2 | 3, thing: string) => `/api/v${version}/spaces/:spaceId/rooms/:roomId/${thing}`
const asked = (path: string, need: Permission, summary: string): RelayedRow => ({ method: 'POST', path, need, summary, hasBody: true })
const configQuery = z.object({ action: z.string(), path: z.string(), id: z.string(), name: z.string(), timeout: z.string() }).partial()

/** What existing clients ask of live agents, and our own door of data. Answers are the agents', and kept nowhere. */
export const relayedRows: readonly RelayedRow[] = [
  {
    method: 'GET',
    path: `${apiBase}/nodes/:nodeId/data`,
    need: 'data.read',
    summary: 'Live data of a node, by the parameters of the agents’ own data call.',
    query: z
      .object({
        context: z.string(),
        chart: z.string(),
        dimensions: z.string(),
        after: z.string(),
        before: z.string(),
        points: z.string(),
        group_by: z.string(),
        group_by_label: z.string(),
        aggregation: z.string(),
        time_group: z.string(),
        labels: z.string(),
        scope_nodes: z.string(),
      })
      .partial(),
    hasBody: false,
  },
  asked(room(3, 'data'), 'data.read', 'Live data of a room, joined of all its agents.'),
  asked(room(2, 'data'), 'data.read', 'Live data of a room, in an older form.'),
  asked(room(1, 'data'), 'data.read', 'Live data of a room, in the oldest form.'),
  asked(room(3, 'weights'), 'data.read', 'Which metrics of a room changed most.'),
  asked(room(2, 'weights'), 'data.read', 'Which metrics of a room changed most, at the older address.'),
  asked(room(3, 'functions'), 'functions.read', 'The functions that agents of a room offer.'),
  asked(room(2, 'functions'), 'functions.read', 'The functions that agents of a room offer, at the older address.'),
  asked(room(2, 'alerts'), 'alerts.view', 'The alerts of a room as its agents know them.'),
  asked(room(2, 'alert_transitions'), 'alerts.view', 'What became of alerts of a room lately.'),
  asked(
    room(2, 'alert_config/evaluate'),
    'alerts.view',
    'What an alert would have done on a node: its definition as text, judged on the past.',
  ),
  {
    method: 'POST',
    path: '/api/v2/nodes/:nodeId/function',
    need: 'functions.read',
    summary: 'Runs a function of a node.',
    query: z.object({ function: z.string() }),
    hasBody: true,
  },
  {
    method: 'GET',
    path: '/api/v2/nodes/:nodeId/config',
    need: 'alerts.view-config',
    summary: 'Reads how a node is configured.',
    query: configQuery,
    hasBody: false,
  },
  {
    method: 'POST',
    path: '/api/v2/nodes/:nodeId/config',
    need: 'alerts.view-config',
    summary: 'Reads or changes how a node is configured.',
    query: configQuery,
    hasBody: true,
  },
  {
    method: 'GET',
    path: '/api/v2/bearer_get_token',
    need: 'agents.token',
    summary: 'A token that one agent takes from this person.',
    query: z.object({ node_id: z.string(), machine_guid: z.string(), claim_id: z.string() }),
    hasBody: false,
  },
]

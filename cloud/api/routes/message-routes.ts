import { z } from 'zod'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AuditNote } from '../route.ts'
import type { ApiMessages, ApiNodes, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { createSight } from '../sight.ts'

const states = ['open', 'waiting', 'sent', 'failed', 'dropped'] as const
const listQuery = z.strictObject({
  targetId: z.string().max(100).optional(),
  state: z.enum(states).optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

const row = z.object({
  messageId: z.string(),
  targetId: z.string(),
  targetName: z.string(),
  slug: z.string(),
  kind: z.enum(['alert', 'reach', 'test']),
  state: z.enum(states),
  items: z.array(
    z.object({
      newsId: z.string(),
      nodeId: z.string(),
      hostname: z.string(),
      chart: z.string().optional(),
      name: z.string().optional(),
      status: z.string(),
    }),
  ),
  changes: z.int(),
  attempts: z.int(),
  problem: z.string().nullable(),
  createdAtMs: z.number(),
  nextAttemptAtMs: z.number().nullable(),
  sentAtMs: z.number().nullable(),
})
const page = z.object({
  messages: z.array(row),
  next: z.string().nullable(),
  counts: z.object({ waiting: z.int(), failed: z.int() }),
  silencedToday: z.int(),
})

export interface MessageRoutesDeps {
  readonly messages: ApiMessages
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
}

/** What is on its way to channels and browsers, and what became of it: the log of deliveries, without a value in it. */
export function messageRoutes({ messages, rooms, nodes }: MessageRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })
  return [
    guardedRoute(
      'GET',
      `${apiBase}/messages`,
      'channels.view',
      undefined,
      async ({ caller, query }) => {
        const { targetId, state, before, limit } = query as z.infer<typeof listQuery>
        const seen = await sight(caller)
        const seenIds = new Set(seen.nodes.map(({ nodeId }) => nodeId))
        const found = await messages.page(caller.spaceId, {
          targetId,
          state,
          before,
          limit,
          personId: caller.personId,
          // Who sees the whole space still reads the names of nodes that are gone.
          sees: (nodeId) => seen.isWhole || seenIds.has(nodeId),
        })
        return { status: 200, json: { ...found, next: found.next ?? null } }
      },
      {
        query: listQuery,
        docs: { summary: 'Messages to channels and to the own browsers, the newest first, and what became of them.', answer: page },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/messages/:messageId/retry`,
      'channels.change',
      undefined,
      async ({ caller, params }) => {
        const messageId = messageIdIn(params)
        await messages.retry(caller.spaceId, messageId, caller.personId)
        return { status: 202, audit: [messageNote('message-retried', messageId)] }
      },
      {
        audits: ['message-retried'],
        docs: { summary: 'Sends a message that failed once more, or one that waits at once, under the same id.', status: 202 },
      },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/messages/:messageId`,
      'channels.change',
      undefined,
      async ({ caller, params }) => {
        const messageId = messageIdIn(params)
        await messages.drop(caller.spaceId, messageId, caller.personId)
        return { status: 204, audit: [messageNote('message-dropped', messageId)] }
      },
      {
        audits: ['message-dropped'],
        docs: { summary: 'Gives a message up that failed or waits; it stays in the log.', status: 204 },
      },
    ),
  ]
}

function messageIdIn(params: Readonly<Record<string, string>>): string {
  const messageId = canonicalUuid(params['messageId'])
  if (messageId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such message.')
  return messageId
}

const messageNote = (action: 'message-retried' | 'message-dropped', messageId: string): AuditNote => ({
  action,
  subject: { kind: 'message', id: messageId },
})

import { z } from 'zod'
import { auditActions } from '../../../src/domain/audit.ts'
import type { NodeId, PersonId } from '../../../src/domain/ids.ts'
import type { ChainEntry } from '../../audit/chain-entry.ts'
import { auditLimits } from '../../audit/limits.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiAudit, ApiIdentity, ApiNodes, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { auditSeenBy } from '../audit-seen.ts'
import { createSight, type Seen } from '../sight.ts'

const time = z.coerce.number().int().min(0).max(8_640_000_000_000_000)
const id = z.uuid().transform((text) => text.toLowerCase())
const span = { fromMs: time.optional(), toMs: time.optional() }
const listQuery = z.strictObject({
  action: z.enum(auditActions).optional(),
  personId: id.optional(),
  nodeId: id.optional(),
  ...span,
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(auditLimits.pageMax).default(auditLimits.pageDefault),
})

const entryShape = z.object({
  seq: z.int(),
  atMs: z.int(),
  action: z.enum(auditActions),
  by: z.object({ personId: z.string(), email: z.string().nullable() }).nullable(),
  via: z.string(),
  subject: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  nodeId: z.string().nullable(),
  roomIds: z.array(z.string()),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  hash: z.string(),
})

export interface AuditRoutesDeps {
  readonly audit: ApiAudit
  readonly identity: Pick<ApiIdentity, 'people'>
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
}

/**
 * The audit of a space. Admins and managers see all of it, others what concerns themselves, their rooms, and the nodes of these. Names
 * are those of now: the audit keeps ids alone, and somebody who is gone has none.
 */
export function auditRoutes({ audit, identity, rooms, nodes }: AuditRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })

  const namesOf = async (entries: readonly ChainEntry[], seen: Seen) => {
    const personIds = entries.flatMap(({ personId, subject }) => [
      ...(personId === undefined ? [] : [personId]),
      ...(subject?.kind === 'person' ? [subject.id as PersonId] : []),
    ])
    const known = await Promise.all(
      [...new Set(personIds)].map(async (each) => [each, (await identity.people.get(each))?.email ?? null] as const),
    )
    const emails = new Map<string, string | null>(known)
    const names = new Map<string, string>([
      ...seen.rooms.map(({ roomId, name }) => [`room ${roomId}`, name] as const),
      ...seen.nodes.map(({ nodeId, hostname }) => [`node ${nodeId}`, hostname] as const),
    ])
    return (entry: ChainEntry) => {
      const { seq, atMs, action, personId, via, subject, nodeId, roomIds, details, hash } = entry
      const name = subject?.kind === 'person' ? emails.get(subject.id) : names.get(`${subject?.kind} ${subject?.id}`)
      return {
        seq,
        atMs,
        action,
        by: personId === undefined ? null : { personId, email: emails.get(personId) ?? null },
        via,
        subject: subject === undefined ? null : { ...subject, name: name ?? null },
        nodeId: nodeId ?? null,
        // Rooms of others stay theirs.
        roomIds: (roomIds ?? []).filter((roomId) => seen.isWhole || seen.rooms.some((room) => room.roomId === roomId)),
        details: details ?? {},
        hash,
      }
    }
  }

  return [
    guardedRoute(
      'GET',
      `${apiBase}/audit`,
      'audit.view',
      undefined,
      async ({ caller, query }: { caller: Caller; query: z.output<typeof listQuery> }) => {
        const seen = await sight(caller)
        const { action, fromMs, toMs, before, limit } = query
        const filter = {
          action,
          personId: query.personId as PersonId | undefined,
          nodeId: query.nodeId as NodeId | undefined,
          fromMs,
          toMs,
          isSeen: auditSeenBy(caller, seen),
        }
        const page = await audit.page(caller.spaceId, filter, { before, limit })
        const shown = await namesOf(page.entries, seen)
        return { status: 200, json: { events: page.entries.map(shown), next: page.next ?? null } }
      },
      {
        query: listQuery,
        docs: {
          summary: 'Lists what was done in the space, newest first.',
          answer: z.object({ events: z.array(entryShape), next: z.int().nullable() }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/audit/export`,
      'audit.view',
      undefined,
      async ({ caller, query }: { caller: Caller; query: { readonly fromMs?: number; readonly toMs?: number } }) => {
        const seen = await sight(caller)
        const entries = audit.forwards(caller.spaceId, { ...query, isSeen: auditSeenBy(caller, seen) })
        return {
          status: 200,
          stream: { type: 'application/x-ndjson', fileName: 'throughline-audit.jsonl', chunks: asLines(caller.spaceId, entries) },
          audit: [{ action: 'audit-exported', subject: { kind: 'audit', id: caller.spaceId } }],
        }
      },
      {
        query: z.strictObject(span),
        audits: ['audit-exported'],
        docs: { summary: 'Gives the audit of the space as JSON lines, oldest first, each with what its hash is made of.' },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/audit/verify`,
      'audit.view',
      undefined,
      async ({ caller }) => {
        const { isWhole, length, beginsAt, brokenAt, reason } = await audit.verify(caller.spaceId)
        return { status: 200, json: { isWhole, length, beginsAt, brokenAt, reason } }
      },
      {
        docs: {
          summary: 'Proves the chain of the audit, or names the first entry that is not as it was written.',
          answer: z.object({
            isWhole: z.boolean(),
            length: z.int(),
            beginsAt: z.int(),
            brokenAt: z.int().nullable(),
            reason: z.string().nullable(),
          }),
        },
      },
    ),
  ]
}

/** Each entry as a line, with the id of its chain, which its hash covers. */
async function* asLines(chain: string, entries: AsyncIterable<ChainEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify({ chain, ...entry })}\n`
}

import { z } from 'zod'
import type { AuditAction } from '../../../src/domain/audit.ts'
import { canonicalUuid, type NodeId, type PersonId } from '../../../src/domain/ids.ts'
import { errorKinds, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { alertDocumentSchema } from '../../../src/health/alert-document.ts'
import { healthTextLimits } from '../../../src/health/health-lines.ts'
import { parseHealthText, writeHealthText } from '../../../src/health/health-text.ts'
import { configureLimits } from '../../configure/limits.ts'
import type { DocumentHead, KeptDocument } from '../../configure/kept/documents.ts'
import type { NodeState } from '../../configure/kept/node-states.ts'
import type { RunAction } from '../../configure/runs/run-record.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiConfigure, ApiIdentity, ApiNodes, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type AuditNote, type Route } from '../route.ts'
import { createSight, type Seen } from '../sight.ts'

export interface AlertDocumentRoutesDeps {
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly configure: ApiConfigure
  readonly identity: Pick<ApiIdentity, 'people'>
}

const base = `${apiBase}/alert-documents`
/** Documents agents before 2.11 can be sent are no larger (aclk §7.1). */
const large = { bodyBytes: 128 * 1024 }

/** One line of text without control characters. */
const note = z
  .string()
  .trim()
  .max(configureLimits.noteChars)
  .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(text))
  .default('')
const newDocument = z.strictObject({ document: alertDocumentSchema, note })
const savedDocument = z.strictObject({ document: alertDocumentSchema, version: z.int().min(1), note })
const someNodes = z.array(z.uuid()).max(configureLimits.nodesPerRun)
const chosenNodes = z.strictObject({ nodeIds: someNodes.min(1) })
const checkedNodes = z.strictObject({ nodeIds: someNodes.default([]) })
const healthText = z.strictObject({ text: z.string().max(healthTextLimits.chars) })
const oneDocument = z.strictObject({ document: alertDocumentSchema })

const byShown = z.object({ personId: z.uuid(), email: z.string().nullable() })
const nodeShown = z.object({
  nodeId: z.uuid(),
  hostname: z.string(),
  wanted: z.int().nullable(),
  applied: z.int().nullable(),
  state: z.enum(['applied', 'waiting', 'failed', 'drifted', 'restored', 'gone']),
  problem: z.string().nullable(),
  hasOriginal: z.boolean(),
  atMs: z.number(),
})
const documentRow = z.object({
  documentId: z.uuid(),
  name: z.string(),
  version: z.int(),
  changedAtMs: z.number(),
  changedBy: byShown,
  nodes: z.array(nodeShown),
})
const documentShape = documentRow.extend({
  document: alertDocumentSchema,
  versions: z.array(z.object({ version: z.int(), atMs: z.number(), by: byShown, note: z.string(), isKept: z.boolean() })),
})
const runShape = z.object({
  runId: z.uuid(),
  documentId: z.uuid(),
  action: z.enum(['apply', 'restore', 'check']),
  isDone: z.boolean(),
  results: z.array(
    z.object({
      nodeId: z.uuid(),
      hostname: z.string(),
      viaNodeId: z.uuid().nullable(),
      state: z.enum(['waiting', 'running', 'done', 'failed']),
      status: z.int().nullable(),
      problem: z.string().nullable(),
    }),
  ),
})

const noted = (action: AuditAction, documentId: string, details: AuditNote['details'] = {}): AuditNote => ({
  action,
  subject: { kind: 'alert-document', id: documentId },
  details,
})

/** The alert documents a space keeps: their versions, where each runs, and changing the agents. */
export function alertDocumentRoutes({ rooms, nodes, configure, identity }: AlertDocumentRoutesDeps): readonly Route[] {
  const sight = createSight({ rooms, nodes })

  /** How people are named; somebody who is no more has no address. */
  const namesOf = async (personIds: readonly PersonId[]) => {
    const known = await Promise.all(
      [...new Set(personIds)].map(async (id) => [id, (await identity.people.get(id))?.email ?? null] as const),
    )
    const emails = new Map(known)
    return (personId: PersonId) => ({ personId, email: emails.get(personId) ?? null })
  }

  /** The states of a document on the nodes the caller sees; nodes that are no more are gone, to those who see all. */
  const shownStates = (states: readonly NodeState[], { nodes: seen, isWhole }: Seen): z.infer<typeof nodeShown>[] => {
    const hostnames = new Map(seen.map(({ nodeId, hostname }) => [nodeId, hostname]))
    return states.flatMap<z.infer<typeof nodeShown>>(({ nodeId, wanted, applied, state, problem, original, atMs }) => {
      const hostname = hostnames.get(nodeId)
      const shown = { nodeId, wanted, applied, hasOriginal: original !== 'none', atMs }
      if (hostname !== undefined) return [{ ...shown, hostname, state, problem }]
      return isWhole ? [{ ...shown, hostname: '', state: 'gone', problem: 'The node was removed.' }] : []
    })
  }

  const shownRow = (
    { documentId, name, version, changedAtMs, changedBy }: DocumentHead,
    states: readonly NodeState[],
    seen: Seen,
    nameOf: Awaited<ReturnType<typeof namesOf>>,
  ): z.infer<typeof documentRow> => ({
    documentId,
    name,
    version,
    changedAtMs,
    changedBy: nameOf(changedBy),
    nodes: shownStates(states, seen),
  })

  const shownDocument = async (caller: Caller, kept: KeptDocument): Promise<z.infer<typeof documentShape>> => {
    const [states, seen, nameOf] = await Promise.all([
      configure.states(caller.spaceId, kept.documentId),
      sight(caller),
      namesOf([kept.changedBy, ...kept.versions.map(({ by }) => by)]),
    ])
    return {
      ...shownRow(kept, states, seen, nameOf),
      document: kept.document,
      versions: kept.versions.map(({ version, atMs, by, note: said, isKept }) => ({ version, atMs, by: nameOf(by), note: said, isKept })),
    }
  }

  /** Begins a run on nodes the caller sees. */
  const begin = async (caller: Caller, params: Readonly<Record<string, string>>, action: RunAction, nodeIds: readonly string[]) => {
    const documentId = idIn(params)
    const seen = new Set((await sight(caller)).nodes.map(({ nodeId }) => nodeId))
    const chosen = nodeIds.map((nodeId) => canonicalUuid(nodeId) as NodeId)
    if (chosen.some((nodeId) => !seen.has(nodeId))) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
    const {
      runId,
      version,
      nodeIds: changed,
    } = await configure.start(caller.spaceId, {
      documentId,
      action,
      nodeIds: chosen,
      by: caller.personId,
    })
    const details = { action, nodes: changed.length, ...(version === null ? {} : { version }) }
    return {
      status: 202,
      json: { runId },
      ...(action === 'check' ? {} : { audit: [noted('alert-document-applied', documentId, details)] }),
    }
  }
  const startedShape = { answer: z.object({ runId: z.uuid() }), status: 202 }

  return [
    guardedRoute(
      'GET',
      base,
      'alerts.view-config',
      undefined,
      async ({ caller }) => {
        const [heads, states, seen] = await Promise.all([configure.list(caller.spaceId), configure.states(caller.spaceId), sight(caller)])
        const byDocument = new Map<string, NodeState[]>()
        for (const state of states) byDocument.set(state.documentId, [...(byDocument.get(state.documentId) ?? []), state])
        const nameOf = await namesOf(heads.map(({ changedBy }) => changedBy))
        const documents = heads.map((head) => shownRow(head, byDocument.get(head.documentId) ?? [], seen, nameOf))
        return { status: 200, json: { documents } }
      },
      {
        docs: {
          summary: 'The alert documents a space keeps, and how each stands on the nodes the caller sees.',
          answer: z.object({ documents: z.array(documentRow) }),
        },
      },
    ),
    guardedRoute(
      'POST',
      base,
      'alerts.change-config',
      newDocument,
      async ({ caller, body }) => {
        const kept = await configure.create(caller.spaceId, { document: body.document, note: body.note, by: caller.personId })
        return { status: 201, json: await shownDocument(caller, kept), audit: [noted('alert-document-created', kept.documentId)] }
      },
      {
        ...large,
        audits: ['alert-document-created'],
        docs: { summary: 'Keeps a new alert document; it runs nowhere yet.', answer: documentShape, status: 201 },
      },
    ),
    guardedRoute(
      'POST',
      `${base}/text`,
      'alerts.view-config',
      healthText,
      ({ body }) => {
        const parsed = parseHealthText(body.text)
        const second = parsed.is === 'good' ? parsed.lines[1] : undefined
        if (parsed.is === 'good' && second === undefined) return { status: 200, json: { document: parsed.documents[0] } }
        const problems =
          parsed.is === 'bad' ? parsed.problems : [{ line: second ?? 1, problem: 'A document is of one name; here another one begins.' }]
        const { http, key } = errorKinds.BODY_UNPROCESSABLE
        const errorMessage = `Line ${problems[0]?.line ?? 1}: ${problems[0]?.problem ?? ''}`
        return { status: http, json: { errorCode: 'BODY_UNPROCESSABLE', errorMsgKey: key, errorMessage, problems } }
      },
      {
        ...large,
        audits: { none: 'it changes nothing' },
        docs: {
          summary: 'Reads text of health.d as a document; what is wrong is told by line.',
          answer: z.object({ document: alertDocumentSchema }),
        },
      },
    ),
    guardedRoute(
      'POST',
      `${base}/health-text`,
      'alerts.view-config',
      oneDocument,
      ({ body }) => ({ status: 200, json: { text: writeHealthText(body.document) } }),
      {
        ...large,
        audits: { none: 'it changes nothing' },
        docs: { summary: 'Writes a document as text of health.d.', answer: z.object({ text: z.string() }) },
      },
    ),
    guardedRoute(
      'GET',
      `${base}/runs/:runId`,
      'alerts.view-config',
      undefined,
      async ({ caller, params }) => {
        const runId = canonicalUuid(params['runId'])
        const run = runId === undefined ? undefined : await configure.run(caller.spaceId, runId)
        if (run === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such run.')
        const seen = await sight(caller)
        const hostnames = new Map(seen.nodes.map(({ nodeId, hostname }) => [nodeId, hostname]))
        const results = run.results.flatMap((result) => {
          const hostname = hostnames.get(result.nodeId)
          return hostname === undefined && !seen.isWhole ? [] : [{ ...result, hostname: hostname ?? '' }]
        })
        const { documentId, action, isDone } = run
        return { status: 200, json: { runId: run.runId, documentId, action, isDone, results } }
      },
      { docs: { summary: 'What became of each node of a run so far; for a week.', answer: runShape } },
    ),
    guardedRoute(
      'GET',
      `${base}/:documentId`,
      'alerts.view-config',
      undefined,
      async ({ caller, params }) => {
        const kept = await configure.get(caller.spaceId, idIn(params))
        if (kept === undefined) throw noDocument()
        return { status: 200, json: await shownDocument(caller, kept) }
      },
      { docs: { summary: 'One alert document with its versions.', answer: documentShape } },
    ),
    guardedRoute(
      'PUT',
      `${base}/:documentId`,
      'alerts.change-config',
      savedDocument,
      async ({ caller, params, body }) => {
        const outcome = await configure.save(caller.spaceId, idIn(params), {
          document: body.document,
          version: body.version,
          note: body.note,
          by: caller.personId,
        })
        if (outcome === undefined) throw noDocument()
        const shown = await shownDocument(caller, outcome.kept)
        if (outcome.isSaved) {
          const { documentId, version } = outcome.kept
          return { status: 200, json: shown, audit: [noted('alert-document-changed', documentId, { version })] }
        }
        const { http, key } = errorKinds.CONFLICT
        const errorMessage = `Somebody saved version ${outcome.kept.version} after you had read this one; nothing was saved.`
        return { status: http, json: { errorCode: 'CONFLICT', errorMsgKey: key, errorMessage, current: shown } }
      },
      {
        ...large,
        audits: ['alert-document-changed'],
        docs: { summary: 'Keeps a new version of a document, unless somebody saved one meanwhile.', answer: documentShape },
      },
    ),
    guardedRoute(
      'DELETE',
      `${base}/:documentId`,
      'alerts.change-config',
      undefined,
      async ({ caller, params }) => {
        const there = new Set((await nodes.list(caller.spaceId)).map(({ nodeId }) => nodeId))
        const removed = await configure.remove(caller.spaceId, idIn(params), there)
        if (removed === undefined) throw noDocument()
        return { status: 204, audit: [noted('alert-document-deleted', removed.documentId)] }
      },
      { audits: ['alert-document-deleted'], docs: { summary: 'Forgets a document that runs on no node.', status: 204 } },
    ),
    guardedRoute(
      'GET',
      `${base}/:documentId/versions/:version`,
      'alerts.view-config',
      undefined,
      async ({ caller, params }) => {
        const version = /^\d{1,9}$/.test(params['version'] ?? '') ? Number(params['version']) : 0
        const document = await configure.version(caller.spaceId, idIn(params), version)
        if (document === undefined) throw new ThroughlineError('NOT_FOUND', 'This version is not kept.')
        return { status: 200, json: { document } }
      },
      { docs: { summary: 'The text of one version of a document.', answer: z.object({ document: alertDocumentSchema }) } },
    ),
    guardedRoute(
      'POST',
      `${base}/:documentId/apply`,
      'alerts.change-config',
      chosenNodes,
      ({ caller, params, body }) => begin(caller, params, 'apply', body.nodeIds),
      {
        audits: ['alert-document-applied'],
        docs: {
          summary: 'Puts the newest version of a document on nodes; those that are away get it when they are back.',
          ...startedShape,
        },
      },
    ),
    guardedRoute(
      'POST',
      `${base}/:documentId/restore`,
      'alerts.change-config',
      chosenNodes,
      ({ caller, params, body }) => begin(caller, params, 'restore', body.nodeIds),
      {
        audits: ['alert-document-applied'],
        docs: { summary: 'Puts back on nodes what ran there before, or takes away what was added.', ...startedShape },
      },
    ),
    guardedRoute(
      'POST',
      `${base}/:documentId/check`,
      'alerts.change-config',
      checkedNodes,
      ({ caller, params, body }) => begin(caller, params, 'check', body.nodeIds),
      {
        audits: { none: 'it only compares' },
        docs: { summary: 'Compares what nodes run with what is kept; without nodes, all that have the document.', ...startedShape },
      },
    ),
  ]
}

function idIn(params: Readonly<Record<string, string>>): string {
  const documentId = canonicalUuid(params['documentId'])
  if (documentId === undefined) throw noDocument()
  return documentId
}

const noDocument = () => new ThroughlineError('NOT_FOUND', 'There is no such alert document.')

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { clientAddress } from '../../src/support/client-address.ts'
import type { Log } from '../../src/support/log.ts'
import type { Caller, PersonCaller } from '../identity/ports.ts'
import { createGate, type GateDeps } from './gate.ts'
import { apiLimits } from './limits.ts'
import type { AuditNote, Route, RouteAnswer, RouteRequest } from './route.ts'
import type { RequestLimits } from './request-limits.ts'
import { parseBody, parseQuery } from './strict-json.ts'

type Who = Caller | PersonCaller | undefined

/** Makes the handler of a route: gate, query, body, the route itself, what it did into the audit, its answer. */
export function createRouteHandlers(
  deps: GateDeps & { readonly log: Log; readonly limits: RequestLimits },
): (route: Route) => RequestHandler {
  const { auditor, log, limits } = deps
  const gate = createGate(deps)

  const keepNotes = async (route: Route, caller: Who, notes: readonly AuditNote[]) => {
    for (const note of notes) {
      const declared = Array.isArray(route.audits) ? (route.audits as readonly string[]) : []
      // What happened is kept in any case; the table that tests and people read must not lie about it.
      if (!declared.includes(note.action)) log.error('audit_undeclared', { action: note.action, path: route.path })
      await auditor.record(eventOf(note, caller))
    }
  }

  /** What a handler refuses by more than the role is a refusal like one of the gate (T2). */
  const keepRefusal = async (route: Route, caller: Who, thrown: unknown) => {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'FORBIDDEN' || caller === undefined) return
    const details = { method: route.method, ...('role' in caller ? { role: caller.role } : {}) }
    await auditor.record(eventOf({ action: 'access-denied', subject: { kind: 'route', id: route.access }, details }, caller))
  }

  return (route) => {
    const readJson: RequestHandler = express.json({ limit: route.bodyBytes ?? apiLimits.bodyBytes, type: () => true, strict: false })
    const isStrict = route.style === 'own'
    const answer = async (request: Request, response: Response, caller: Who, params: Readonly<Record<string, string>>) => {
      const query = parseQuery(request.originalUrl, route.query, { isStrict })
      if (route.method !== 'GET') {
        await new Promise<void>(
          (resolve, reject) =>
            void readJson(request, response, (trouble?: unknown) => (trouble === undefined ? resolve() : reject(trouble))),
        )
      }
      const given = {
        caller,
        // Clients send bodies with requests that take none (cloud-api §1.2); only our own routes refuse them.
        body:
          route.method === 'GET' || (!isStrict && route.body === undefined)
            ? {}
            : parseBody(request.body as unknown, route.body, apiLimits.jsonDepth),
        query,
        params,
        cookie: request.headers.cookie,
        ip: clientAddress(request),
        userAgent: (request.headers['user-agent'] ?? '').slice(0, 256),
      }
      try {
        const made = await (route.handle as (given: RouteRequest<unknown, unknown, unknown>) => Promise<RouteAnswer> | RouteAnswer)(given)
        await keepNotes(route, caller, made.audit ?? [])
        return made
      } catch (thrown) {
        await keepRefusal(route, caller, thrown)
        throw thrown
      }
    }

    return async (request, response) => {
      limits.checkStranger(clientAddress(request), route)
      const params = request.params as Readonly<Record<string, string>>
      let leave = () => {}
      try {
        const caller = await gate.admit(route, request.headers, params)
        leave = limits.enter(caller)
        await send(response, await answer(request, response, caller, params))
      } catch (thrown) {
        if (!isGoneAlready(route, thrown)) throw thrown
        // A body that nobody reads must not stand before the next request.
        if (!request.complete) response.set('Connection', 'close')
        response.status(204).end()
      } finally {
        leave()
      }
    }
  }
}

/** Existing clients take a 404 of a deletion for a failure: what is not there, or not theirs, counts as deleted (cloud-api §1.3). */
function isGoneAlready(route: Route, thrown: unknown): boolean {
  return route.style === 'compatible' && route.method === 'DELETE' && thrown instanceof ThroughlineError && thrown.code === 'NOT_FOUND'
}

async function send(response: Response, answer: RouteAnswer): Promise<void> {
  response.status(answer.status)
  if (answer.cookies !== undefined) response.setHeader('Set-Cookie', [...answer.cookies])
  if (answer.location !== undefined) response.setHeader('Location', answer.location)
  const fileName = answer.text?.fileName ?? answer.stream?.fileName
  if (fileName !== undefined) response.attachment(fileName)
  if (answer.stream !== undefined) {
    response.type(answer.stream.type)
    // Whoever leaves ends the reading, too; that is no failure of ours.
    await pipeline(Readable.from(answer.stream.chunks), response).catch(() => response.destroy())
  } else if (answer.text !== undefined) response.type(answer.text.type).send(answer.text.body)
  else if (answer.json !== undefined) response.json(answer.json)
  else response.end()
}

/** A note of a route with who, how and where; what the note itself says of these counts more. */
function eventOf(note: AuditNote, caller: Who): Parameters<GateDeps['auditor']['record']>[0] {
  return {
    spaceId: caller !== undefined && 'spaceId' in caller ? caller.spaceId : undefined,
    personId: caller?.personId,
    via: caller?.via ?? 'none',
    ...note,
  }
}

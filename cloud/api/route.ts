import type { z } from 'zod'
import type { AuditAction, AuditEvent } from '../../src/domain/audit.ts'
import type { Permission, PersonPermission } from '../identity/permissions.ts'
import type { Caller, PersonCaller } from '../identity/ports.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a handler gets: parsed and checked, nothing raw. */
export interface RouteRequest<Who, Body, Query> {
  readonly caller: Who
  readonly body: Body
  readonly query: Query
  readonly params: Readonly<Record<string, string>>
  readonly cookie: string | undefined
  /** The address the connection comes from. */
  readonly ip: string
  /** What the browser calls itself, cut at 256 characters; hostile text. */
  readonly userAgent: string
}

/** What a route says for the audit; who, how and in which space is added by the one place that answers. */
export type AuditNote = Pick<AuditEvent, 'action' | 'subject' | 'roomIds' | 'nodeId' | 'claimId' | 'details'> & Partial<AuditEvent>

/** What a handler answers. */
export interface RouteAnswer {
  readonly status: number
  readonly json?: unknown
  readonly text?: { readonly type: string; readonly body: string; readonly fileName?: string }
  /** A file that is made while it is sent, and never whole in memory. */
  readonly stream?: { readonly type: string; readonly chunks: AsyncIterable<string>; readonly fileName: string }
  /** Where a browser is sent instead; a path of ours. Only routes that browsers open themselves do this. */
  readonly location?: string
  /** Set-Cookie lines. */
  readonly cookies?: readonly string[]
  /** What was done; kept before the answer leaves. */
  readonly audit?: readonly AuditNote[]
}

/** What the document of the API says of a route. */
export interface RouteDocs {
  /** One sentence. */
  readonly summary: string
  /** The body of the good answer; undefined when it has none. */
  readonly answer?: z.ZodType
  readonly status?: number
}

export interface RouteOptions {
  /** Most bytes of the body; undefined: what any request may have (security requirements §1). */
  readonly bodyBytes?: number
  /** Query parameters it takes; undefined: none. */
  readonly query?: z.ZodType
  /** What it writes into the audit; a reason when it changes something that is not audited. */
  readonly audits?: readonly AuditAction[] | { readonly none: string }
  readonly docs: RouteDocs
}

/**
 * `own`: strict, application/json only, unknown members refused. `compatible`: what existing clients speak (cloud-api §1.2): any
 * Content-Type, unknown members and parameters passed over.
 */
export type RouteStyle = 'own' | 'compatible'

interface Row<Access, Who> extends RouteOptions {
  readonly method: Method
  readonly path: string
  readonly style: RouteStyle
  readonly access: Access
  /** Undefined: the request may have no members in its body. */
  readonly body: z.ZodType | undefined
  readonly handle: (request: RouteRequest<Who, unknown, unknown>) => Promise<RouteAnswer> | RouteAnswer
}

/** One route of ours as data: the table of these is all that can be reached (T1). */
export type PublicRoute = Row<'public', undefined>
/** For a person, whatever the space. */
export type PersonRoute = Row<PersonPermission, PersonCaller> & { readonly isPersonal: true }
/**
 * For a role in a space. An own route is registered twice, below `/spaces/:spaceId` and without, where the caller's usual space is
 * meant; a compatible one names its space as `:spaceId`.
 */
export type GuardedRoute = Row<Permission, Caller> & { readonly isPersonal: false }
export type Route = PublicRoute | PersonRoute | GuardedRoute

type Handler<Who, Body extends z.ZodType> = (request: RouteRequest<Who, z.output<Body>, never>) => Promise<RouteAnswer> | RouteAnswer

/** A route anyone may call. */
export function publicRoute<Body extends z.ZodType>(
  method: Method,
  path: string,
  body: Body | undefined,
  handle: Handler<undefined, Body>,
  options: RouteOptions & { readonly style?: RouteStyle },
): PublicRoute {
  // The gate parses the body with this very schema before it calls.
  return { method, path, style: 'own', access: 'public', body, handle: handle as unknown as PublicRoute['handle'], ...options }
}

/** A route for whoever is signed in; what they need is no role. */
export function personRoute<Body extends z.ZodType>(
  method: Method,
  path: string,
  permission: PersonPermission,
  body: Body | undefined,
  handle: Handler<PersonCaller, Body>,
  options: RouteOptions & { readonly style?: RouteStyle },
): PersonRoute {
  const row = { method, path, style: 'own' as const, access: permission, body, handle: handle as unknown as PersonRoute['handle'] }
  return { ...row, isPersonal: true, ...options }
}

/** A route for callers with a permission in a space. */
export function guardedRoute<Body extends z.ZodType>(
  method: Method,
  path: string,
  permission: Permission,
  body: Body | undefined,
  handle: Handler<Caller, Body>,
  options: RouteOptions & { readonly style?: RouteStyle },
): GuardedRoute {
  const row = { method, path, style: 'own' as const, access: permission, body, handle: handle as unknown as GuardedRoute['handle'] }
  return { ...row, isPersonal: false, ...options }
}

/** The agents' routes: what they say and allow is the gateway's; here stands only that they exist (aclk §1–3). */
export const agentRoutes = [
  {
    method: 'PUT',
    path: '/api/v1/spaces/nodes/:claimId',
    access: 'agent',
    summary: 'An agent claims itself with a claim token.',
    status: 204,
  },
  { method: 'GET', path: '/api/v1/env', access: 'agent', summary: 'Where and how an agent connects.', status: 200 },
  {
    method: 'GET',
    path: '/api/v1/auth/node/:claimId/challenge',
    access: 'agent',
    summary: 'What an agent proves its key with.',
    status: 200,
  },
  {
    method: 'POST',
    path: '/api/v1/auth/node/:claimId/password',
    access: 'agent',
    summary: 'The login of an agent that proved its key.',
    status: 201,
  },
] as const satisfies readonly { method: Method; path: string; access: 'agent'; summary: string; status: number }[]

/** Where our own routes begin. */
export const apiBase = '/api/throughline/v1'

/** The addresses a route is reached at: an own one of a space with and without the space in it. */
export function addressesOf(route: Pick<Route, 'path' | 'style' | 'access'> & { readonly isPersonal?: boolean }): readonly string[] {
  const isInSpace = route.isPersonal === false && route.style === 'own'
  return isInSpace ? [route.path, route.path.replace(apiBase, `${apiBase}/spaces/:spaceId`)] : [route.path]
}

import type { z } from 'zod'
import type { Permission } from '../identity/permissions.ts'
import type { Caller } from '../identity/ports.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What a handler gets: parsed and checked, nothing raw. */
export interface RouteRequest<Who, Body> {
  readonly caller: Who
  readonly body: Body
  readonly params: Readonly<Record<string, string>>
  readonly cookie: string | undefined
  /** The address the connection comes from. */
  readonly ip: string
}

/** What a handler answers. */
export interface RouteAnswer {
  readonly status: number
  readonly json?: unknown
  readonly text?: { readonly type: string; readonly body: string }
  /** Set-Cookie lines. */
  readonly cookies?: readonly string[]
}

interface Row<Access, Who> {
  readonly method: Method
  readonly path: string
  readonly access: Access
  /** Undefined: the request may have no members in its body. */
  readonly body: z.ZodType | undefined
  /** Most bytes of the body; undefined: what any request may have. */
  readonly bodyBytes?: number | undefined
  readonly handle: (request: RouteRequest<Who, unknown>) => Promise<RouteAnswer> | RouteAnswer
}

/** One route of ours as data: the table of these is all that can be reached (T1). */
export type PublicRoute = Row<'public', undefined>
export type GuardedRoute = Row<Permission, Caller>
export type Route = PublicRoute | GuardedRoute

type Handler<Who, Schema extends z.ZodType> = (request: RouteRequest<Who, z.output<Schema>>) => Promise<RouteAnswer> | RouteAnswer

/** A route anyone may call. */
export function publicRoute<Schema extends z.ZodType>(
  method: Method,
  path: string,
  body: Schema | undefined,
  handle: Handler<undefined, Schema>,
): PublicRoute {
  // The gate parses the body with this very schema before it calls.
  return { method, path, access: 'public', body, handle: handle as PublicRoute['handle'] }
}

/** A route for callers with a permission. `bodyBytes` is for the few whose bodies are larger than others' (security requirements §1). */
export function guardedRoute<Schema extends z.ZodType>(
  method: Method,
  path: string,
  permission: Permission,
  body: Schema | undefined,
  handle: Handler<Caller, Schema>,
  { bodyBytes }: { readonly bodyBytes?: number } = {},
): GuardedRoute {
  return { method, path, access: permission, body, bodyBytes, handle: handle as GuardedRoute['handle'] }
}

/** The agents' routes: what they say and allow is the gateway's; here stands only that they exist (aclk §1–3). */
export const agentRoutes = [
  { method: 'PUT', path: '/api/v1/spaces/nodes/:claimId', access: 'agent' },
  { method: 'GET', path: '/api/v1/env', access: 'agent' },
  { method: 'GET', path: '/api/v1/auth/node/:claimId/challenge', access: 'agent' },
  { method: 'POST', path: '/api/v1/auth/node/:claimId/password', access: 'agent' },
] as const satisfies readonly { method: Method; path: string; access: 'agent' }[]

/** Where our own routes begin. */
export const apiBase = '/api/throughline/v1'

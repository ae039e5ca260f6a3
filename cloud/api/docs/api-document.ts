import { z } from 'zod'
import { createDocument, type oas31, type ZodOpenApiOperationObject } from 'zod-openapi'
import { permissions, personPermissions, type Permission, type PersonPermission } from '../../identity/permissions.ts'
import { addressesOf, agentRoutes, type Method, type Route } from '../route.ts'
import { apiGroups, groupOf } from './api-groups.ts'
import { relayedBody, relayedRows } from './relayed-rows.ts'

/** The document as it is served. */
export type ApiDocument = oas31.OpenAPIObject

export interface ApiDocumentDeps {
  /** Every route of ours, those of the document too. */
  readonly routes: readonly Route[]
  readonly version: string
}

const errorAnswer = z
  .object({
    errorCode: z.string().meta({ description: 'What it is, for programs.' }),
    errorMsgKey: z.string().meta({ description: 'The same, as existing clients know it.' }),
    errorMessage: z.string().meta({ description: 'What it is, for people.' }),
  })
  .meta({ id: 'Error' })

interface Entry {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly access: Permission | PersonPermission | 'public' | 'agent'
  readonly body?: z.ZodType | undefined
  readonly query?: z.ZodType | undefined
  readonly answer?: z.ZodType | undefined
  readonly status?: number | undefined
}

/** Everything that is served, one row an address. */
function entriesOf(routes: readonly Route[]): readonly Entry[] {
  const ours = routes.flatMap((route) => {
    const { method, access, body, query, docs } = route
    return addressesOf(route).map((path) => ({ method, path, access, body, query, ...docs }))
  })
  const relayed = relayedRows.flatMap(({ method, path, need, summary, query, hasBody }) =>
    addressesOf({ path, style: path.startsWith('/api/throughline/') ? 'own' : 'compatible', access: need, isPersonal: false }).map(
      (each) => ({
        method,
        path: each,
        access: need,
        summary,
        query,
        body: hasBody ? relayedBody : undefined,
        answer: z.looseObject({}),
      }),
    ),
  )
  const agents = agentRoutes.map(({ method, path, access, summary, status }) => ({ method, path, access, summary, status }))
  return [...agents, ...ours, ...relayed]
}

/** An address as OpenAPI writes it. */
export function documentedPath(path: string): string {
  return path.replaceAll('\\:', ':').replaceAll(/(?<=\/):(\w+)/g, '{$1}')
}

/**
 * The OpenAPI 3.1 document of all that is served, made of the very schemas that check requests: what is said here is what is taken.
 * Throws for a route that belongs to no group, or whose schema cannot be written.
 */
export function createApiDocument({ routes, version }: ApiDocumentDeps): ApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const entry of entriesOf(routes)) {
    const place = (paths[documentedPath(entry.path)] ??= {})
    place[entry.method.toLowerCase()] = operationOf(entry)
  }
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Throughline',
        version,
        description:
          'The API of this installation. Own addresses take application/json alone and refuse what they do not know; those of existing clients take any content type and pass unknown members over. Addresses of a space are there with and without the space in them; without, the usual space is meant.',
      },
      servers: [{ url: '/' }],
      tags: apiGroups.map(({ name, about }) => ({ name, description: about })),
      paths,
      components: {
        schemas: { Error: errorAnswer },
        responses: { Refused: { description: 'Refused; the body says why.', content: { 'application/json': { schema: errorAnswer } } } },
        securitySchemes: {
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-throughline',
            description: 'A browser that signed in; changes need its Origin.',
          },
          bearer: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        },
      },
    },
    // Values of agents and of records of anything have no schema to tell.
    { allowEmptySchema: { unknown: true, any: true, custom: true, transform: true }, reused: 'inline' },
  )
}

function operationOf(entry: Entry): ZodOpenApiOperationObject {
  const { method, path, summary, access, body, query, answer, status } = entry
  const group = groupOf(path)
  if (group === undefined) throw new TypeError(`${path} belongs to no group of the API document`)
  const names = [...path.matchAll(/(?<=\/):(\w+)/g)].map(([, name = '']) => name)
  const isRead = method === 'GET'
  const requestParams = {
    ...(names.length === 0 ? {} : { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
    ...(query instanceof z.ZodObject ? { query } : {}),
  }
  return {
    operationId: operationIdOf(method, path),
    tags: [group.name],
    summary,
    ...accessOf(access),
    ...(Object.keys(requestParams).length === 0 ? {} : { requestParams }),
    ...(body === undefined || isRead
      ? {}
      : { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: body } } } }),
    responses: {
      [String(status ?? 200)]: {
        description: answer === undefined ? 'Done.' : 'The answer.',
        ...(answer === undefined ? {} : { content: { 'application/json': { schema: answer } } }),
      },
      default: { $ref: '#/components/responses/Refused' },
    },
  }
}

/** Unique, and a word in every language that code is made for. */
function operationIdOf(method: Method, path: string): string {
  const words = path
    .replace(/\/$/, '/slash')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
  return `${method.toLowerCase()}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
}

/** Who may call, and with what proof, as the one table of permissions says it. */
function accessOf(access: Entry['access']): Partial<ZodOpenApiOperationObject> {
  if (access === 'public') return { security: [] }
  if (access === 'agent') return { security: [], description: 'Agents prove themselves by their claim token and their key.' }
  const isPersonal = access in personPermissions
  const { roles, via, scopes } = isPersonal ? personPermissions[access as PersonPermission] : permissions[access as Permission]
  const proofs: readonly string[] = via
  const takesToken = proofs.includes('api-token')
  const sentences = [
    isPersonal ? 'For whoever is signed in.' : `For the roles ${roles.join(', ')}.`,
    takesToken ? `Scopes of API tokens: ${['scope:all', ...scopes].join(', ')}.` : 'API tokens cannot call it.',
  ]
  return {
    description: sentences.join(' '),
    security: [
      ...(proofs.includes('cookie') ? [{ cookie: [] }] : []),
      ...(takesToken || proofs.includes('operator') ? [{ bearer: [] }] : []),
    ],
    'x-throughline-permission': access,
  }
}

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { restPaths } from '../../relay/rest/rest-address.ts'
import { createApiBench } from '../../../test/doubles/benches/api-bench.ts'
import { addressesOf, agentRoutes } from '../route.ts'
import { createApiDocument, documentedPath, type ApiDocument } from './api-document.ts'
import { apiGroups, groupOf } from './api-groups.ts'
import { escapeHtml } from './escape-html.ts'
import { readerHtml } from './reader-html.ts'
import { relayedRows } from './relayed-rows.ts'
import { schemaHtml } from './schema-html.ts'

const operationsOf = ({ paths = {} }: ApiDocument) =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`))

it('[OA1] registered routes and the document name the same addresses', async () => {
  const { call, routeRows } = await createApiBench()
  const answer = await call('GET', '/api/docs/openapi.json')
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  const document = answer.json as ApiDocument
  expect(document.openapi).toMatch(/^3\.1\./)
  const registered = [
    ...routeRows.flatMap((route) => addressesOf(route).map((path) => `${route.method} ${documentedPath(path)}`)),
    ...agentRoutes.map(({ method, path }) => `${method} ${documentedPath(path)}`),
    ...relayedRows.flatMap(({ method, path, need: access }) =>
      addressesOf({ path, style: path.includes('throughline') ? 'own' : 'compatible', access, isPersonal: false }).map(
        (each) => `${method} ${documentedPath(each)}`,
      ),
    ),
  ]
  expect(operationsOf(document).sort()).toEqual(registered.sort())
})

it('[OA1] what the relay answers is in the document', () => {
  const ofRelay = restPaths.flatMap(({ methods, path, need }) => methods.map((method) => ({ method, path, need })))
  const documented = relayedRows.flatMap(({ method, path, need }) => (path.includes('throughline') ? [] : [{ method, path, need }]))
  expect(documented).toEqual(ofRelay)
})

it('[OA2] an operation has what its row has: body and query by the schemas that check them, the answer, who may call', async () => {
  const { routeRows } = await createApiBench()
  const document = createApiDocument({ routes: routeRows, version: '1.2.3' })
  const at = (method: string, path: string) => (document.paths?.[path] as Record<string, object> | undefined)?.[method]
  expect(at('post', '/api/v1/spaces/{spaceId}/rooms')).toMatchObject({
    operationId: 'postApiV1SpacesSpaceIdRooms',
    tags: ['Existing clients'],
    parameters: [{ in: 'path', name: 'spaceId', required: true }],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 } } } },
      },
    },
    responses: {
      201: { content: { 'application/json': { schema: { type: 'object' } } } },
      default: { $ref: '#/components/responses/Refused' },
    },
    security: [{ cookie: [] }, { bearer: [] }],
    description: 'For the roles admin, manager. Scopes of API tokens: scope:all.',
  })
  expect(at('delete', '/api/v2/spaces/{spaceId}/members')).toMatchObject({
    parameters: [
      { in: 'path', name: 'spaceId' },
      { in: 'query', name: 'member_ids', required: true },
    ],
  })
  expect(at('get', '/api/throughline/v1/health')).toMatchObject({ security: [] })
  expect(at('post', '/api/v2/spaces/{spaceId}/rooms/{roomId}/alerts:misconfigured')).toBeDefined()
  const ids = Object.values(document.paths ?? {}).flatMap((item) =>
    Object.values(item as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
  for (const row of routeRows) expect(row.docs.summary, row.path).toMatch(/^[A-Z].*\.$/)
})

it('[OA3] the README names the groups and where their addresses begin', async () => {
  const { routeRows } = await createApiBench()
  const rows = [...readFileSync('README.md', 'utf8').matchAll(/^\| ([A-Z][\w ]+?) +\| (`\/api\/.*?) +\|$/gm)].map(
    ([, name, addresses = '']) => [name, [...addresses.matchAll(/`([^`]+)`/g)].map(([, prefix]) => prefix)],
  )
  expect(rows).toEqual(apiGroups.map(({ name, prefixes }) => [name, prefixes]))
  const empty = apiGroups.filter((group) => ![...routeRows, ...agentRoutes].some(({ path }) => groupOf(path) === group))
  expect(empty.map(({ name }) => name)).toEqual([])
})

it('[OA4] the page has every address, needs nothing from elsewhere, and no script or style of its own in it', async () => {
  const { call } = await createApiBench()
  const page = await call('GET', '/api/docs')
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers['content-security-policy']).toMatch(/script-src 'self';style-src 'self'/)
  expect((await call('GET', '/api/docs/')).text).toBe(page.text)
  expect(page.text).not.toMatch(/<style|<script>|style=|\son\w+=|https?:/)
  const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, file = '']) => file)
  expect(files).toEqual(expect.arrayContaining(['/api/docs/reader.css', '/api/docs/reader.js', '/api/docs/openapi.json']))
  for (const file of files) expect([file, (await call('GET', file)).status]).toEqual([file, 200])
  expect((await call('GET', '/api/docs/reader.js')).headers['content-type']).toMatch(/^text\/javascript/)
  const document = (await call('GET', '/api/docs/openapi.json')).json as ApiDocument
  const shown = [...page.text.matchAll(/<summary><span class="[^"]+">(\w+)<\/span> <code>([^<]+)<\/code>/g)].map(
    ([, method, path]) => `${method} ${path}`,
  )
  expect(shown.sort()).toEqual(operationsOf(document).sort())
})

it('[OA4] text of any kind is text on the page', () => {
  const hostile = `<img src=x onerror=alert(1)>"'&`
  const document: ApiDocument = {
    openapi: '3.1.1',
    info: { title: hostile, version: hostile, description: hostile },
    tags: [{ name: hostile, description: hostile }],
    paths: { [`/${hostile}`]: { get: { tags: [hostile], summary: hostile, responses: { [hostile]: { description: '' } } } } },
  }
  expect(readerHtml(document)).not.toContain('<img')
  expect(schemaHtml({ type: 'object', description: hostile, properties: { [hostile]: { enum: [hostile] } } })).not.toContain('<img')
  expect(escapeHtml(`<&>"'`)).toBe('&lt;&amp;&gt;&quot;&#39;')
})

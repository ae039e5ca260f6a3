import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createApiBench } from '../../test/doubles/benches/api-bench.ts'
import { apiLimits } from './limits.ts'

const base = '/api/throughline/v1'
const describePath = `${base}/sign-in/describe`

it('[API16] tells bad JSON from bad members', async () => {
  const { call } = await createApiBench()
  const status = async (body: unknown) => (await call('POST', describePath, { body })).status
  for (const broken of ['{', '{"token":}', 'token', "{'token':1}", '{"token":"a"}x', '\u0000']) expect(await status(broken)).toBe(400)
  for (const wrong of [
    '[]',
    '1',
    'null',
    '"x"',
    '{}',
    '{"token":1}',
    '{"token":["a"]}',
    '{"token":{"$ne":""}}',
    '{"token":"a","more":1}',
  ]) {
    expect(`${wrong} ${await status(wrong)}`).toBe(`${wrong} 422`)
  }
  expect(await status('{"token":"a","__proto__":{"x":1}}')).toBe(422)
  expect(await status('{"token":"a","constructor":{"x":1}}')).toBe(422)
  expect(await status({ token: 'x'.repeat(600) })).toBe(422)
  expect(await status({ token: 'x' })).toBe(403)
})

it('[API16] refuses deep nesting', async () => {
  const { call } = await createApiBench()
  const nested = (depth: number) => `{"token":${'['.repeat(depth)}${']'.repeat(depth)}}`
  for (const depth of [apiLimits.jsonDepth, 10_000, 30_000]) {
    expect(await call('POST', describePath, { body: nested(depth) })).toMatchObject({
      status: 422,
      json: { errorMessage: 'The body nests too deeply.' },
    })
  }
})

it('[API16] refuses large bodies, before and after inflating', async () => {
  const { call } = await createApiBench()
  const large = JSON.stringify({ token: 'x'.repeat(apiLimits.bodyBytes) })
  expect((await call('POST', describePath, { body: large })).status).toBe(413)
  const bomb = gzipSync(JSON.stringify({ token: 'x'.repeat(5_000_000) }))
  expect(bomb.length).toBeLessThan(apiLimits.bodyBytes)
  expect((await call('POST', describePath, { body: bomb, headers: { 'content-encoding': 'gzip' } })).status).toBe(413)
  expect((await call('POST', describePath, { body: bomb.subarray(0, 100), headers: { 'content-encoding': 'gzip' } })).status).toBe(400)
  expect((await call('POST', describePath, { body: gzipSync('{"token":"x"}'), headers: { 'content-encoding': 'gzip' } })).status).toBe(403)
})

it('[API16] wants an empty body where there is nothing to say', async () => {
  const { call } = await createApiBench()
  expect((await call('POST', `${base}/sign-out`, { body: { all: true } })).status).toBe(422)
  expect((await call('POST', `${base}/sign-out`, { body: '[]' })).status).toBe(422)
  expect((await call('POST', `${base}/sign-out`, { body: {} })).status).toBe(204)
  expect((await call('POST', `${base}/sign-out`)).status).toBe(204)
})

it('[API17] takes no query parameters', async () => {
  const { call } = await createApiBench()
  for (const query of ['?a=1', '?a=1&a=2', '?a[$ne]=1', '?__proto__[x]=1', '?%', '?&'])
    expect((await call('GET', `${base}/health${query}`)).status).toBe(422)
  expect((await call('GET', `${base}/health?`)).status).toBe(200)
})

it('[API18] answers unknown addresses and methods as JSON', async () => {
  const { call } = await createApiBench()
  for (const path of [
    '/api',
    '/api/',
    '/api/nothing',
    '/api/v1/nothing',
    `${base}/nothing`,
    `${base}/health/`,
    `${base}/Health`,
    '/API/v1',
  ]) {
    expect(await call('GET', path)).toMatchObject({ status: 404, json: { errorCode: 'NOT_FOUND' } })
  }
  expect((await call('POST', `${base}/nothing`)).status).toBe(404)
  for (const method of ['PATCH', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    const answer = await call(method, `${base}/health`)
    expect(answer).toMatchObject({ status: 405, json: { errorCode: 'METHOD_NOT_ALLOWED' } })
    expect(answer.headers['allow']).toBe('GET, HEAD')
  }
  expect((await call('GET', `${base}/sign-out`)).headers['allow']).toBe('POST')
  const overridden = await call('GET', `${base}/health`, { headers: { 'x-http-method-override': 'DELETE', 'x-method-override': 'POST' } })
  expect(overridden.status).toBe(200)
})

it('[API19] tells browsers to be strict', async () => {
  const { call } = await createApiBench()
  for (const path of ['/', `${base}/health`, '/api/nothing', '/assets/main-abc123.js']) {
    const { headers } = await call('GET', path)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self' wss://localhost:8443;manifest-src 'self';worker-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    if (path.startsWith('/api')) expect(headers['cache-control']).toBe('no-store')
  }
})

it('[API20] serves the page at every address of one', async () => {
  const { call } = await createApiBench()
  for (const path of ['/', '/nodes', '/nodes/22222222-2222-4222-8222-222222222222', '/sign-in', '/connect', '/connect/x?y=1']) {
    const { status, text, headers } = await call('GET', path)
    expect({ path, status, text }).toEqual({ path, status: 200, text: '<!doctype html><title>Throughline</title>' })
    expect(headers['cache-control']).toBe('no-cache')
  }
  expect((await call('GET', '/assets/main-abc123.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await call('GET', '/assets/main-abc123.js', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding']).toBe('gzip')
  expect((await call('GET', '/favicon.svg')).headers['cache-control']).toBe('no-cache')
  for (const path of [
    '/assets/gone.js',
    '/robots.txt',
    '/.env',
    '/assets/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc%2fpasswd.x',
  ]) {
    expect(`${path} ${(await call('GET', path)).status}`).toBe(`${path} 404`)
  }
  expect((await call('POST', '/nodes')).status).toBe(405)
})

it('[EV27] the worker of the page is asked for each time, and takes everything back where browsers may not keep the page', async () => {
  const on = await createApiBench()
  expect(await on.call('GET', '/sw.js')).toMatchObject({ status: 200, text: 'keeps()', headers: { 'cache-control': 'no-cache' } })
  expect((await on.call('GET', '/')).headers['content-security-policy']).toContain("worker-src 'self'")
  const off = await createApiBench({ api: { isOfflinePage: false } })
  expect(await off.call('GET', '/sw.js')).toMatchObject({ status: 200, text: 'takesBack()', headers: { 'cache-control': 'no-cache' } })
})

it('[API20] says so when the page is not built', async () => {
  const { call } = await createApiBench({ api: { staticFolder: '/nonexistent-throughline-page' } })
  expect(await call('GET', '/')).toMatchObject({ status: 404, json: { errorMessage: 'The page is not built; run npm run build.' } })
})

it("[API21] hands agents' requests to the gateway as they came", async () => {
  const { call } = await createApiBench()
  const answer = await call('GET', '/api/v1/env?v=1.37.1&cap=proto,ctx&claim_id=x')
  expect(answer).toMatchObject({ status: 200, json: { url: '/api/v1/env?v=1.37.1&cap=proto,ctx&claim_id=x' } })
  for (const name of ['content-security-policy', 'strict-transport-security', 'x-powered-by', 'etag'])
    expect(answer.headers).not.toHaveProperty(name)
  const claim = await call('PUT', '/api/v1/spaces/nodes/ABC', {
    body: '{ not json',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(claim.json).toEqual({ claimId: 'ABC', bytes: 10 })
  expect((await call('DELETE', '/api/v1/env')).status).toBe(405)
})

it('[API22] answers no hostile input with a 5xx', async () => {
  const { call, signedIn } = await createApiBench()
  const cookie = await signedIn()
  const paths = [
    '/%',
    '/%00',
    '/%c0%ae',
    '/%ff',
    '//',
    '///evil.example',
    '/\\..\\',
    `/${'a'.repeat(5_000)}`,
    `${base}/nodes/%`,
    `${base}/nodes/%00`,
    `${base}/nodes/__proto__`,
    `${base}/nodes/%e2%80%ae`,
    `${base}/sign-ins/%ff`,
    '/api/v1/spaces/nodes/%',
    '/assets/%',
    '/assets/%00',
    '/assets',
    '/assets/',
    '/?%',
    '/nodes/..',
    '/.',
  ]
  for (const path of paths)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
      const { status } = await call(method, path, { cookie })
      expect(`${method} ${path} ${status < 500}`).toBe(`${method} ${path} true`)
    }
  const headers: readonly Record<string, string>[] = [
    { authorization: 'Bearer' },
    { authorization: 'Bearer \u00e9' },
    { authorization: `Bearer ${'a'.repeat(5_000)}` },
    { authorization: 'Bearer throughline_' },
    { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
    { cookie: '__Host-throughline=%%%' },
    { cookie: '=;=;;' },
    { cookie: `__Host-throughline=${'.'.repeat(3_000)}` },
    { cookie: `__Host-throughline-refresh=${'A'.repeat(128)}` },
    { range: 'bytes=9-1,-,x' },
    { 'if-none-match': '*' },
    { 'if-modified-since': 'never' },
    { 'accept-encoding': ',,;q=x' },
    { expect: 'the-unexpected' },
    { te: 'x' },
    { 'content-length': '0' },
  ]
  for (const each of headers)
    for (const path of [`${base}/me`, '/', '/assets/main-abc123.js']) {
      const { status } = await call('GET', path, { headers: each })
      expect(`${JSON.stringify(each).slice(0, 60)} ${path} ${status < 500}`).toBe(`${JSON.stringify(each).slice(0, 60)} ${path} true`)
    }
  for (const path of ['session/refresh', 'sign-out'])
    expect((await call('POST', `${base}/${path}`, { cookie: `__Host-throughline-refresh=${'A'.repeat(128)}` })).status).toBeLessThan(500)
})

it('[API25] changes nothing by GET or HEAD', async () => {
  const { call, signedIn, issued } = await createApiBench()
  const cookie = await signedIn()
  for (const method of ['GET', 'HEAD'])
    for (const path of ['claim-tokens/1', 'api-tokens/1', 'sign-out', 'session/refresh', 'sign-in']) {
      expect((await call(method, `${base}/${path}`, { cookie })).status).toBe(405)
    }
  expect((await call('GET', `${base}/health`, { body: '{"a":1}', headers: { 'content-type': 'application/json' } })).status).toBe(200)
  expect((await call('HEAD', `${base}/me`, { cookie })).status).toBe(200)
  expect(issued).toEqual([])
})

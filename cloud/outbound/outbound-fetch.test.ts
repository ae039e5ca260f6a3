import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createAddressCheck } from '../../src/support/public-address.ts'
import { createOutboundFetch, type OutboundFetchLimits } from './outbound-fetch.ts'

async function start(answer: RequestListener, limits: Partial<OutboundFetchLimits> = {}) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const clock = createHandClock()
  const resolve = async () => ['127.0.0.1']
  const fetch = createOutboundFetch({ clock, timeMs: 10_000, answerBytes: 1_000, mayReach: () => true, resolve, ...limits })
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`
  const untilAsked = async () => {
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { fetch, url, clock, asked: () => asked.length, untilAsked }
}

it('[SI64] a form is posted, and status, headers and body of the answer come back', async () => {
  const { fetch, url } = await start((request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.writeHead(201, { 'X-Type': request.headers['content-type'] })
    request.pipe(response)
  })
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ code: 'ü' }) })
  expect([answer.status, answer.headers.get('x-type'), answer.headers.getSetCookie(), await answer.text()]).toEqual([
    201,
    'application/x-www-form-urlencoded;charset=UTF-8',
    ['a=1', 'b=2'],
    'code=%C3%BC',
  ])
})

it('[SI64] (N1) a redirect is not followed, and an answer without a body is one', async () => {
  const { fetch, url, asked } = await start((_request, response) =>
    asked() === 1 ? response.writeHead(302, { Location: '/elsewhere' }).end() : response.writeHead(204).end(),
  )
  expect((await fetch(url)).status).toBe(302)
  expect(asked()).toBe(1)
  const { status, body } = await fetch(url)
  expect([status, body]).toEqual([204, null])
})

it('[SI64] an answer of just the allowed length is read, a longer or an endless one is an error', async () => {
  const sizes = [1_000, 1_001]
  const { fetch, url } = await start((_request, response) => {
    const size = sizes.shift()
    if (size !== undefined) return void response.end('x'.repeat(size))
    const more = () => void (response.destroyed || response.write('x'.repeat(100), more))
    more()
  })
  expect(await (await fetch(url)).text()).toHaveLength(1_000)
  await expect(fetch(url)).rejects.toThrow('the answer is too long')
  await expect(fetch(url)).rejects.toThrow('the answer is too long')
})

it('[SI64] an answer that does not come, does not end, breaks off or is none has failed', async () => {
  const silent = await start(() => {})
  const waiting = silent.fetch(silent.url)
  await silent.untilAsked()
  silent.clock.advance(10_000)
  await expect(waiting).rejects.toMatchObject({ code: 'OUTBOUND_FAILED', message: 'There was no answer within 10 s.' })
  const slow = await start((_request, response) => void response.write('x'))
  const reading = slow.fetch(slow.url)
  await slow.untilAsked()
  slow.clock.advance(10_000)
  await expect(reading).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
  const broken = await start((_request, response) => void response.write('x', () => response.destroy()))
  await expect(broken.fetch(broken.url)).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
  const none = await start((_request, response) => void response.writeHead(101, { Connection: 'Upgrade', Upgrade: 'x' }).end())
  await expect(none.fetch(none.url)).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
  const deaf = await start(() => {}, { resolve: () => new Promise(() => {}) })
  const resolving = deaf.fetch(deaf.url)
  deaf.clock.advance(10_000)
  await expect(resolving).rejects.toMatchObject({ code: 'OUTBOUND_FAILED' })
})

it('[SI64] whoever gives up hears their own reason', async () => {
  const { fetch, url, untilAsked } = await start(() => {})
  const giveUp = new AbortController()
  const waiting = fetch(url, { signal: giveUp.signal })
  await untilAsked()
  giveUp.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(fetch(url, { signal: giveUp.signal })).rejects.toThrow('enough')
})

it('[SI64] (N1) another protocol, plain http beyond this host and an address that is not public are not asked', async () => {
  const { fetch, url, asked } = await start((_request, response) => void response.end(), { mayReach: createAddressCheck([]) })
  for (const address of ['ftp://example.com/', 'http://example.com/', 'http://10.0.0.1/']) await expect(fetch(address)).rejects.toThrow()
  for (const address of [url, 'http://[::1]/', 'https://[::ffff:10.0.0.1]/', 'https://[64:ff9b::a00:1]/', 'https://[2002:a00:1::1]/'])
    await expect(fetch(address)).rejects.toMatchObject({ code: 'OUTBOUND_REFUSED' })
  expect(asked()).toBe(0)
})

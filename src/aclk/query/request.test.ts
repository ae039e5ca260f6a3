import { expect, it } from 'vitest'
import { linkLimits } from '../limits.ts'
import { decodeQuestion, encodeQuestion } from './request.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

it('[AK8] a question is a JSON line, an empty line and an HTTP request that accepts gzip', () => {
  const payload = text(encodeQuestion('m1', '/cloud/reply/m1', { method: 'GET', target: '/node/x/api/v1/info', timeoutMs: 30_000 }))
  expect(payload).toBe(
    '{"type":"http","msg-id":"m1","callback-topic":"/cloud/reply/m1","version":2,"timeout":30000}\r\n\r\n' +
      'GET /node/x/api/v1/info HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n',
  )
})

it('[AK9] a question with an asker and a body says who asks and how long the body is', () => {
  const payload = encodeQuestion('m1', '/r/m1', {
    method: 'POST',
    target: '/api/v3/function?function=x',
    timeoutMs: 1000,
    asker: { permissions: 0x7ff, role: 'admin', accountId: 'a-1', userName: 'Žo\r\nX: y' },
    body: { contentType: 'application/json', text: '{"é":1}' },
  })
  expect(decodeQuestion(payload)).toMatchObject({
    messageId: 'm1',
    callbackTopic: '/r/m1',
    timeoutMs: 1000,
    method: 'POST',
    acceptsGzip: true,
    bodyText: '{"é":1}',
  })
  expect(Object.fromEntries(decodeQuestion(payload)?.headers ?? [])).toEqual({
    'accept-encoding': 'gzip',
    'x-netdata-role': 'admin',
    'x-netdata-permissions': '0x7ff',
    'x-netdata-account-id': 'a-1',
    'x-netdata-user-name': '?o??X: y',
    'content-type': 'application/json',
    'content-length': '8',
  })
})

it.each(['api/v1/info', '/api/v1/a b', '/api/v1/a\r\nX: y', '/api/v1/a\u0000'])(
  '[AK10] refuses the target %j, which would break the frame',
  (target) => {
    expect(() => encodeQuestion('m', '/r', { method: 'GET', target, timeoutMs: 1 })).toThrow(
      expect.objectContaining({ code: 'LINK_PROTOCOL' }) as Error,
    )
  },
)

it('[AK10] refuses a body with a NUL, and a question old agents could not read', () => {
  const ask = (body: string) => () =>
    encodeQuestion('m', '/r', { method: 'POST', target: '/a', timeoutMs: 1, body: { contentType: 'text/plain', text: body } })
  expect(ask('a\u0000b')).toThrow(expect.objectContaining({ code: 'LINK_PROTOCOL' }) as Error)
  expect(ask('x'.repeat(linkLimits.inboundBytes))).toThrow(expect.objectContaining({ code: 'LINK_TOO_LARGE' }) as Error)
})

it('[AK101] nothing of who asks can add a header line', () => {
  const asker = { permissions: 0x0b, role: 'admin\r\nX-A: 1', accountId: 'a\r\nX-B: 2', userName: 'u\nX-C: 3' }
  const payload = encodeQuestion('m1', '/r/m1', { method: 'GET', target: '/a', timeoutMs: 1, asker })
  expect(text(payload).match(/\r\nX-/g)).toHaveLength(4)
  expect(Object.fromEntries(decodeQuestion(payload)?.headers ?? [])).toEqual({
    'accept-encoding': 'gzip',
    'x-netdata-role': 'admin??X-A: 1',
    'x-netdata-permissions': '0xb',
    'x-netdata-account-id': 'a??X-B: 2',
    'x-netdata-user-name': 'u?X-C: 3',
  })
})

it.each(['POST', 'PUT'] as const)('[AK102] refuses %s without a body', (method) => {
  expect(() => encodeQuestion('m', '/r', { method, target: '/a', timeoutMs: 1 })).toThrow(
    expect.objectContaining({ code: 'LINK_PROTOCOL' }) as Error,
  )
})

it.each(['GET', 'DELETE'] as const)('[AK102] refuses a body with %s', (method) => {
  const body = { contentType: 'application/json', text: '{}' }
  expect(() => encodeQuestion('m', '/r', { method, target: '/a', timeoutMs: 1, body })).toThrow(
    expect.objectContaining({ code: 'LINK_PROTOCOL' }) as Error,
  )
})

it.each([
  ['no separator', '{"type":"http"}'],
  ['no JSON', 'x\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ['version 1', '{"type":"http","msg-id":"m","callback-topic":"/r","version":1}\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ['a callback without slash', '{"type":"http","msg-id":"m","callback-topic":"r","version":2}\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ['another method', '{"type":"http","msg-id":"m","callback-topic":"/r","version":2}\r\n\r\nHEAD / HTTP/1.1\r\n\r\n'],
])('[AK11] a question with %s is none', (_name, payload) => {
  expect(decodeQuestion(new TextEncoder().encode(payload))).toBeUndefined()
})

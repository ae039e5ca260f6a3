import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { clientAddress } from '../../../src/support/client-address.ts'
import { createForwarded } from './forwarded.ts'

const ask = (proxies: readonly string[], peer: string, headers: Record<string, string> = {}) => {
  const request = { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage
  const client = createForwarded(proxies)(request)
  return { client, noted: clientAddress(request), headers: request.headers }
}
const proxies = ['10.0.0.0/8', 'fd00::/8']

it('[BN7] X-Forwarded-For counts only from a configured proxy, and from its end: the first address that is no such proxy', () => {
  const of = (peer: string, said: string) => {
    const { client, noted } = ask(proxies, peer, { 'x-forwarded-for': said })
    expect(noted).toBe(client)
    return client
  }
  expect(of('10.0.0.1', '198.51.100.9')).toBe('198.51.100.9')
  expect(of('::ffff:10.0.0.1', '1.2.3.4, 198.51.100.9, 10.2.2.2')).toBe('198.51.100.9')
  expect(of('fd00::1', '[2001:db8::7]:4711')).toBe('2001:db8::7')
  expect(of('10.0.0.1', '198.51.100.9:80')).toBe('198.51.100.9')
  // A stranger cannot be somebody else, and a proxy that says nothing readable is the client itself.
  expect(of('198.51.100.66', '1.2.3.4')).toBe('198.51.100.66')
  expect(of('10.0.0.1', '198.51.100.9, <script>')).toBe('10.0.0.1')
  expect(of('10.0.0.1', '')).toBe('10.0.0.1')
  expect(ask([], '10.0.0.1', { 'x-forwarded-for': '1.2.3.4' }).client).toBe('10.0.0.1')
})

it('[BN8] nothing by which a client could say who it is, or what method it means, is seen behind the edge', () => {
  const { headers } = ask(proxies, '10.0.0.1', {
    host: 'a',
    cookie: 'c',
    authorization: 'Bearer x',
    'x-netdata-auth': 'Bearer y',
    'user-agent': 'u',
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-user': 'admin',
    forwarded: 'for=1.2.3.4',
    'x-real-ip': '1.2.3.4',
    'x-original-url': '/admin',
    'x-remote-user': 'admin',
    'remote-user': 'admin',
    'x-auth-request-email': 'admin@example.com',
    'x-user-id': '1',
    'x-account-id': '1',
    'x-ssl-client-verify': 'SUCCESS',
    'x-netdata-account-id': '1',
    'x-http-method-override': 'DELETE',
    'x-method-override': 'DELETE',
  })
  expect(Object.keys(headers)).toEqual(['host', 'cookie', 'authorization', 'x-netdata-auth', 'user-agent'])
})

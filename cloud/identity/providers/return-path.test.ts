import { expect, it } from 'vitest'
import { returnPath } from './return-path.ts'

const home = 'https://cloud.example'

it.each(['/', '/nodes', '/nodes?sort=cpu#top', '/spaces/a/rooms/b', '/%2F%2Fevil.example'])('[SI50] returns to %s', (path) => {
  expect(returnPath(path, home)).toBe(path)
})

it.each([
  undefined,
  '',
  'nodes',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  ' /nodes',
  '/\t/evil.example',
  '/\n/evil.example',
  '/a\r\nSet-Cookie: x=1',
  '/.//evil.example',
  '/a/..//evil.example',
  '/nodes\\..\\evil',
  '/api/throughline/v1/sign-out',
  `/${'a'.repeat(3_000)}`,
  '/ünï',
])('[SI50] goes home instead of to %j', (path) => {
  expect(returnPath(path, home)).toBe('/')
})

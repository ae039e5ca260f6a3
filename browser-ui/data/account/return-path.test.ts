import { expect, it } from 'vitest'
import { returnPath } from './return-path.ts'

it('[PP1] after a sign-in only a path of this site is gone back to', () => {
  const own = ['/', '/nodes?q=state:live', '/spaces/1/rooms/2/metrics#&open=system.cpu', '/profile/api-tokens']
  expect(own.map(returnPath)).toEqual(own)
  const foreign = [
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '\\\\elsewhere.example',
    '/a/..//elsewhere.example',
    '/\t/elsewhere.example',
    '/\n/elsewhere.example',
    'javascript:alert(1)',
    'nodes',
    '',
    `/${'x'.repeat(2_001)}`,
  ]
  expect(foreign.map(returnPath)).toEqual(foreign.map(() => undefined))
  expect([returnPath(null), returnPath(undefined)]).toEqual([undefined, undefined])
})

it('[PP1] the pages of coming in and going out are nobody’s way back', () => {
  const passages = ['/sign-in', '/sign-in?space=x', '/join', '/confirm-address', '/erased', '/api/throughline/v1/me', '/a/../sign-in']
  expect(passages.map(returnPath)).toEqual(passages.map(() => undefined))
  expect(returnPath('/joining')).toBe('/joining')
})

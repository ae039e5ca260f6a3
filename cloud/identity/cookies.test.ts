import { expect, it } from 'vitest'
import { cookieLine, cookieNames, readCookies } from './cookies.ts'

it('[ID28] writes cookies that only this host, over HTTPS, without script, gets back', () => {
  expect(cookieLine(cookieNames.access, 'abc', 900_000)).toBe(
    '__Host-throughline=abc; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=900',
  )
  expect(cookieLine(cookieNames.refresh, '', 0)).toBe('__Host-throughline-refresh=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0')
})

it('[ID28] reads cookies, and takes one that comes twice as absent', () => {
  expect([...readCookies('a=1; b=x=y; ; =z; c')]).toEqual([
    ['a', '1'],
    ['b', 'x=y'],
  ])
  expect(readCookies('a=1; b=2; a=3').get('a')).toBeUndefined()
  expect(readCookies('a=1; a=2; a=3').get('a')).toBeUndefined()
  expect(readCookies(undefined).size).toBe(0)
})

import { expect, it } from 'vitest'
import { lookToTake, lookToTell } from './look.ts'

const account = { personId: 'a', theme: 'light', timeZone: 'Asia/Tokyo' }

it('[PP4] a browser takes over theme and zone that were chosen elsewhere, and keeps its own choice otherwise', () => {
  expect(lookToTake(undefined, account)).toEqual({ theme: 'light', timeZone: 'Asia/Tokyo' })
  expect(lookToTake({ ...account, personId: 'b' }, account)).toEqual({ theme: 'light', timeZone: 'Asia/Tokyo' })
  expect(lookToTake(undefined, { ...account, theme: null, timeZone: null })).toEqual({})
  expect(lookToTake(account, account)).toEqual({})
  expect(lookToTake(account, { ...account, timeZone: null })).toEqual({ timeZone: null })
  expect(lookToTake(account, { ...account, theme: 'dark' })).toEqual({ theme: 'dark' })
})

it('[PP4] a choice in the browser is told to the account once, a node’s own zone never', () => {
  expect(lookToTell(account, { theme: 'light', timeZone: 'Asia/Tokyo' })).toBeUndefined()
  expect(lookToTell(account, { theme: 'system', timeZone: 'machine' })).toEqual({ theme: 'system', timeZone: null })
  expect(lookToTell(account, { theme: 'light', timeZone: 'node' })).toBeUndefined()
  expect(lookToTell({ theme: null, timeZone: null }, { theme: 'system', timeZone: 'machine' })).toBeUndefined()
  expect(lookToTell({ theme: null, timeZone: null }, { theme: 'dark', timeZone: 'UTC' })).toEqual({ theme: 'dark', timeZone: 'UTC' })
})

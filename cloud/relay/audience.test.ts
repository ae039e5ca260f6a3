import { expect, it } from 'vitest'
import { createAudience } from './audience.ts'
import type { Outlet } from './outlet.ts'

const outlet = (): Outlet => ({ text() {}, tick() {}, answer() {}, close() {}, check() {} })

function looking(audience: ReturnType<typeof createAudience>, who: Outlet, contexts: readonly string[]) {
  const member = audience.add(who, contexts)
  if (!member) throw new Error('refused')
  audience.setWatching(member, true)
  return member
}

it('[RL4] asks for the union of what those who look want, each context once', () => {
  const audience = createAudience()
  looking(audience, outlet(), ['a', 'b', 'b'])
  const second = looking(audience, outlet(), ['b', 'c'])
  expect(audience.parts()).toEqual(['a%7Cb%7Cc'])
  audience.setWatching(second, false)
  expect(audience.parts()).toEqual(['a%7Cb'])
  audience.setWatching(second, true)
  audience.remove(second)
  expect(audience.parts()).toEqual(['a%7Cb'])
})

it('[RL4] names each socket once, however many subscriptions it has in the stream', () => {
  const audience = createAudience()
  const browser = outlet()
  const first = looking(audience, browser, ['a'])
  looking(audience, browser, ['b'])
  expect([...audience.watching()]).toEqual([browser])
  audience.remove(first)
  expect([...audience.watching()]).toEqual([browser])
})

it('[RL7] is watched only while somebody looks', () => {
  const audience = createAudience()
  const member = audience.add(outlet(), ['a'])
  expect([audience.isWatched(), audience.isEmpty()]).toEqual([false, false])
  if (!member) throw new Error('refused')
  expect([audience.setWatching(member, true), audience.setWatching(member, true), audience.isWatched()]).toEqual([true, false, true])
  audience.remove(member)
  audience.remove(member)
  expect([audience.isWatched(), audience.isEmpty()]).toEqual([false, true])
})

it('[RL19] bounds the names of one viewer and of all together, and forgets them when they leave', () => {
  const audience = createAudience()
  const names = (prefix: string) => Array.from({ length: 190 }, (_, index) => `${prefix}${index}`.padEnd(197, 'x'))
  const greedy = outlet()
  const first = audience.add(greedy, names('a'))
  expect(first).toBeDefined()
  expect(audience.add(greedy, names('b'))).toBeUndefined()
  for (const prefix of ['b', 'c', 'd']) expect(audience.add(outlet(), names(prefix))).toBeDefined()
  expect(audience.add(outlet(), names('e'))).toBeUndefined()
  expect(audience.add(outlet(), names('a'))).toBeDefined()
  if (first) audience.remove(first)
  expect(audience.add(outlet(), names('e'))).toBeUndefined()
})

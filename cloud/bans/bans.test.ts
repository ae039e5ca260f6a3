import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import { silentLog } from '../../src/support/log.ts'
import { banLimits, banSetOf, canonicalValue, type BanKind } from './ban.ts'
import { createBanWatch } from './ban-watch.ts'
import { createBans } from './bans.ts'
import { guarded } from './guarded.ts'

function setUp() {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const bans = createBans({ store, clock })
  const add = (kind: BanKind, value: string, forMs = 60_000) => bans.add({ kind, value, forMs, reason: 'why', by: 'operator' })
  return { clock, store, bans, add }
}

it('[BN1] a ban has one form of what it bans, a reason and an end, and is gone after that', async () => {
  const { bans, add, clock } = setUp()
  const made = await add('ip', ' ::FFFF:192.0.2.1 ')
  await add('cidr', '2001:DB8::/32', 30_000)
  expect((await bans.list()).map(({ value }) => value).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['192.0.2.1', '2001:db8::/32'])
  clock.advance(30_000)
  expect(await bans.list()).toEqual([made])
  expect(await bans.remove(made.banId)).toEqual(made)
  expect(await bans.remove(made.banId)).toBeUndefined()
  expect(await bans.list()).toEqual([])
})

it('[BN1] what is no address, network or id, and a network so wide that a slip would shut everybody out, is refused', () => {
  const bad: [BanKind, string][] = [
    ['ip', '192.0.2.0/24'],
    ['ip', '192.0.2'],
    ['ip', 'fe80::1%eth0'],
    ['ip', ''],
    ['cidr', '192.0.2.1'],
    ['cidr', '0.0.0.0/0'],
    ['cidr', '::/0'],
    ['cidr', '192.0.2.0/33'],
    ['cidr', '192.0.2.0/24/24'],
    ['account', 'ann@example.com'],
    ['claim', '1'],
  ]
  for (const [kind, value] of bad) expect(() => canonicalValue(kind, value), value).toThrow(/^(Name|That)/)
})

it('[BN2] an address is banned by itself and by its networks, in whatever dress it comes', async () => {
  const { bans, add, clock } = setUp()
  await add('cidr', '203.0.113.0/24')
  await add('ip', '2001:db8:0:0::7')
  await add('ip', '0:0:0:0:0:FFFF:c633:6407')
  const set = banSetOf(await bans.list(), clock.nowMs())
  expect(['198.51.100.7', '::ffff:198.51.100.7', '::ffff:c633:6407', '::ffff:cb00:7109'].map((address) => set.hasAddress(address))).toEqual(
    [true, true, true, true],
  )
  expect(['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::7', '2001:DB8:0:0:0:0:0:7'].map((address) => set.hasAddress(address))).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['203.0.114.9', '2001:db8::8', '', 'x', '203.0.113.9.1'].map((address) => set.hasAddress(address))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
  expect(banSetOf([], 0).isEmpty).toBe(true)
})

it('[BN3] a running cloud knows of a ban made elsewhere within five seconds, and of its end without a look', async () => {
  const { bans, add, clock, store } = setUp()
  const watch = createBanWatch({ bans, clock, log: silentLog })
  const told: boolean[] = []
  const personId = newUuid()
  watch.onLook((set) => told.push(set.hasAccount(personId)))
  await add('account', personId, 20_000)
  expect(watch.hasAccount(personId)).toBe(false)
  clock.advance(banLimits.lookMs)
  await watch.look()
  expect(watch.hasAccount(personId)).toBe(true)
  expect(() => watch.requireAccount(personId)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }) as Error)
  store.fail(new Error('gone'))
  await expect(watch.look()).rejects.toThrow('gone')
  expect(watch.hasAccount(personId)).toBe(true)
  expect(told).toContain(true)
  watch.close()
})

it('[BN4] a banned account proves nothing, but the token of the operator always works', async () => {
  const { bans, add, clock } = setUp()
  const watch = createBanWatch({ bans, clock, log: silentLog })
  const personId = newUuid()
  await add('account', personId)
  await watch.look()
  await expect(guarded(async () => ({ personId, via: 'cookie' }), watch)()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(await guarded(async () => ({ personId, via: 'operator' }), watch)()).toEqual({ personId, via: 'operator' })
  expect(await guarded(async (other: string) => ({ personId: other }), watch)(newUuid())).toBeDefined()
  watch.close()
})

import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { edgeLimits } from './limits.ts'
import { plainAddress } from '../../../src/support/client-address.ts'
import { createSocketGate } from './socket-gate.ts'
import { visitorKey } from '../../../src/support/visitor-key.ts'

const bench = (fleets: readonly string[] = [], limits = {}) => {
  const clock = createHandClock()
  return { clock, gate: createSocketGate({ limits: { ...edgeLimits, ...limits }, fleets, clock }) }
}
const admitted = (results: readonly unknown[]) => results.filter((result) => result !== undefined).length

it('[ED6] gives one address a hundred sockets, and room again when one closes', () => {
  const { gate } = bench()
  const releases = Array.from({ length: 150 }, () => gate.admit('192.0.2.1'))
  expect(admitted(releases)).toBe(edgeLimits.socketsPerIp)
  expect(gate.admit('192.0.2.2')).toBeDefined()
  releases[0]?.()
  releases[0]?.()
  expect(gate.admit('192.0.2.1')).toBeDefined()
  expect(gate.admit('192.0.2.1')).toBeUndefined()
})

it('[ED6] gives all strangers together two thousand', () => {
  const { gate } = bench()
  const results = Array.from({ length: 3_000 }, (_, at) => gate.admit(`10.0.${at >> 8}.${at & 255}`))
  expect(admitted(results)).toBe(edgeLimits.socketsTotal)
  expect(gate.open()).toBe(edgeLimits.socketsTotal)
})

it('[ED6] lets fifty a second in after a burst of two hundred', () => {
  const { gate, clock } = bench()
  const comeAndGo = () => {
    const release = gate.admit('192.0.2.1')
    release?.()
    return release
  }
  const knock = (times: number) => admitted(Array.from({ length: times }, comeAndGo))
  expect(knock(500)).toBe(edgeLimits.newBurst)
  clock.advance(1_000)
  expect(knock(500)).toBe(edgeLimits.newPerSecond)
  clock.advance(60_000)
  expect(knock(500)).toBe(edgeLimits.newBurst)
  gate.close()
})

it('[ED7] does not count fleets', () => {
  const { gate } = bench(['127.0.0.0/8', 'fd00::/8'])
  expect(admitted(Array.from({ length: 5_000 }, () => gate.admit('127.0.0.9')))).toBe(5_000)
  expect(admitted(Array.from({ length: 500 }, () => gate.admit('::ffff:127.0.0.1')))).toBe(500)
  expect(admitted(Array.from({ length: 500 }, () => gate.admit('fd00::7')))).toBe(500)
  expect(gate.open()).toBe(0)
  expect(admitted(Array.from({ length: 500 }, () => gate.admit('::1')))).toBe(edgeLimits.socketsPerIp)
})

it('[ED7] counts an IPv6 host by its network', () => {
  expect(visitorKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(visitorKey('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
  expect(visitorKey('2001:db8::9')).toBe('2001:db8:0:0::/64')
  expect(visitorKey('::1')).toBe('0:0:0:0::/64')
  expect(visitorKey('192.0.2.1')).toBe('192.0.2.1')
  expect(plainAddress('::FFFF:192.0.2.1')).toBe('192.0.2.1')
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1')
})

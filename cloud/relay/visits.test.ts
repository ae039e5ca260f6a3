import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ClaimId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { serveFakeAgent } from '../../test/doubles/agents/fake-agent.ts'
import type { LiveBrowser } from '../../test/doubles/people/live-browser.ts'
import { foreignNode, nodeA, nodeB, startLiveRelay, type LiveRelayDouble } from '../../test/doubles/people/live-relay.ts'
import { relayVisitLimits } from './visit-limits.ts'

let live: LiveRelayDouble
beforeEach(async () => {
  live = await startLiveRelay(silentLog)
})
afterEach(() => live.stop())

const subscribe = async (browser: LiveBrowser, id: number, contexts: readonly string[], nodeId = nodeA) => {
  browser.send({ type: 'subscribe', id, nodeId, contexts: [...contexts], cadenceMs: 1_000 })
  await browser.nextOf('subscribed')
}
/** Whatever the browser sent so far has been worked on. */
const settled = async (browser: LiveBrowser) => {
  browser.send({ type: 'ask', id: 9_999, nodeId: foreignNode, question: { kind: 'info' } })
  for (;;) {
    const item = await browser.next()
    if (item.type === 'error' && item.id === 9_999) return
  }
}
/** Time passes; the browser answers the pings of the relay meanwhile. */
const pass = async (browser: LiveBrowser, ms: number) => {
  for (let passed = 0; passed < ms; passed += 5_000) {
    live.clock.advance(5_000)
    await settled(browser)
  }
}
const heard = () =>
  live.witnessed.map(({ what, nodeId, more }) => [what, nodeId === nodeA ? 'A' : 'B', ...(more === undefined ? [] : [more])])

it('[AU20] a visit is told once when it begins and once with its length when it is over, whatever is subscribed to in between', async () => {
  const browser = await live.open()
  await subscribe(browser, 1, ['system.cpu'])
  await subscribe(browser, 1, ['system.ram'])
  await subscribe(browser, 2, ['system.io'])
  const second = await live.open()
  await subscribe(second, 1, ['system.cpu'])
  await subscribe(second, 2, ['system.cpu'], nodeB)
  expect(heard()).toEqual([
    ['started', 'A'],
    ['started', 'B'],
  ])
  browser.socket.close()
  await browser.closed
  await pass(second, 60_000)
  second.send({ type: 'unsubscribe', id: 1 })
  await settled(second)
  await pass(second, relayVisitLimits.absenceMs - relayVisitLimits.sweepMs)
  await subscribe(second, 3, ['system.cpu'])
  second.send({ type: 'unsubscribe', id: 3 })
  await settled(second)
  await pass(second, relayVisitLimits.absenceMs + relayVisitLimits.sweepMs)
  expect(heard().slice(2)).toEqual([['stopped', 'A', 60_000 + relayVisitLimits.absenceMs - relayVisitLimits.sweepMs]])
})

it('[AU20] when the relay closes, every visit is over', async () => {
  const browser = await live.open()
  await subscribe(browser, 1, ['system.cpu'])
  live.clock.advance(5_000)
  await live.relay.close()
  expect(heard()).toEqual([
    ['started', 'A'],
    ['stopped', 'A', 5_000],
  ])
})

it('[AU20] nobody visits a node that they may not see', async () => {
  const browser = await live.open()
  browser.send({ type: 'subscribe', id: 1, nodeId: foreignNode, contexts: ['system.cpu'], cadenceMs: 1_000 })
  await browser.nextOf('error')
  expect(heard()).toEqual([])
})

it('[AU21] a function over the live socket is told with its name, and a refused one as a refusal', async () => {
  const agent = serveFakeAgent(live.bus, nodeA, 'claim' as ClaimId, 'C')
  agent.answerAlways('{}')
  const browser = await live.open()
  const call = { kind: 'function', name: 'processes', args: [], timeoutS: 10 } as const
  browser.send({ type: 'ask', id: 1, nodeId: nodeA, question: call })
  await browser.next()
  live.rights.permissions = 0
  browser.send({ type: 'ask', id: 2, nodeId: nodeA, question: call })
  await browser.nextOf('error')
  expect(heard()).toEqual([
    ['function', 'A', { name: 'processes', isChange: false }],
    ['denied', 'A', 'processes'],
  ])
})

it('[BN11] sockets of a banned account or address are closed with 4003, others stay', async () => {
  const [first, second] = [await live.open(), await live.open()]
  live.relay.closeBanned({ hasAccount: () => false, hasAddress: () => false })
  await settled(second)
  live.relay.closeBanned({ hasAccount: (personId) => personId === 'person', hasAddress: () => false })
  expect([(await first.closed).code, (await second.closed).code]).toEqual([4003, 4003])
  const third = await live.open()
  live.relay.closeBanned({ hasAccount: () => false, hasAddress: (address) => address === '127.0.0.1' })
  expect((await third.closed).code).toBe(4003)
})

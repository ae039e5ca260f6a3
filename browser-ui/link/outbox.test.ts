import { expect, it } from 'vitest'
import { liveLimits } from '../../src/live/limits.ts'
import { parseFromBrowser, type FromBrowser } from '../../src/live/messages.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createOutbox } from './outbox.ts'

const nodeId = '6f6d9d0e-8c61-4f6f-9a53-0d8f4f1c2a01'
const subscribe = (id: number): FromBrowser => ({ type: 'subscribe', id, nodeId, contexts: ['system.cpu'], cadenceMs: 1_000 })

function setUp() {
  const clock = createHandClock()
  const sent: FromBrowser[] = []
  let rooms = 0
  const outbox = createOutbox(
    clock,
    (text) => sent.push(parseFromBrowser(text) as FromBrowser),
    () => rooms++,
  )
  return { clock, outbox, sent, rooms: () => rooms }
}

it('[UI134] never sends faster than the relay takes, and keeps the order', () => {
  const { clock, outbox, sent } = setUp()
  for (let id = 1; id <= 1_000; id++) outbox.say(subscribe(id))
  expect(sent.length).toBeLessThanOrEqual(liveLimits.messageBurst)
  expect(sent.length).toBeGreaterThan(liveLimits.messageBurst / 2)
  let room: number = liveLimits.messageBurst - sent.length
  for (let step = 0; step < 400 && sent.length < 1_000; step++) {
    const before = sent.length
    clock.advance(100)
    room = Math.min(liveLimits.messageBurst, room + liveLimits.messagesPerSecond / 10) - (sent.length - before)
    expect(room).toBeGreaterThanOrEqual(0)
  }
  expect(sent.map((message) => 'id' in message && message.id)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
})

it('[UI134] questions leave room to wishes, and are called when there is some again', () => {
  const { clock, outbox, sent, rooms } = setUp()
  let asked = 0
  while (outbox.takeAsk()) asked++
  expect(asked).toBeGreaterThan(50)
  for (let id = 1; id <= 50; id++) outbox.say(subscribe(id))
  expect([sent.length, rooms()]).toEqual([50, 0])
  clock.advance(3_000)
  expect([rooms(), outbox.takeAsk()]).toEqual([1, true])
})

it('[UI134] a wish that ends before its turn is never sent; one that the relay knows is ended there', () => {
  const { clock, outbox, sent } = setUp()
  for (let id = 1; id <= 300; id++) outbox.say(subscribe(id))
  outbox.say({ type: 'unsubscribe', id: 300 })
  outbox.say({ type: 'unsubscribe', id: 1 })
  clock.advance(20_000)
  expect(sent.slice(-2)).toEqual([subscribe(299), { type: 'unsubscribe', id: 1 }])
})

it('[UI134] a wish that changes before its turn is sent once, as it is then, in its place', () => {
  const { clock, outbox, sent } = setUp()
  for (let id = 1; id <= 300; id++) outbox.say(subscribe(id))
  const changed: FromBrowser = { type: 'subscribe', id: 299, nodeId, contexts: ['system.cpu', 'system.ram'], cadenceMs: 1_000 }
  outbox.say({ type: 'subscribe', id: 299, nodeId, contexts: ['system.io'], cadenceMs: 1_000 })
  outbox.say(changed)
  clock.advance(20_000)
  expect(sent).toHaveLength(300)
  expect(sent.slice(-2)).toEqual([changed, subscribe(300)])
})

it('[UI134] another socket has all its room, and nothing of the one before', () => {
  const { clock, outbox, sent } = setUp()
  for (let id = 1; id <= 300; id++) outbox.say(subscribe(id))
  const before = sent.length
  outbox.restart()
  clock.advance(10_000)
  expect(sent.length).toBe(before)
  for (let id = 1; id <= 300; id++) outbox.say(subscribe(id))
  expect(sent.length).toBe(2 * before)
})

import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createOutlet } from './outlet.ts'

/** A socket whose reader reads as much as the test says. */
function setUp() {
  const clock = createHandClock()
  const events: string[] = []
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send(text: string) {
      socket.bufferedAmount += text.length
    },
    close: (code: number) => void events.push(`close ${code}`),
    terminate: () => void events.push('terminate'),
  })
  const sent: (() => void)[] = []
  const written: number[] = []
  const stream = {
    write(piece: Uint8Array, onSent?: () => void) {
      socket.bufferedAmount += piece.byteLength
      written.push(piece.byteLength / 1024)
      if (onSent) sent.push(onSent)
    },
  }
  const outlet = createOutlet({
    socket: socket as unknown as WebSocket,
    stream: stream as unknown as Duplex,
    clock,
    onSkipped: () => void events.push('skipped'),
    onSlow: () => void events.push('slow'),
  })
  const frame = (kib: number) => ({ pieces: [new Uint8Array(kib * 1024)], byteLength: kib * 1024 })
  /** The reader has read all; what waits for that is told. */
  const drain = () => {
    socket.bufferedAmount = 0
    for (const onSent of sent.splice(0)) onSent()
  }
  return { clock, events, socket, outlet, frame, written, drain }
}

it('[RL26] leaves ticks out above the soft limit and sends them again below it', () => {
  const { events, socket, outlet, frame } = setUp()
  outlet.tick(frame(1_024))
  outlet.tick(frame(1))
  expect([socket.bufferedAmount, events]).toEqual([1_025 * 1024, []])
  outlet.tick(frame(1))
  expect([socket.bufferedAmount, events]).toEqual([1_025 * 1024, ['skipped']])
  socket.bufferedAmount = 0
  outlet.tick(frame(1))
  expect(socket.bufferedAmount).toBe(1024)
})

it('[RL27] lets a reader go above the hard limit, cuts it 5 s later, and sends nothing more', () => {
  const { clock, events, socket, outlet, frame } = setUp()
  for (let kib = 0; kib < 4_000; kib += 200) outlet.answer(frame(200))
  expect(events).toEqual([])
  outlet.answer(frame(200))
  expect(events).toEqual(['slow', 'close 4008'])
  const waiting = socket.bufferedAmount
  outlet.answer(frame(1))
  outlet.tick(frame(1))
  outlet.text({ type: 'subscribed', id: 1, stream: 1 })
  outlet.check()
  expect(socket.bufferedAmount).toBe(waiting)
  clock.advance(5_000)
  expect(events).toEqual(['slow', 'close 4008', 'terminate'])
})

it('[RL27] lets one answer above the hard limit pass, with as much that is small beside it', () => {
  const { events, outlet, frame } = setUp()
  outlet.answer(frame(100))
  outlet.answer(frame(10_000))
  for (let kib = 0; kib < 3_800; kib += 200) outlet.answer(frame(200))
  expect(events).toEqual([])
  for (let kib = 0; kib < 400; kib += 200) outlet.answer(frame(200))
  expect(events).toEqual(['slow', 'close 4008'])
})

it('[RL113] sends one big answer at a time, and what is small before the next', () => {
  const { events, outlet, frame, written, drain } = setUp()
  for (const kib of [5_000, 6_000, 300]) outlet.answer(frame(kib))
  outlet.answer(frame(10))
  expect(written).toEqual([5_000, 10])
  drain()
  outlet.tick(frame(1))
  outlet.answer(frame(20))
  expect(written).toEqual([5_000, 10, 6_000, 20])
  drain()
  drain()
  outlet.answer(frame(7_000))
  expect([written, events]).toEqual([[5_000, 10, 6_000, 20, 300, 7_000], ['skipped']])
})

it('[RL113] lets a reader go for whom more than 16 MiB would have to wait', () => {
  const { events, outlet, frame, written, drain } = setUp()
  outlet.answer(frame(9_000))
  outlet.answer(frame(9_000))
  expect(events).toEqual([])
  outlet.answer(frame(9_000))
  expect(events).toEqual(['slow', 'close 4008'])
  drain()
  expect(written).toEqual([9_000])
})

it('[RL27] lets a reader go that makes no progress for ten seconds', () => {
  const { clock, events, socket, outlet, frame } = setUp()
  outlet.answer(frame(100))
  for (let second = 0; second < 9; second++) {
    clock.advance(1_000)
    outlet.check()
  }
  socket.bufferedAmount -= 1
  clock.advance(1_000)
  outlet.check()
  expect(events).toEqual([])
  for (let second = 0; second < 10; second++) {
    clock.advance(1_000)
    outlet.check()
  }
  expect(events).toEqual(['slow', 'close 4008'])
})

it('[RL27] an idle reader is not a slow one', () => {
  const { clock, events, socket, outlet, frame } = setUp()
  outlet.tick(frame(1))
  socket.bufferedAmount = 0
  clock.advance(60_000)
  outlet.check()
  outlet.tick(frame(1))
  outlet.check()
  expect(events).toEqual([])
})

it('[RL29] a socket that closes in time is not cut', () => {
  const { clock, events, socket, outlet } = setUp()
  outlet.close('RESTARTING')
  socket.emit('close')
  clock.advance(60_000)
  expect(events).toEqual(['close 1012'])
})

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
  const outlet = createOutlet({
    socket: socket as unknown as WebSocket,
    stream: { write: (piece: Uint8Array) => void (socket.bufferedAmount += piece.byteLength) } as unknown as Duplex,
    clock,
    onSkipped: () => void events.push('skipped'),
    onSlow: () => void events.push('slow'),
  })
  const frame = (kib: number) => ({ pieces: [new Uint8Array(kib * 1024)], byteLength: kib * 1024 })
  return { clock, events, socket, outlet, frame }
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
  outlet.answer(frame(2_000))
  outlet.answer(frame(2_000))
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

it('[RL27] lets one answer above the hard limit pass when nothing waits before it', () => {
  const { events, outlet, frame } = setUp()
  outlet.answer(frame(10_000))
  outlet.text({ type: 'subscribed', id: 1, stream: 1 })
  expect(events).toEqual([])
  outlet.answer(frame(100))
  expect(events).toEqual(['slow', 'close 4008'])
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

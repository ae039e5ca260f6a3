import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { errorKinds } from '../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { ToBrowser } from '../../src/live/messages.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { SocketFrame } from './socket-frame.ts'

/** How long a socket may take to say goodbye before it is cut. */
const closeWaitMs = 5_000

/**
 * One browser's socket with the rule for slow readers (security requirement R5): above the soft limit ticks are left out,
 * so that the reader gets newer ones later; above the hard limit, or without progress for ten seconds, it is let go.
 * Nobody else waits for it. A message cannot be split between others, so of big answers one at a time is on its way: what is
 * small goes before the next one.
 */
export interface Outlet {
  text(message: ToBrowser): void
  /** A tick's frame; left out while the reader is behind. */
  tick(frame: SocketFrame): void
  /** The frame of an answer; never left out. A big one waits until the one before it has gone, up to a limit. */
  answer(frame: SocketFrame): void
  /** Ends the socket with the close code of the table. */
  close(code: ErrorCode): void
  /** Looks whether the reader makes progress; called every second or so. */
  check(): void
}

export interface OutletDeps {
  readonly socket: WebSocket
  /** The stream under the socket; ready-made frames go there. */
  readonly stream: Duplex
  readonly clock: Clock
  readonly onSkipped: () => void
  readonly onSlow: () => void
}

/** The outlet of an open socket. */
export function createOutlet({ socket, stream, clock, onSkipped, onSlow }: OutletDeps): Outlet {
  let isClosing = false
  let queuedBytes = 0
  let drainedBytes = 0
  let progressAtMs = clock.monotonicMs()
  /** Size of the big answer that is on its way, 0 when there is none; it has a place of its own beside the hard limit. */
  let bigBytes = 0
  let heldBytes = 0
  const held: SocketFrame[] = []

  function close(code: ErrorCode): void {
    if (isClosing) return
    isClosing = true
    held.length = 0
    socket.close(errorKinds[code].close, code)
    const stopWaiting = clock.after(closeWaitMs, () => socket.terminate())
    socket.once('close', stopWaiting)
  }

  function letGo(): void {
    onSlow()
    close('SLOW_CONSUMER')
  }

  /** Whether so many small bytes may be sent now; a reader with too much waiting is let go instead. */
  function mayPush(bytes: number): boolean {
    const waiting = socket.bufferedAmount
    if (waiting === 0) progressAtMs = clock.monotonicMs()
    else if (waiting + bytes > liveLimits.queueHardBytes + bigBytes) {
      letGo()
      return false
    }
    queuedBytes += bytes
    return true
  }

  function write({ pieces }: SocketFrame, onSent?: () => void): void {
    // Past the socket's own sender, which would frame the same bytes again for every reader. It compresses nothing, so it holds
    // nothing back: whole frames may go between its own.
    if (pieces.length > 1) stream.cork()
    for (const [index, piece] of pieces.entries()) {
      if (index === pieces.length - 1 && onSent) stream.write(piece, onSent)
      else stream.write(piece)
    }
    if (pieces.length > 1) stream.uncork()
  }

  function sendBig(frame: SocketFrame): void {
    if (socket.bufferedAmount === 0) progressAtMs = clock.monotonicMs()
    bigBytes = frame.byteLength
    queuedBytes += frame.byteLength
    write(frame, () => {
      bigBytes = 0
      const next = isOpen() ? held.shift() : undefined
      if (next === undefined) return
      heldBytes -= next.byteLength
      sendBig(next)
    })
  }

  function hold(frame: SocketFrame): void {
    if (heldBytes + frame.byteLength > liveLimits.heldAnswerBytes) {
      letGo()
      return
    }
    heldBytes += frame.byteLength
    held.push(frame)
  }

  const isOpen = () => !isClosing && socket.readyState === socket.OPEN

  return {
    text(message) {
      if (!isOpen()) return
      const text = JSON.stringify(message)
      if (mayPush(text.length)) socket.send(text)
    },
    tick(frame) {
      if (!isOpen()) return
      if (socket.bufferedAmount > liveLimits.queueSoftBytes) onSkipped()
      else if (mayPush(frame.byteLength)) write(frame)
    },
    answer(frame) {
      if (!isOpen()) return
      if (frame.byteLength < liveLimits.bigAnswerBytes) {
        if (mayPush(frame.byteLength)) write(frame)
      } else if (bigBytes > 0) hold(frame)
      else sendBig(frame)
    },
    close,
    check() {
      if (isClosing) return
      const waiting = socket.bufferedAmount
      const drained = queuedBytes - waiting
      if (waiting === 0 || drained > drainedBytes) progressAtMs = clock.monotonicMs()
      else if (clock.monotonicMs() - progressAtMs >= liveLimits.noProgressMs) letGo()
      drainedBytes = drained
    },
  }
}

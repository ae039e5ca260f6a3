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
 * Nobody else waits for it.
 */
export interface Outlet {
  text(message: ToBrowser): void
  /** A tick's frame; left out while the reader is behind. */
  tick(frame: SocketFrame): void
  /** The frame of an answer; never left out. */
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
  let limitBytes: number = liveLimits.queueHardBytes

  function close(code: ErrorCode): void {
    if (isClosing) return
    isClosing = true
    socket.close(errorKinds[code].close, code)
    const stopWaiting = clock.after(closeWaitMs, () => socket.terminate())
    socket.once('close', stopWaiting)
  }

  function letGo(): void {
    onSlow()
    close('SLOW_CONSUMER')
  }

  /** Whether so many bytes may be sent now; a reader with too much waiting is let go instead. */
  function mayPush(bytes: number): boolean {
    const waiting = socket.bufferedAmount
    if (waiting === 0) {
      progressAtMs = clock.monotonicMs()
      // One answer may be larger than the hard limit; it may pass when nothing waits before it.
      limitBytes = Math.max(liveLimits.queueHardBytes, bytes + liveLimits.messageBytes)
    } else if (waiting + bytes > limitBytes) {
      letGo()
      return false
    }
    queuedBytes += bytes
    return true
  }

  function write({ pieces, byteLength }: SocketFrame): void {
    if (!mayPush(byteLength)) return
    // Past the socket's own sender, which would frame the same bytes again for every reader. It compresses nothing, so it holds
    // nothing back: whole frames may go between its own.
    if (pieces.length > 1) stream.cork()
    for (const piece of pieces) stream.write(piece)
    if (pieces.length > 1) stream.uncork()
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
      else write(frame)
    },
    answer(frame) {
      if (isOpen()) write(frame)
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

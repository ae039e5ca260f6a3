import type { WebSocket } from 'ws'
import { errorKinds } from '../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { ToBrowser } from '../../src/live/messages.ts'
import type { Clock } from '../../src/support/clock.ts'

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
  tick(frame: Uint8Array): void
  /** The frame of an answer; never left out. */
  answer(frame: Uint8Array): void
  /** Ends the socket with the close code of the table. */
  close(code: ErrorCode): void
  /** Looks whether the reader makes progress; called every second or so. */
  check(): void
}

export interface OutletDeps {
  readonly socket: WebSocket
  readonly clock: Clock
  readonly onSkipped: () => void
  readonly onSlow: () => void
}

/** The outlet of an open socket. */
export function createOutlet({ socket, clock, onSkipped, onSlow }: OutletDeps): Outlet {
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

  function push(data: Uint8Array | string, isBinary: boolean): void {
    const waiting = socket.bufferedAmount
    if (waiting === 0) {
      progressAtMs = clock.monotonicMs()
      // One answer may be larger than the hard limit; it may pass when nothing waits before it.
      limitBytes = Math.max(liveLimits.queueHardBytes, data.length + liveLimits.messageBytes)
    } else if (waiting + data.length > limitBytes) {
      letGo()
      return
    }
    queuedBytes += data.length
    socket.send(data, { binary: isBinary, compress: false })
  }

  return {
    text(message) {
      if (!isClosing) push(JSON.stringify(message), false)
    },
    tick(frame) {
      if (isClosing) return
      if (socket.bufferedAmount > liveLimits.queueSoftBytes) onSkipped()
      else push(frame, true)
    },
    answer(frame) {
      if (!isClosing) push(frame, true)
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

import { liveLimits } from '../../src/live/limits.ts'
import type { FromBrowser } from '../../src/live/messages.ts'
import type { Clock } from '../../src/support/clock.ts'

/** What the page sends over its live socket, no faster than the relay takes it: whoever floods it is cut off. */
export interface Outbox {
  /** Sends in order, at once while there is room. A wish that ends before its turn is not sent at all, one that changes before it only as it is then. */
  say(message: FromBrowser): void
  /** Whether a question may go now, which then counts as sent; if not, `onRoom` is called when one may. */
  takeAsk(): boolean
  /** Another socket: nothing waits, and everything fits. */
  restart(): void
}

/** Two clocks never agree, so the page stays below the relay's limits. */
const share = 0.8
const burst = liveLimits.messageBurst * share
const perMs = (liveLimits.messagesPerSecond * share) / 1_000
/** Room that questions leave to wishes: what scrolls into sight waits for no question about something else. */
const keptForWishes = 60

/** Begins with all its room. `send` hands a text to the socket of now. */
export function createOutbox(clock: Clock, send: (text: string) => void, onRoom: () => void): Outbox {
  let room = burst
  let atMs = clock.monotonicMs()
  let waiting: FromBrowser[] = []
  let isAskWaiting = false
  let stopTimer: (() => void) | undefined
  /** Wishes that the relay knows. */
  const started = new Set<number>()

  const refill = () => {
    const nowMs = clock.monotonicMs()
    room = Math.min(burst, room + (nowMs - atMs) * perMs)
    atMs = nowMs
  }
  const sendNow = (message: FromBrowser) => {
    room -= 1
    if (message.type === 'subscribe' || message.type === 'watch') started.add(message.id)
    send(JSON.stringify(message))
  }
  const wakeUp = () => {
    const needed = waiting.length > 0 ? 1 : keptForWishes + 1
    stopTimer ??= clock.after(Math.max(1, Math.ceil((needed - room) / perMs)), () => {
      stopTimer = undefined
      refill()
      for (const message of waiting.splice(0, Math.floor(room))) sendNow(message)
      const isAskDue = isAskWaiting && waiting.length === 0 && room > keptForWishes
      if (waiting.length > 0 || (isAskWaiting && !isAskDue)) wakeUp()
      if (!isAskDue) return
      isAskWaiting = false
      onRoom()
    })
  }

  return {
    say(message) {
      if (message.type === 'unsubscribe' || message.type === 'unwatch') {
        waiting = waiting.filter((other) => !('id' in other && other.id === message.id))
        if (!started.delete(message.id)) return
      }
      const at = message.type === 'subscribe' ? waiting.findIndex((other) => other.type === 'subscribe' && other.id === message.id) : -1
      if (at >= 0) {
        waiting[at] = message
        return
      }
      refill()
      if (waiting.length === 0 && room >= 1) return sendNow(message)
      waiting.push(message)
      if (waiting.length > 1) return
      // A question may be waiting for much more room than this needs.
      stopTimer?.()
      stopTimer = undefined
      wakeUp()
    },
    takeAsk() {
      refill()
      if (waiting.length === 0 && room > keptForWishes) {
        room -= 1
        return true
      }
      isAskWaiting = true
      wakeUp()
      return false
    },
    restart() {
      stopTimer?.()
      stopTimer = undefined
      waiting = []
      isAskWaiting = false
      started.clear()
      room = burst
      atMs = clock.monotonicMs()
    },
  }
}

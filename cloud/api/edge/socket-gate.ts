import { plainAddress } from '../../../src/support/client-address.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { visitorKey } from '../../../src/support/visitor-key.ts'
import { networksOf } from './forwarded.ts'
import type { EdgeLimits } from './limits.ts'

/** Leaves the count of strangers; calling it again changes nothing. */
export type Release = () => void

export interface SocketGate {
  /** Undefined: this socket is one too many, or came too fast. */
  admit(address: string): Release | undefined
  /** How many strangers' sockets are open. */
  open(): number
  close(): void
}

export interface SocketGateDeps {
  readonly limits: Pick<EdgeLimits, 'socketsPerIp' | 'socketsTotal' | 'newPerSecond' | 'newBurst'>
  /** Networks (CIDR) of fleets behind few addresses: the limits do not apply there (E7). */
  readonly fleets: readonly string[]
  readonly clock: Clock
}

interface Visitor {
  open: number
  tokens: number
  atMs: number
}

/** Counts sockets of strangers: so many for each address, so many in all, so many new ones a second (token bucket). */
export function createSocketGate({ limits, fleets, clock }: SocketGateDeps): SocketGate {
  const isTrusted = networksOf(fleets)
  const visitors = new Map<string, Visitor>()
  let total = 0

  const refill = (visitor: Visitor) => {
    const nowMs = clock.monotonicMs()
    visitor.tokens = Math.min(limits.newBurst, visitor.tokens + ((nowMs - visitor.atMs) / 1000) * limits.newPerSecond)
    visitor.atMs = nowMs
  }
  const stopForgetting = clock.every(10_000, () => {
    for (const [key, visitor] of visitors) {
      refill(visitor)
      if (visitor.open === 0 && visitor.tokens >= limits.newBurst) visitors.delete(key)
    }
  })

  return {
    admit(rawAddress) {
      const address = plainAddress(rawAddress)
      if (isTrusted(address)) return () => {}
      const key = visitorKey(address)
      const visitor = visitors.get(key) ?? { open: 0, tokens: limits.newBurst, atMs: clock.monotonicMs() }
      visitors.set(key, visitor)
      refill(visitor)
      if (visitor.open >= limits.socketsPerIp || total >= limits.socketsTotal || visitor.tokens < 1) return undefined
      visitor.tokens -= 1
      visitor.open += 1
      total += 1
      let isCounted = true
      return () => {
        if (!isCounted) return
        isCounted = false
        visitor.open -= 1
        total -= 1
      }
    },
    open: () => total,
    close: stopForgetting,
  }
}

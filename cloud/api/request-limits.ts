import type { RequestHandler } from 'express'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { clientAddress } from '../../src/support/client-address.ts'
import type { Clock } from '../../src/support/clock.ts'
import { createTokenBuckets, type TokenBuckets } from '../../src/support/token-buckets.ts'
import { visitorKey } from '../../src/support/visitor-key.ts'
import type { Caller, PersonCaller } from '../identity/ports.ts'
import { networksOf } from './edge/forwarded.ts'
import { apiLimits } from './limits.ts'
import type { Route } from './route.ts'

/** A refusal that says when to come again. */
export class ComeAgain extends ThroughlineError {
  readonly retryAfterS: number

  constructor(retryAfterS: number) {
    super('RATE_LIMITED', `Too many requests; come again in ${retryAfterS} s.`)
    this.retryAfterS = retryAfterS
  }
}

/** How many requests an address, an account and a token may make; far more than a person or a well-behaved program needs (E7). */
export interface RequestLimits {
  /** Every request, before anything is known of the sender. Throws {@link ComeAgain}. */
  checkAddress(address: string): void
  /** Whoever changes something without a proof: signing in and out, and renewing. Throws {@link ComeAgain}. */
  checkStranger(address: string, route: Pick<Route, 'access' | 'method'>): void
  /** Once it is known who asks. Throws {@link ComeAgain}. The answer is called when the request is over. */
  enter(caller: PersonCaller | Caller | undefined): () => void
}

/** Addresses of fleets are not counted: many share one there. */
export function createRequestLimits({ clock, fleets }: { readonly clock: Clock; readonly fleets: readonly string[] }): RequestLimits {
  const isFleet = networksOf(fleets)
  const { perAddress, publicPerAddress, perAccount, perToken, inFlightPerAccount } = apiLimits.requests
  const addresses = createTokenBuckets(perAddress, clock)
  const publicChanges = createTokenBuckets(publicPerAddress, clock)
  const accounts = createTokenBuckets(perAccount, clock)
  const tokens = createTokenBuckets(perToken, clock)
  const inFlight = new Map<string, number>()

  const take = (buckets: TokenBuckets, key: string) => {
    const waitS = buckets.take(key)
    if (waitS > 0) throw new ComeAgain(waitS)
  }

  return {
    checkAddress(address) {
      if (!isFleet(address)) take(addresses, visitorKey(address))
    },
    checkStranger(address, { access, method }) {
      if (access === 'public' && method !== 'GET' && !isFleet(address)) take(publicChanges, visitorKey(address))
    },
    enter(caller) {
      if (caller === undefined || caller.via === 'operator') return () => {}
      const { personId, via } = caller
      take(via === 'api-token' ? tokens : accounts, personId)
      const now = inFlight.get(personId) ?? 0
      if (now >= inFlightPerAccount) throw new ComeAgain(1)
      inFlight.set(personId, now + 1)
      return () => {
        const left = (inFlight.get(personId) ?? 1) - 1
        if (left > 0) inFlight.set(personId, left)
        else inFlight.delete(personId)
      }
    },
  }
}

/**
 * Counts every request by its address, before anything else looks at it. Who is over loses the connection with the answer: to be
 * refused thousands of times a second on open ones would cost others more than the requests (E7), and new ones are counted by the edge.
 */
export function addressGuard({ checkAddress }: Pick<RequestLimits, 'checkAddress'>): RequestHandler {
  return (request, response, next) => {
    try {
      checkAddress(clientAddress(request))
    } catch (thrown) {
      response.set('Connection', 'close')
      throw thrown
    }
    next()
  }
}

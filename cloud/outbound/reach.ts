import { lookup as lookUp } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'

export const refused = (sentence: string) => new ThroughlineError('OUTBOUND_REFUSED', sentence)
export const failed = (sentence: string, cause?: unknown) => new ThroughlineError('OUTBOUND_FAILED', sentence, { cause })

/** OUTBOUND_FAILED for an error of a socket; of it no more is told than its code. */
export const unreached = (error: NodeJS.ErrnoException) => failed(`It could not be reached: ${error.code ?? 'unknown trouble'}.`, error)

/** Where connections may lead, and for how long. */
export interface ReachLimits {
  readonly clock: Clock
  /** For the whole exchange, the name's resolution included. */
  readonly timeMs: number
  /** Whether an IP address may be connected to; asked for every address that a name has. */
  readonly mayReach: (address: string) => boolean
  /** More certificate authorities than those of the system. */
  readonly caPem?: string | undefined
  /** Every address of a name; default the resolver of the system. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined
}

/** What an exchange with a checked host hands to Node.js: its connection can go nowhere but to the checked addresses. */
export interface Way {
  /** The host without the brackets of an address in a URL. */
  readonly host: string
  readonly options: { readonly lookup: LookupFunction; readonly ca?: string }
  /** Aborted when the time is over, when the caller gave up, and when the exchange is done: what is still open is to be closed then. */
  readonly signal: AbortSignal
}

/**
 * Runs an exchange with a host. The name is resolved once, all its addresses are checked, and `Way` knows these alone, so that a name
 * that changes its mind in between reaches nothing inside. Rejects with OUTBOUND_REFUSED for what may not be reached, OUTBOUND_FAILED
 * for a name without an address and when the time is over, the reason of `giveUp`, and what the exchange rejects with.
 */
export type Reach = <T>(host: string, exchange: (way: Way) => Promise<T>, giveUp?: AbortSignal) => Promise<T>

export function createReach({ clock, timeMs, mayReach, caPem, resolve = resolveAll }: ReachLimits): Reach {
  const checkedAddresses = async (host: string) => {
    const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host]
    if (addresses.length === 0) throw failed('The name has no address.')
    if (!addresses.every(mayReach))
      throw refused('The address lies in a private or reserved network; the operator can allow it with THROUGHLINE_PRIVATE_TARGETS.')
    return addresses.map((address) => ({ address, family: isIP(address) }))
  }

  return async (rawHost, exchange, giveUp) => {
    giveUp?.throwIfAborted()
    const host = rawHost.replace(/^\[(.*)\]$/, '$1')
    const end = new AbortController()
    const late = () => end.abort(failed(`There was no answer within ${timeMs / 1_000} s.`))
    const gaveUp = () => end.abort(giveUp?.reason)
    const cancelTimer = clock.after(timeMs, late)
    giveUp?.addEventListener('abort', gaveUp)
    const ended = new Promise<never>((_resolve, reject) => end.signal.addEventListener('abort', () => reject(end.signal.reason)))
    const run = async () => {
      const lookup = pinnedTo(await checkedAddresses(host))
      end.signal.throwIfAborted()
      return exchange({ host, options: { lookup, ...(caPem === undefined ? {} : { ca: caPem }) }, signal: end.signal })
    }
    try {
      return await Promise.race([run(), ended])
    } finally {
      cancelTimer()
      giveUp?.removeEventListener('abort', gaveUp)
      end.abort()
    }
  }
}

function pinnedTo(addresses: readonly { readonly address: string; readonly family: number }[]): LookupFunction {
  return (_host, options, answer) => {
    const [first] = addresses
    if (options.all === true) answer(null, [...addresses])
    else answer(null, first?.address ?? '', first?.family)
  }
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookUp(host, { all: true, verbatim: true })).map(({ address }) => address)
}

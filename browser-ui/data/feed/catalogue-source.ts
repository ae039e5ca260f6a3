import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { backoffMs } from '../../link/backoff.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { parseCatalogue, type Catalogue } from './catalogue.ts'

/** The agent's own list of charts, asked at once and until it comes, and again when charts appear that it does not hold. */
export interface CatalogueSource {
  readonly catalogue: Catalogue | undefined
  /** Something came that the list does not know; it is asked anew, at most every quarter of a minute. */
  noteUnknown(): void
  close(): void
}

export interface CatalogueSourceDeps {
  readonly client: LiveClient
  readonly clock: Clock
  readonly nodeId: string
  readonly random: () => number
  readonly onCatalogue: (catalogue: Catalogue) => void
  /** The agent refuses its list with this status. */
  readonly onRefused: (httpStatus: number) => void
}

const restMs = 15_000

export function createCatalogueSource({ client, clock, nodeId, random, onCatalogue, onRefused }: CatalogueSourceDeps): CatalogueSource {
  const abort = new AbortController()
  let catalogue: Catalogue | undefined
  let attempt = 0
  let askedMs = 0
  let stopRetry: (() => void) | undefined

  const ask = async () => {
    askedMs = clock.monotonicMs()
    try {
      const reply = await client.ask(nodeId, { kind: 'contexts' }, abort.signal)
      if (abort.signal.aborted) return
      if (reply.httpStatus !== 200) {
        onRefused(reply.httpStatus)
        throw new ThroughlineError('AGENT_PROTOCOL', 'The agent did not list its contexts.')
      }
      catalogue = parseCatalogue(reply.text)
      attempt = 0
      onCatalogue(catalogue)
    } catch {
      if (!abort.signal.aborted) stopRetry = clock.after(backoffMs(2 + attempt++, random), () => void ask())
    }
  }
  void ask()

  return {
    get catalogue() {
      return catalogue
    },
    noteUnknown() {
      if (catalogue !== undefined && clock.monotonicMs() - askedMs > restMs) void ask()
    },
    close() {
      abort.abort()
      stopRetry?.()
    },
  }
}

import type { AuditEvent, Auditor } from '../../src/domain/audit.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { chainOf, type ChainEntry, type ChainId } from './chain-entry.ts'
import { auditKeys } from './chain-items.ts'
import { readAuditForwards, readAuditPage, type AuditFilter, type AuditPage } from './chain-reader.ts'
import { createChainWriter } from './chain-writer.ts'
import { listEveryChain } from './every-chain.ts'
import { createRepeats } from './repeats.ts'
import { createSoon } from './soon.ts'
import { verifyChain, type ChainProof } from './verify-chain.ts'

export interface AuditDeps {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly log: Log
  /** Hears that a chain grew in this process. */
  readonly onAppended?: (chainId: ChainId) => void
}

/** The audit: events in, chains of entries in the store. */
export interface Audit extends Auditor {
  /** Writes the event within half a second, together with others; for what happens often and nobody waits for. Never throws. */
  recordSoon(event: AuditEvent): void
  /** Entries newest first. */
  page(chainId: ChainId, filter: AuditFilter, place: { readonly before?: number | undefined; readonly limit: number }): Promise<AuditPage>
  /** Entries oldest first, read as they are asked for. */
  forwards(chainId: ChainId, filter: AuditFilter): AsyncIterable<ChainEntry>
  /** Proves a chain, or names its first broken entry. */
  verify(chainId: ChainId): Promise<ChainProof>
  /** Every chain that has a head. */
  chains(): Promise<readonly ChainId[]>
  /** Every chain of which anything is left, or whose space is there; for proofs, since it walks the whole store. */
  everyChain(): Promise<readonly ChainId[]>
  /** Takes away what is older than it may be kept; answers how many entries went. */
  prune(): Promise<number>
  /** Writes what is still counted or buffered; call it before the store closes. */
  close(): Promise<void>
}

export function createAudit({ store, clock, log, onAppended }: AuditDeps): Audit {
  const writer = createChainWriter({ store, clock, log, ...(onAppended === undefined ? {} : { onAppended }) })
  const soon = createSoon({
    clock,
    log,
    async write(events) {
      const failed: AuditEvent[] = []
      const ofChain = new Map<ChainId, AuditEvent[]>()
      for (const event of events) ofChain.set(chainOf(event), [...(ofChain.get(chainOf(event)) ?? []), event])
      await Promise.all(
        [...ofChain].map(([chainId, own]) =>
          writer.append(chainId, own).catch(() => {
            failed.push(...own)
          }),
        ),
      )
      return failed
    },
  })
  const repeats = createRepeats(clock, (event) => soon.add(event))
  return {
    async record(event) {
      if (repeats.isFirst(event)) await writer.append(chainOf(event), [event])
    },
    recordSoon(event) {
      if (repeats.isFirst(event)) soon.add(event)
    },
    page: (chainId, filter, place) => readAuditPage(store, chainId, filter, place),
    forwards: (chainId, filter) => readAuditForwards(store, chainId, filter),
    verify: (chainId) => verifyChain(store, chainId),
    chains: () => listChains(store),
    everyChain: () => listEveryChain(store),
    async prune() {
      let gone = 0
      for (const chainId of await listChains(store)) gone += await writer.prune(chainId)
      return gone
    },
    async close() {
      repeats.flush()
      await soon.close()
    },
  }
}

async function listChains(store: MetadataStore): Promise<readonly ChainId[]> {
  const chainIds: ChainId[] = []
  let after: string | undefined
  do {
    const page = await store.list(auditKeys.headPartition, after === undefined ? {} : { after })
    chainIds.push(...page.items.map(({ sort }) => sort as ChainId))
    after = page.next
  } while (after !== undefined)
  return chainIds
}

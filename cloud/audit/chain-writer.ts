import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEvent } from '../../src/domain/audit.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { linkEntry, type ChainEntry, type ChainId, type ChainPlace } from './chain-entry.ts'
import { auditKeys, emptyHead, entriesOf, entrySort, findTail, readHead, type ChainHead } from './chain-items.ts'
import { auditLimits } from './limits.ts'

/** Appends to chains; one writer a process. */
export interface ChainWriter {
  /**
   * Resolves when the events are durable, in this order and without another between them. Throws STORE_UNAVAILABLE, or CONFLICT
   * after a dozen lost races against other processes; then they may or may not be there.
   */
  append(chainId: ChainId, events: readonly AuditEvent[]): Promise<void>
  /** Takes away what is older than it may be kept, whole items at a time, and never the last one. Answers how many entries went. */
  prune(chainId: ChainId): Promise<number>
}

interface Lane {
  readonly waiting: { readonly events: readonly AuditEvent[]; readonly done: () => void; readonly failed: (thrown: unknown) => void }[]
  isRunning: boolean
  tail: ChainPlace | undefined
  head: { readonly head: ChainHead; readonly revision: number | undefined } | undefined
}

/**
 * An entry is written only where nothing is, at the number after the last one; that one condition decides between processes. The head
 * follows and may stay behind: whoever appends next looks beyond it. Appends of this process that come together are one item and two
 * writes.
 */
export function createChainWriter(deps: {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly log: Log
  readonly onAppended?: (chainId: ChainId) => void
}): ChainWriter {
  const { store, clock, log, onAppended } = deps
  const lanes = new Map<ChainId, Lane>()

  const laneOf = (chainId: ChainId): Lane => {
    const known = lanes.get(chainId)
    if (known !== undefined) return known
    const lane: Lane = { waiting: [], isRunning: false, tail: undefined, head: undefined }
    lanes.set(chainId, lane)
    return lane
  }

  const lookUp = async (chainId: ChainId, lane: Lane): Promise<ChainPlace> => {
    if (lane.tail !== undefined) return lane.tail
    try {
      lane.head = await readHead(store, chainId)
    } catch (thrown) {
      // A damaged head must not stop the audit: the entries themselves say where they end.
      log.warn('audit_head_unreadable', { reason: thrown instanceof Error ? thrown.name : 'unknown' })
      lane.head = undefined
    }
    lane.tail = await findTail(store, chainId, lane.head?.head ?? emptyHead)
    return lane.tail
  }

  const moveHead = async (chainId: ChainId, lane: Lane, tail: ChainPlace) => {
    try {
      for (let tries = 0; tries < 3; tries++) {
        lane.head ??= await readHead(store, chainId)
        const { head, revision } = lane.head
        if (head.seq >= tail.seq) return
        const next: ChainHead = { ...tail, begins: head.begins }
        const written = await writeHead(chainId, next, revision)
        lane.head = written === undefined ? undefined : { head: next, revision: written }
        if (written !== undefined) return
      }
    } catch {
      // The entry is durable; the next append brings the head along.
      lane.head = undefined
    }
  }

  const writeHead = (chainId: ChainId, head: ChainHead, revision: number | undefined) =>
    store.write({ ...auditKeys.head(chainId), kind: 'audit-head', data: head }, revision ?? 'absent')

  const write = async (chainId: ChainId, lane: Lane, events: readonly AuditEvent[]) => {
    const ids = events.map(() => randomUUID())
    for (let tries = 1; tries <= auditLimits.triesMax; tries++) {
      const entries: ChainEntry[] = []
      let tail = await lookUp(chainId, lane)
      const key = auditKeys.entries(chainId, tail.seq + 1)
      for (const [at, event] of events.entries()) {
        const entry = linkEntry(chainId, tail, ids[at] ?? '', event, clock.nowMs())
        entries.push(entry)
        tail = { seq: entry.seq, hash: entry.hash, atMs: entry.atMs }
      }
      const written = await store.write({ ...key, kind: 'audit-entry', data: { entries } }, 'absent')
      // A write whose answer got lost may have happened: ids are random, so the same hash is ours.
      if (written !== undefined || entriesOf(await store.read(key)).at(-1)?.hash === tail.hash) {
        lane.tail = tail
        await moveHead(chainId, lane, tail)
        return
      }
      lane.tail = undefined
      await sleep(Math.random() * 5 * tries)
    }
    throw new ThroughlineError('CONFLICT', 'The audit is written to from too many places at once; try again.')
  }

  const run = async (chainId: ChainId, lane: Lane) => {
    if (lane.isRunning) return
    lane.isRunning = true
    while (lane.waiting.length > 0) {
      let count = 0
      const fitting = lane.waiting.findIndex(({ events }) => (count += events.length) > auditLimits.entriesPerItem)
      const batch = lane.waiting.splice(0, fitting === -1 ? lane.waiting.length : Math.max(1, fitting))
      try {
        await write(
          chainId,
          lane,
          batch.flatMap(({ events }) => events),
        )
        for (const { done } of batch) done()
        onAppended?.(chainId)
      } catch (thrown) {
        lane.tail = undefined
        lane.head = undefined
        for (const { failed } of batch) failed(thrown)
      }
    }
    lane.isRunning = false
  }

  return {
    async append(chainId, events) {
      const lane = laneOf(chainId)
      for (let from = 0; from < events.length; from += auditLimits.entriesPerItem) {
        const part = events.slice(from, from + auditLimits.entriesPerItem)
        await new Promise<void>((done, failed) => {
          lane.waiting.push({ events: part, done, failed })
          void run(chainId, lane)
        })
      }
    },

    async prune(chainId) {
      const { head, revision } = await readHead(store, chainId)
      if (revision === undefined) return 0
      const oldMs = clock.nowMs() - auditLimits.keptMs
      const partition = auditKeys.entryPartition(chainId)
      const options = { prefix: auditKeys.entryPrefix, limit: 100 }
      let { begins } = head
      let after: string | undefined = entrySort(begins.seq - 1)
      search: while (after !== undefined) {
        const page: Awaited<ReturnType<MetadataStore['list']>> = await store.list(partition, { ...options, after })
        for (const item of page.items) {
          const last = entriesOf(item).at(-1)
          if (last === undefined || last.atMs >= oldMs || last.seq >= head.seq) break search
          begins = { seq: last.seq + 1, prev: last.hash }
        }
        after = page.next
      }
      if (begins.seq !== head.begins.seq && (await writeHead(chainId, { ...head, begins }, revision)) === undefined) return 0
      // The head says first that the chain begins later; what a crash leaves below goes the next time.
      let gone = 0
      for (;;) {
        const { items } = await store.list(partition, options)
        const below = items.filter(({ sort }) => sort < entrySort(begins.seq))
        for (const item of below) if (await store.remove(item, item.revision)) gone += entriesOf(item).length
        if (below.length === 0 || below.length < items.length) return gone
      }
    },
  }
}

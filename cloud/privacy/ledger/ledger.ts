import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { KeySubject } from '../../../src/domain/key-subject.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import type { ErasureLedger, LedgerEntry } from '../ports.ts'
import { createSubjectHashes, type SubjectHashes } from './subject-hashes.ts'

/** The ledger as this process holds it. */
export interface Ledger extends ErasureLedger {
  readonly hashes: SubjectHashes
  /** Whether nobody was ever erased: then no write has anything to ask. */
  isEmpty(): boolean
  hasHash(subjectHash: string): boolean
  count(): number
  /** Reads what other processes noted. Throws STORE_UNAVAILABLE. */
  look(): Promise<void>
  close(): void
}

export interface LedgerDeps {
  /** The store beside the keys. */
  readonly apart: MetadataStore
  readonly key: Uint8Array
  readonly clock: Clock
  readonly log: Log
}

/** How often other processes are looked at. */
export const ledgerLookMs = 2_000

const partition = 'erasure'
const entryPrefix = 'entry/'
/** Counts what was noted, so that a look costs one read while nothing is new. */
const headKey: ItemKey = { partition, sort: 'head' }
const headData = z.object({ keyId: z.string(), noted: z.number() })
const entryData = z.object({ kind: z.enum(['person', 'space', 'installation']), atMs: z.number() })

/**
 * Opens the ledger and reads all of it. Throws STORE_UNAVAILABLE, and DATA_FOLDER_UNUSABLE when the key is not the one the entries
 * were made with: then nobody could be told from those who were erased, so nothing may start.
 */
export async function openLedger({ apart, key, clock, log }: LedgerDeps): Promise<Ledger> {
  const hashes = createSubjectHashes(key)
  const erased = new Map<string, LedgerEntry>()
  let seen = -1
  const readHead = async () => {
    const item = await apart.read(headKey)
    return item === undefined ? undefined : { ...headData.parse(item.data), revision: item.revision }
  }
  const remember = (subjectHash: string, kind: KeySubject['kind'], atMs: number) => {
    if (!erased.has(subjectHash)) erased.set(subjectHash, { subjectHash, kind, atMs })
  }

  const look = async (): Promise<void> => {
    const head = await readHead()
    if (head === undefined || head.noted === seen) return
    if (head.keyId !== hashes.keyId)
      throw new ThroughlineError(
        'DATA_FOLDER_UNUSABLE',
        'The key of erasures is not the one its ledger was made with; put the file erasure.key of this installation back.',
      )
    let after: string | undefined
    do {
      const page = await apart.list(partition, { prefix: entryPrefix, ...(after === undefined ? {} : { after }) })
      for (const { sort, data } of page.items) {
        const { kind, atMs } = entryData.parse(data)
        remember(sort.slice(entryPrefix.length), kind, atMs)
      }
      after = page.next
    } while (after !== undefined)
    seen = head.noted
  }

  /** After the entry: whoever looks then finds it. A crash in between is mended when the erasure, which goes on, notes it again. */
  const advance = async (): Promise<void> => {
    for (;;) {
      const head = await readHead()
      const data = { keyId: hashes.keyId, noted: (head?.noted ?? 0) + 1 }
      if ((await apart.write({ ...headKey, kind: 'erasure', data }, head?.revision ?? 'absent')) !== undefined) return
    }
  }

  await look()
  // One look at a time: a slow store must not have them pile up.
  let isLooking = false
  const stop = clock.every(ledgerLookMs, () => {
    if (isLooking) return
    isLooking = true
    void look()
      .catch(() => log.warn('erasure_ledger_unread'))
      .finally(() => (isLooking = false))
  })

  return {
    hashes,
    async note(subject) {
      const subjectHash = hashes.hashOf(subject)
      const atMs = erased.get(subjectHash)?.atMs ?? clock.nowMs()
      const entry = { partition, sort: `${entryPrefix}${subjectHash}`, kind: 'erasure' as const, data: { kind: subject.kind, atMs } }
      await apart.write(entry, 'absent')
      await advance()
      remember(subjectHash, subject.kind, atMs)
    },
    has: (subject) => erased.size > 0 && erased.has(hashes.hashOf(subject)),
    hasHash: (subjectHash) => erased.has(subjectHash),
    hashOf: (subject) => hashes.hashOf(subject),
    isEmpty: () => erased.size === 0,
    count: () => erased.size,
    entries: async () => [...erased.values()],
    look,
    close: stop,
  }
}

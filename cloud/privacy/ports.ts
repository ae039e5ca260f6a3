import type { KeySubject } from '../../src/domain/key-subject.ts'

/** One erasure, as the ledger keeps it apart from the data: no id, no address, only a keyed hash of who it was. */
export interface LedgerEntry {
  readonly subjectHash: string
  readonly kind: KeySubject['kind']
  readonly atMs: number
}

/**
 * Who was erased, kept apart from the data so that no copy of the data brings them back (D4). Every write asks it, and a restored
 * copy is cleared of everybody in it before it serves.
 */
export interface ErasureLedger {
  /** Durable when it resolves; noting somebody again changes nothing. */
  note(subject: KeySubject): Promise<void>
  /** Answers from memory, which is at most a few seconds behind other processes and never behind this one. */
  has(subject: KeySubject): boolean
  hashOf(subject: KeySubject): string
  entries(): Promise<readonly LedgerEntry[]>
}

/** What the mirror tells of itself; counts and times only. */
export interface MirrorStatus {
  readonly sink: 'duckdb' | 'bigquery' | 'off'
  readonly isReachable: boolean
  /** Changes that are not in the sink yet, and since when the oldest waits. */
  readonly waiting: number
  readonly oldestWaitingSinceMs: number | null
  readonly lastLoadedAtMs: number | null
  /** Rows that the sink refused and that wait for the operator. */
  readonly deadLetters: number
}

/** The mirror, as receipts and erasures see it. */
export interface MirrorView {
  status(): MirrorStatus
  /** Rows that are about somebody or some space, by table, as the sink has them now. Throws MIRROR_UNAVAILABLE. */
  rowsAbout(subject: KeySubject): Promise<readonly { readonly table: string; readonly rows: number }[]>
  /** Resolves when everything that was written before the call is in the sink. Throws MIRROR_UNAVAILABLE after `withinMs`. */
  caughtUp(withinMs: number): Promise<void>
}

/** One backup; what it holds is ciphertext. */
export interface BackupFacts {
  readonly name: string
  readonly takenAtMs: number
  /** When it is deleted. */
  readonly expiresAtMs: number
  readonly items: number
  readonly bytes: number
}

/** The backups there are, as receipts and certificates name them. */
export interface BackupList {
  list(): Promise<readonly BackupFacts[]>
}

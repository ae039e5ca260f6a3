import type { Storable } from '../../../src/domain/storable.ts'
import type { DataClass } from '../../../src/domain/data-class.ts'
import type { Field, FieldFacts, Names } from './field.ts'

/** What becomes of a kind of item besides the store of record. */
export interface Carried {
  /** Rows of the mirror are made of it. */
  readonly mirrored: boolean
  /** Its changes go into the log of changes, which a restored backup replays. Everything mirrored is logged. */
  readonly logged: boolean
}

/** Everything the owner is told of one kind of item: a row of the data map. */
export interface KindFacts<T extends Storable = Storable> extends Carried {
  /** What an item of it says, in a few words. */
  readonly holds: string
  readonly class: DataClass
  /** Whom it is about: whose receipt shows it, whose erasure takes it. */
  readonly subject: Names | 'installation'
  /** How long it stays, in words; `retentionMs` where a clock ends it: the longest there is. */
  readonly retention: string
  readonly retentionMs?: number
  /** What takes it away when its subject is erased, in words. */
  readonly erasure: string
  readonly data: Field<T>
  /** The compressed part as a whole, where there is one, and what is inside it. */
  readonly blob?: FieldFacts
  readonly inBlob?: Field<Storable>
  /** Lies apart from the data, beside the keys. */
  readonly isApart?: true
  /** Left out of backups: it is worth nothing after a restore, or must not come back. Absent: in every backup. */
  readonly inBackup?: false
}

/** Keeps the type of what may be written. */
export const kind = <T extends Storable>(facts: KindFacts<T>): KindFacts<T> => facts

/** Facts of a compressed part. */
export const packed = (purpose: string, seal: FieldFacts['seal'] = 'none'): FieldFacts => ({ purpose, seal, mirror: 'none' })

const dayMs = 24 * 3_600_000
/** Days in milliseconds. */
export const days = (count: number): number => count * dayMs
/** Minutes in milliseconds. */
export const minutes = (count: number): number => count * 60_000

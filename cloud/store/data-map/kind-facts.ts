import type { DataClass, Field, FieldFacts, Names } from './field.ts'
import type { Storable } from '../../../src/domain/storable.ts'

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
  /** How long it stays, in words; `retentionMs` where a clock ends it. */
  readonly retention: string
  /** What takes it away when its subject is erased, in words. */
  readonly erasure: string
  /** Undefined only while the map is being drawn: then any plain data is taken. */
  readonly data?: Field<T>
  /** The compressed part, where there is one. */
  readonly blob?: FieldFacts
}

import type { DataClass } from './data-class.ts'

/** Where something lies. 'keys' is the place beside the keys, apart from the data. */
export const places = ['table', 'keys', 'mirror', 'log', 'backup', 'audit'] as const
export type Place = (typeof places)[number]

/** One field of what is held; texts may be hostile. */
export interface HeldField {
  /** Its path in the data map, such as `members[].role`. */
  readonly field: string
  /** Null when it is not shown; then `note` says why. */
  readonly value: string | null
  readonly note: string | null
  /** Why it is kept: the rest of a sentence that begins "It is kept to". */
  readonly purpose: string
  /** How many such values the row stands for. */
  readonly count: number
}

/** What one stored row holds, or several of a kind; the counts of all rows of a place are the rows that lie there. Times are epoch milliseconds. */
export interface ReceiptRow {
  readonly where: Place
  readonly class: DataClass
  /** Kind of item, table of the mirror, name of a backup. */
  readonly kind: string
  /** What such a row says, in a few words. */
  readonly what: string
  /** What the row is called by people, such as the name of a room; hostile text. */
  readonly name: string | null
  readonly spaceId: string | null
  /** The key of the row where it is one row, so that it can be found again. */
  readonly item: string | null
  /** Deleted or expired, and still lying there until it is purged. */
  readonly isGoing: boolean
  /** Stored rows; null where they cannot be counted by person. */
  readonly count: number | null
  readonly sinceMs: number | null
  readonly expires: string
  readonly expiresAtMs: number | null
  readonly fields: readonly HeldField[]
}

/** Rows of one place by class. */
export interface PlaceTotal {
  readonly where: Place
  readonly class: DataClass
  /** Null: they cannot be counted. */
  readonly rows: number | null
  readonly fields: number
}

/** One space as its receipt tells it. */
export interface SpaceReceipt {
  readonly spaceId: string
  readonly name: string
  /** Everything of the space by kind; null for who is no admin there. */
  readonly held: readonly ReceiptRow[] | null
  readonly heldTotals: readonly PlaceTotal[] | null
  /** What names the person there. */
  readonly traces: readonly ReceiptRow[]
}

/** Whether a place could be read. */
export interface PlaceState {
  readonly where: Place
  readonly state: 'read' | 'off' | 'unreachable'
  readonly note: string
}

/** What the map says of one kind of row, whoever it is about. */
export interface KindFact {
  readonly kind: string
  readonly class: DataClass
  readonly holds: string
  readonly retention: string
  readonly erasure: string
}

/** Everything held about a person, and about the spaces they run. */
export interface Receipt {
  readonly madeAtMs: number
  /** Rows that were looked at. */
  readonly rowsRead: number
  readonly places: readonly PlaceState[]
  /** All rows that are about the person: theirs and those of their spaces. */
  readonly totals: readonly PlaceTotal[]
  readonly person: { readonly rows: readonly ReceiptRow[]; readonly totals: readonly PlaceTotal[] }
  readonly spaces: readonly SpaceReceipt[]
  /** Every kind of row that can exist here. */
  readonly facts: readonly KindFact[]
}

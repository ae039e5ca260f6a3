/** What a cell of the mirror may be. Texts are names of kinds and states, or pseudonyms; never an address, a name or a value. */
export type MirrorCell = string | number | boolean | null | readonly string[]

export type ColumnType = 'text' | 'whole' | 'flag' | 'time' | 'texts'

/** A table of the mirror; every table begins with `key`, `revision`, `changed_at`. `time` is milliseconds on our side, a timestamp in the sink. */
export interface MirrorTable {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
}

/** A view by name and its statement, written so that DuckDB and BigQuery both take it; `{table}` stands for a table's address. */
export interface MirrorView {
  readonly name: string
  readonly statement: string
}

/** One change of one item. `key` is the pseudonym of the item's key; of two rows with one key the greater revision counts. */
export interface MirrorRow {
  readonly table: string
  readonly key: string
  /**
   * The place of the change in the order of all changes: a safe integer. Not the item's own revision, which starts anew where an
   * item is removed and made again.
   */
  readonly revision: number
  readonly changedAtMs: number
  /** The row goes; a later load of an older revision must not bring it back. */
  readonly isDeleted: boolean
  readonly cells: Readonly<Record<string, MirrorCell>>
}

export interface MirrorBatch {
  /** Follows from what is in it, so that loading it twice is loading it once. */
  readonly batchId: string
  readonly rows: readonly MirrorRow[]
}

/** A row that the sink will never take, and why in one word of the sink; the content is not in it. */
export interface RefusedRow {
  readonly table: string
  readonly key: string
  readonly revision: number
  readonly reason: string
}

/**
 * Where the mirror lies. Everything may be repeated; a resolved promise means that it is in the sink. Throws MIRROR_UNAVAILABLE
 * when the sink cannot answer or refuses for now (quota, rate); then nothing is lost, and the same call is made again later.
 */
export interface MirrorSink {
  readonly name: 'duckdb' | 'bigquery'
  /** Makes tables and views that are missing, and adds columns that are. Columns that are no more stay, empty from then on. */
  migrate(tables: readonly MirrorTable[], views: readonly MirrorView[]): Promise<void>
  /**
   * Brings rows in, exactly once by key and revision. Bad rows are answered, all others are in. `isMadeAnew` tells that tables
   * were gone and had to be made for it: what they had before is missing, and everything is to be brought again.
   */
  load(batch: MirrorBatch): Promise<{ readonly refused: readonly RefusedRow[]; readonly isMadeAnew?: true }>
  /** How many rows of a table have one of these texts in a column; in a column of texts, among them. */
  count(table: string, column: string, texts: readonly string[]): Promise<number>
  /** How many rows a table has. */
  size(table: string): Promise<number>
  /** The rows that a table has, deleted ones not, in the order of their keys behind `after`. For proofs, and to find what should be gone. */
  keys(
    table: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly { readonly key: string; readonly revision: number }[]>
  close(): Promise<void>
}

import type { BoardDocument } from '../../../src/domain/board.ts'

/** A person as boards name them; without an address when they are no more here. */
export interface BoardPerson {
  readonly personId: string
  readonly email: string | null
}

/** A row of a list of boards. Times are epoch milliseconds of the cloud. */
export interface BoardHead {
  readonly boardId: string
  readonly roomId: string
  readonly name: string
  readonly tiles: number
  readonly revision: number
  readonly createdBy: BoardPerson
  readonly createdAtMs: number
  readonly changedBy: BoardPerson
  readonly changedAtMs: number
  /** Whether whoever asked may change it. */
  readonly mayChange: boolean
}

/** A board that can still be restored, until `goneAtMs`. */
export interface DeletedBoard extends BoardHead {
  readonly deletedBy: BoardPerson
  readonly deletedAtMs: number
  readonly goneAtMs: number
}

/** A board as the cloud answers it. */
export interface BoardAnswer extends BoardHead {
  readonly document: BoardDocument
}

export interface BoardList {
  readonly boards: readonly BoardHead[]
  readonly deleted: readonly DeletedBoard[]
}

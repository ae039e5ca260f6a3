import type { BoardDocument } from '../../../src/domain/board.ts'
import { isObject } from '../json.ts'

/** Changes that the cloud has not taken yet, and what they were made from. Metadata only; boards hold no values. */
export interface Draft {
  readonly revision: number
  readonly base: BoardDocument
  readonly document: BoardDocument
}

/** Keeps drafts over a reload of the tab. */
export interface Drafts {
  read(boardId: string): Draft | undefined
  /** False when there is no room for it. */
  write(boardId: string, draft: Draft): boolean
  remove(boardId: string): void
}

/** Drafts of one person in the storage of the tab: whoever signs in there next does not get them. A damaged one counts as none. */
export function createDrafts(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, personId: string): Drafts {
  const keyOf = (boardId: string) => `throughline-board-draft-1/${personId}/${boardId}`
  return {
    read(boardId) {
      try {
        const draft: unknown = JSON.parse(storage.getItem(keyOf(boardId)) ?? 'null')
        return isDraft(draft) ? draft : undefined
      } catch {
        return undefined
      }
    },
    write(boardId, draft) {
      try {
        storage.setItem(keyOf(boardId), JSON.stringify(draft))
        return true
      } catch {
        // The storage is full or shut off: the page still holds the changes and goes on saving them.
        return false
      }
    },
    remove(boardId) {
      try {
        storage.removeItem(keyOf(boardId))
      } catch {
        // Nothing can be there then.
      }
    },
  }
}

function isDraft(value: unknown): value is Draft {
  return isObject(value) && typeof value['revision'] === 'number' && isBoard(value['base']) && isBoard(value['document'])
}

function isBoard(value: unknown): boolean {
  return isObject(value) && value['format'] === 1 && typeof value['name'] === 'string' && Array.isArray(value['tiles'])
}

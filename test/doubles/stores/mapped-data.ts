import type { DataOfKind } from '../../../cloud/store/kinds.ts'

/** Data of a board as the map has it, for tests that need any item; boards have a compressed part, too. */
export const boardData = ({
  name = 'Board',
  tiles = 0,
}: { readonly name?: string; readonly tiles?: number } = {}): DataOfKind<'board'> => ({
  roomId: 'room',
  name,
  tiles,
  createdBy: 'person',
  createdAtMs: 1,
  changedBy: 'person',
  changedAtMs: 1,
})

/** The same of a room. */
export const roomData = (name = 'Room', createdAtMs = 1): DataOfKind<'room'> => ({ name, isAllNodes: false, createdAtMs })

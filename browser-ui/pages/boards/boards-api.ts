import { queryOptions } from '@tanstack/react-query'
import type { BoardDocument } from '../../../src/domain/board.ts'
import type { BoardAnswer, BoardList } from '../../data/boards/board-answers.ts'
import type { CloudRequest } from '../../link/cloud-request.ts'

const boardPath = (boardId: string) => `/boards/${encodeURIComponent(boardId)}`
const roomBoards = (roomId: string) => `/rooms/${encodeURIComponent(roomId)}/boards`

/** What only the pages of boards ask the cloud. */
export const boardsApi = {
  list: async (request: CloudRequest, roomId: string) => (await request.get(roomBoards(roomId))) as BoardList,
  create: async (request: CloudRequest, roomId: string, document: BoardDocument) =>
    (await request.post(roomBoards(roomId), { document })) as BoardAnswer,
  read: async (request: CloudRequest, boardId: string) => (await request.get(boardPath(boardId))) as BoardAnswer,
  /** Rejects with CONFLICT when another revision stands. */
  save: async (request: CloudRequest, boardId: string, revision: number, document: BoardDocument) =>
    (await request.put(boardPath(boardId), { revision, document })) as BoardAnswer,
  remove: async (request: CloudRequest, boardId: string) => void (await request.delete(boardPath(boardId))),
  restore: async (request: CloudRequest, boardId: string) => (await request.post(`${boardPath(boardId)}/restore`)) as BoardAnswer,
}

/** The boards of a room; every change of one makes them old. */
export const boardsQuery = (request: CloudRequest, roomId: string | undefined) =>
  queryOptions({
    queryKey: ['boards', roomId],
    enabled: roomId !== undefined,
    queryFn: () => boardsApi.list(request, roomId ?? ''),
  })

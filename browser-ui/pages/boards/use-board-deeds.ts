import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { BoardDocument } from '../../../src/domain/board.ts'
import type { BoardAnswer, BoardHead, BoardList } from '../../data/boards/board-answers.ts'
import { unknownContexts } from '../../data/boards/board-file.ts'
import { unknownWords } from '../../data/boards/board-words.ts'
import { copyName } from '../../data/boards/tiles.ts'
import { deleteWithUndo } from '../../ui/messages/delete-with-undo.ts'
import { contextsQuery } from '../../ui/queries.ts'
import { progress } from '../../ui/look/progress.ts'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { askForBoardFile, saveBoardFile } from './board-files.ts'
import { boardsApi } from './boards-api.ts'

/** What can be done with boards as wholes; each says itself when it fails. */
export interface BoardDeeds {
  /** Undefined when it could not be made; that was said. */
  create(document: BoardDocument): Promise<BoardAnswer | undefined>
  /** A board from a file a person chooses; undefined when there is none, which was said unless nobody chose one. */
  importFile(): Promise<BoardAnswer | undefined>
  exportFile(head: Pick<BoardHead, 'boardId'>): Promise<void>
  duplicate(head: Pick<BoardHead, 'boardId'>): Promise<BoardAnswer | undefined>
  rename(head: Pick<BoardHead, 'boardId'>, name: string): Promise<void>
  /** Deleted at once, with a way back. */
  remove(head: Pick<BoardHead, 'boardId' | 'name'>): Promise<void>
  restore(head: Pick<BoardHead, 'boardId' | 'name'>): Promise<BoardAnswer | undefined>
}

/** The deeds for the boards of a room. */
export function useBoardDeeds(roomId: string | undefined): BoardDeeds {
  const { api, request } = useServices()
  const queryClient = useQueryClient()
  return useMemo(() => {
    const queryKey = ['boards', roomId]
    const renew = () => queryClient.invalidateQueries({ queryKey })
    /** Shows progress and says what went wrong. */
    const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
      const end = progress.begin()
      try {
        return await work()
      } catch (error) {
        toasts.show({ tone: 'error', text: `${what} ${error instanceof Error ? error.message : ''}`.trim() })
        return undefined
      } finally {
        end()
        void renew()
      }
    }
    /** Charts of contexts that nobody collects stay on the board; their owner hears of them once. */
    const sayUnknown = async ({ document }: BoardAnswer) => {
      const space = await queryClient.fetchQuery({ ...contextsQuery(api), staleTime: 0 }).catch(() => undefined)
      // Shortly after the cloud started its agents have told nothing yet.
      if (space === undefined || space.contexts.length === 0) return
      const unknown = unknownContexts(document, new Set(space.contexts.map(({ id }) => id)))
      const text = unknownWords(unknown)
      if (text !== undefined) toasts.show({ tone: 'info', text })
    }
    const create = (document: BoardDocument) =>
      attempt('The board could not be made.', () => boardsApi.create(request, roomId ?? '', document))
    return {
      create,
      async importFile() {
        const document = await attempt('The board was not imported.', askForBoardFile)
        const board = document && (await create(document))
        if (board !== undefined) await sayUnknown(board)
        return board
      },
      async exportFile({ boardId }) {
        await attempt('The board could not be exported.', async () => saveBoardFile((await boardsApi.read(request, boardId)).document))
      },
      async duplicate({ boardId }) {
        const board = await attempt('The board could not be copied.', () => boardsApi.read(request, boardId))
        return board && create({ ...board.document, name: copyName(board.name) })
      },
      async rename({ boardId }, name) {
        await attempt('The board was not renamed.', async () => {
          const { revision, document } = await boardsApi.read(request, boardId)
          await boardsApi.save(request, boardId, revision, { ...document, name })
        })
      },
      async remove({ boardId, name }) {
        await deleteWithUndo({
          text: `Board “${name}” is deleted.`,
          remove: () => boardsApi.remove(request, boardId).finally(renew),
          restore: () => boardsApi.restore(request, boardId).finally(renew),
          hide() {
            const before = queryClient.getQueryData<BoardList>(queryKey)
            queryClient.setQueryData<BoardList>(queryKey, (list) => list && without(list, boardId))
            return () => queryClient.setQueryData(queryKey, before)
          },
        })
      },
      restore: ({ boardId, name }) =>
        attempt(`“${name}” could not be restored.`, async () => {
          const board = await boardsApi.restore(request, boardId)
          toasts.show({ tone: 'good', text: `Board “${board.name}” is back.` })
          return board
        }),
    }
  }, [api, request, queryClient, roomId])
}

function without(list: BoardList, boardId: string): BoardList {
  return { ...list, boards: list.boards.filter((board) => board.boardId !== boardId) }
}

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { createBoardSession, type BoardSession } from '../../data/boards/board-session.ts'
import { createDrafts } from '../../data/boards/drafts.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useMe } from '../../ui/account/me.ts'
import { useServices } from '../../ui/services.ts'
import { boardsApi } from './boards-api.ts'

const pollMs = 10_000

/** A board that is opened, or why it could not be. */
export type OpenBoard =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | { readonly state: 'open'; readonly session: BoardSession }

/** Opens a board for as long as the page is shown: looks for changes of others, and keeps and saves those made here. */
export function useBoardSession(boardId: string): OpenBoard {
  const { request } = useServices()
  const queryClient = useQueryClient()
  const [board, setBoard] = useState<OpenBoard>({ state: 'loading' })
  const [attempt, setAttempt] = useState(0)
  const myId = useMe().data?.personId

  useEffect(() => {
    if (myId === undefined) return undefined
    let session: BoardSession | undefined
    let isOver = false
    boardsApi.read(request, boardId).then(
      (answer) => {
        if (isOver) return
        session = createBoardSession({
          board: answer,
          save: async (revision, document) => {
            const saved = await boardsApi.save(request, boardId, revision, document)
            void queryClient.invalidateQueries({ queryKey: ['boards', saved.roomId] })
            return saved
          },
          read: () => boardsApi.read(request, boardId),
          drafts: createDrafts(window.sessionStorage, myId),
          clock: pageClock,
        })
        setBoard({ state: 'open', session })
      },
      (error: unknown) => {
        if (isOver) return
        setBoard({
          state: 'failed',
          error,
          retry: () => {
            setBoard({ state: 'loading' })
            setAttempt((count) => count + 1)
          },
        })
      },
    )
    const poll = () => {
      if (!document.hidden) void session?.poll()
    }
    const timer = window.setInterval(poll, pollMs)
    const flush = () => session?.flush()
    const onVisibility = () => (document.hidden ? flush() : poll())
    // A tab that is closed takes its drafts with it.
    const onLeave = (event: BeforeUnloadEvent) => {
      if (session !== undefined && session.state.save !== 'saved') event.preventDefault()
    }
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('online', flush)
    window.addEventListener('beforeunload', onLeave)
    return () => {
      isOver = true
      window.clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', flush)
      window.removeEventListener('beforeunload', onLeave)
      session?.close()
    }
  }, [boardId, myId, request, queryClient, attempt])

  return board
}

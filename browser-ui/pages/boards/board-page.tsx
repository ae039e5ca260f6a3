import './boards.css'
import './board.css'
import { Link } from 'wouter'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { BoardView } from './board-view.tsx'
import { useBoardSession } from './use-board-session.ts'

/** One board of the room: its charts live, or its tiles to be put in order. */
export function BoardPage({ boardId }: { readonly boardId: string }) {
  const board = useBoardSession(boardId)
  useTitle(board.state === 'open' ? board.session.state.board.name : 'Board')
  if (board.state === 'loading') return <Skeleton lines={6} label="Loading the board" />
  if (board.state === 'open') return <BoardView session={board.session} />
  if (board.error instanceof ThroughlineError && board.error.code === 'NOT_FOUND') {
    return (
      <Notice
        icon={icons.board}
        title="There is no such board"
        action={
          <Link href="/boards" className="button">
            Go to the boards
          </Link>
        }
      >
        <p>It may have been deleted, or the link leads to another space. Deleted boards can be restored in the list of boards.</p>
      </Notice>
    )
  }
  return <Failure title="This board cannot be read" error={board.error} onRetry={board.retry} />
}

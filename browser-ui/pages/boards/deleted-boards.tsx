import type { DeletedBoard } from '../../data/boards/board-answers.ts'
import { daysLeftWords, personWords, tilesWords } from '../../data/boards/board-words.ts'
import { useNow } from '../../ui/hooks.ts'
import type { BoardDeeds } from './use-board-deeds.ts'
import { agoWords } from '../../data/time/ago-words.ts'

/** Boards that can still be brought back; nothing when there are none. */
export function DeletedBoards({
  deleted,
  myId,
  deeds,
}: {
  readonly deleted: readonly DeletedBoard[]
  readonly myId: string | undefined
  readonly deeds: BoardDeeds
}) {
  const nowMs = useNow(60_000)
  if (deleted.length === 0) return null
  return (
    <details className="deleted-boards">
      <summary>
        {deleted.length === 1 ? '1 deleted board' : `${deleted.length} deleted boards`} <span>can be restored for 90 days</span>
      </summary>
      <ul>
        {deleted.map((board) => (
          <li key={board.boardId}>
            <div>
              <strong className="boards-name" title={board.name}>
                {board.name}
              </strong>
              <span className="page-sub">
                {tilesWords(board.tiles)}, deleted {agoWords(nowMs - board.deletedAtMs)} by{' '}
                <bdi className="boards-person">{personWords(board.deletedBy, myId)}</bdi>, gone for good in{' '}
                {daysLeftWords(board.goneAtMs - nowMs)}
              </span>
            </div>
            <button type="button" className="button is-small" onClick={() => void deeds.restore(board)}>
              Restore<span className="visually-hidden"> {board.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

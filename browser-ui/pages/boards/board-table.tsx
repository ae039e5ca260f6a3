import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { BoardHead } from '../../data/boards/board-answers.ts'
import { personWords, tilesWords } from '../../data/boards/board-words.ts'
import { useNow, useTimeFormat } from '../../ui/hooks.ts'
import { BoardMenu } from './board-menu.tsx'
import { NameDialog } from './name-dialog.tsx'
import type { BoardDeeds } from './use-board-deeds.ts'
import { agoWords } from '../../data/time/ago-words.ts'

/** A row for each board: its name leads to it, the menu holds what can be done with it. */
export function BoardTable({
  boards,
  myId,
  deeds,
}: {
  readonly boards: readonly BoardHead[]
  readonly myId: string | undefined
  readonly deeds: BoardDeeds
}) {
  const nowMs = useNow(30_000)
  const format = useTimeFormat()
  const [, navigate] = useLocation()
  const [renamed, setRenamed] = useState<BoardHead>()
  return (
    <div className="card boards-card">
      <table className="boards-table">
        <caption className="visually-hidden">Boards</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Tiles</th>
            <th scope="col">Changed</th>
            <th scope="col">Made by</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {boards.map((board) => (
            <tr key={board.boardId}>
              <th scope="row">
                <Link href={`/boards/${board.boardId}`} className="boards-name" title={board.name}>
                  {board.name}
                </Link>
              </th>
              <td>{tilesWords(board.tiles)}</td>
              <td data-label="Changed">
                <span title={format.moment(board.changedAtMs / 1000, nowMs / 1000)}>{agoWords(nowMs - board.changedAtMs)}</span> by{' '}
                <bdi className="boards-person">{personWords(board.changedBy, myId)}</bdi>
              </td>
              <td data-label="Made by">
                <bdi className="boards-person">{personWords(board.createdBy, myId)}</bdi>
              </td>
              <td className="boards-actions">
                <BoardMenu
                  label={`Actions for ${board.name}`}
                  entries={[
                    ...(board.mayChange ? [{ title: 'Rename', run: () => setRenamed(board) }] : []),
                    {
                      title: 'Duplicate',
                      run: async () => {
                        const copy = await deeds.duplicate(board)
                        if (copy !== undefined) navigate(`/boards/${copy.boardId}`)
                      },
                    },
                    { title: 'Export as JSON', run: () => deeds.exportFile(board) },
                    ...(board.mayChange ? [{ title: 'Delete', isDanger: true, run: () => deeds.remove(board) }] : []),
                  ]}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {renamed === undefined ? null : (
        <NameDialog
          title="Rename board"
          label="Name"
          button="Rename"
          first={renamed.name}
          onName={(name) => void deeds.rename(renamed, name)}
          onClose={() => setRenamed(undefined)}
        />
      )}
    </div>
  )
}

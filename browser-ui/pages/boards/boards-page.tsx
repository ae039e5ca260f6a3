import './boards.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { emptyBoard } from '../../data/boards/tiles.ts'
import { useActions } from '../../ui/palette/actions.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useMe } from '../../ui/account/me.ts'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { BoardTable } from './board-table.tsx'
import { boardsQuery } from './boards-api.ts'
import { DeletedBoards } from './deleted-boards.tsx'
import { NameDialog } from './name-dialog.tsx'
import { useBoardDeeds } from './use-board-deeds.ts'
import { ChooseRoom } from './choose-room.tsx'
import { useBoardsRoom } from './use-boards-room.ts'

const refreshMs = 15_000

/** The boards that people made for this room. */
export function BoardsPage() {
  useTitle('Boards')
  const { request } = useServices()
  const { name: roomName } = useRoom()
  const { roomId, insteadOf, error: roomError, retry } = useBoardsRoom()
  const [, navigate] = useLocation()
  const [isNaming, setIsNaming] = useState(false)
  const me = useMe().data
  const list = useQuery({ ...boardsQuery(request, roomId), refetchInterval: refreshMs })
  const deeds = useBoardDeeds(roomId)

  const importBoard = useMemo(
    () => async () => {
      const board = await deeds.importFile()
      if (board !== undefined) navigate(`/boards/${board.boardId}`)
    },
    [deeds, navigate],
  )
  const actions = useMemo(
    () => [
      { id: 'new-board', title: 'New board', group: 'This page' as const, keywords: 'create add dashboard', run: () => setIsNaming(true) },
      { id: 'import-board', title: 'Import a board', group: 'This page' as const, keywords: 'json file', run: () => void importBoard() },
    ],
    [importBoard],
  )
  useActions(actions)

  const create = async (name: string) => {
    const board = await deeds.create(emptyBoard(name))
    if (board !== undefined) navigate(`/boards/${board.boardId}?edit=1`)
  }
  if (insteadOf !== undefined) return <ChooseRoom rooms={insteadOf} />
  const error = roomError ?? list.error
  if (list.data === undefined) {
    return error !== null && error !== undefined ? (
      <Failure title="The boards cannot be read" error={error} onRetry={() => (roomId === undefined ? retry() : void list.refetch())} />
    ) : (
      <Skeleton lines={6} label="Loading boards" />
    )
  }
  const { boards, deleted } = list.data
  const buttons = (
    <div className="boards-tools">
      <button type="button" className="button" onClick={() => void importBoard()}>
        Import
      </button>
      <button type="button" className="button is-primary" onClick={() => setIsNaming(true)}>
        {icons.plus} New board
      </button>
    </div>
  )
  return (
    <div className="boards-page">
      <div className="page-head">
        <div className="boards-title">
          <h1>Boards</h1>
          <p className="page-sub">
            {boards.length === 0 ? 'None yet' : boards.length === 1 ? '1 board' : `${boards.length} boards`} in “{roomName}”
          </p>
        </div>
        {boards.length === 0 ? null : buttons}
      </div>
      {list.isError ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The list is not renewing.</strong> {list.error.message}
        </p>
      ) : null}
      {boards.length === 0 ? (
        <Notice icon={icons.board} title="No board in this room yet" action={buttons}>
          <p>A board is a page of your own: the charts you choose, with notes beside them. Everybody who sees this room sees its boards.</p>
        </Notice>
      ) : (
        <BoardTable boards={boards} myId={me?.personId} deeds={deeds} />
      )}
      <DeletedBoards deleted={deleted} myId={me?.personId} deeds={deeds} />
      {isNaming ? (
        <NameDialog
          title="New board"
          label="Name"
          button="Create board"
          first=""
          onName={(name) => void create(name)}
          onClose={() => setIsNaming(false)}
        />
      ) : null}
    </div>
  )
}

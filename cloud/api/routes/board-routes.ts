import { z } from 'zod'
import { boardLimits } from '../../../src/domain/board.ts'
import { boardDocument } from '../../../src/domain/board-schema.ts'
import type { AuditAction } from '../../../src/domain/audit.ts'
import { canonicalUuid, type BoardId, type PersonId, type RoomId } from '../../../src/domain/ids.ts'
import { errorKinds, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Log } from '../../../src/support/log.ts'
import { isPermitted } from '../../identity/permissions.ts'
import type { Caller } from '../../identity/ports.ts'
import type { Board, BoardHead } from '../../metadata/boards/board-record.ts'
import type { ApiBoards, ApiIdentity, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type AuditNote, type Route } from '../route.ts'
import { roomSeen } from '../sight.ts'

const newBoard = z.strictObject({ document: boardDocument })
const savedBoard = z.strictObject({ revision: z.int().min(1), document: boardDocument })
const headRow = z.looseObject({
  boardId: z.uuid(),
  roomId: z.uuid(),
  name: z.string(),
  tiles: z.int(),
  revision: z.int(),
  mayChange: z.boolean(),
})
const boardRow = headRow.extend({ document: boardDocument })
const large = { bodyBytes: boardLimits.bodyBytes }

const note = (action: AuditAction, { boardId, roomId }: Pick<BoardHead, 'boardId' | 'roomId'>): AuditNote => ({
  action,
  subject: { kind: 'board', id: boardId },
  roomIds: [roomId],
})

export interface BoardRoutesDeps {
  readonly boards: ApiBoards
  readonly rooms: Pick<ApiRooms, 'get'>
  readonly identity: Pick<ApiIdentity, 'people'>
  readonly log: Log
}

/** Boards of rooms. A board's maker may change it, and so may who may change any. */
export function boardRoutes({ boards, rooms, identity, log }: BoardRoutesDeps): readonly Route[] {
  const mayChange = (caller: Caller, { createdBy }: BoardHead) =>
    createdBy === caller.personId ? isPermitted('boards.edit-own', caller) : isPermitted('boards.edit-any', caller)

  const seesRoom = async (caller: Caller, roomId: RoomId) => (await roomSeen(rooms, caller, roomId)) !== undefined

  /** The board, deleted or not, if the caller may change it. Throws NOT_FOUND or FORBIDDEN. */
  const changeable = async (caller: Caller, text: string | undefined): Promise<BoardHead> => {
    const boardId = canonicalUuid(text) as BoardId | undefined
    const head = boardId === undefined ? undefined : await boards.head(caller.spaceId, boardId)
    if (head === undefined || !(await seesRoom(caller, head.roomId))) throw noBoard()
    if (!mayChange(caller, head)) {
      log.warn('access_denied', { permission: 'boards.edit-any', role: caller.role, via: caller.via })
      throw new ThroughlineError('FORBIDDEN', 'Your role lets you change only boards that you made.')
    }
    return head
  }

  /** How people are named; someone who is no more here has no address. */
  const namesOf = async (heads: readonly BoardHead[]) => {
    const ids = new Set(
      heads.flatMap(({ createdBy, changedBy, deleted }) => [createdBy, changedBy, ...(deleted?.by === undefined ? [] : [deleted.by])]),
    )
    const known = await Promise.all([...ids].map(async (id) => [id, (await identity.people.get(id))?.email ?? null] as const))
    const emails = new Map(known)
    return (personId: PersonId) => ({ personId, email: emails.get(personId) ?? null })
  }

  const shownHead = (caller: Caller, head: BoardHead, nameOf: Awaited<ReturnType<typeof namesOf>>) => {
    const { boardId, roomId, name, tiles, createdBy, createdAtMs, changedBy, changedAtMs, revision, deleted } = head
    return {
      boardId,
      roomId,
      name,
      tiles,
      revision,
      createdBy: nameOf(createdBy),
      createdAtMs,
      changedBy: nameOf(changedBy),
      changedAtMs,
      mayChange: mayChange(caller, head),
      ...(deleted === undefined
        ? {}
        : { deletedBy: nameOf(deleted.by ?? changedBy), deletedAtMs: deleted.atMs, goneAtMs: deleted.goneAtMs }),
    }
  }
  const shownBoard = async (caller: Caller, board: Board) => ({
    ...shownHead(caller, board, await namesOf([board])),
    document: board.document,
  })

  return [
    guardedRoute(
      'GET',
      `${apiBase}/rooms/:roomId/boards`,
      'boards.view',
      undefined,
      async ({ caller, params }) => {
        const roomId = (await roomSeen(rooms, caller, canonicalUuid(params['roomId']) as RoomId | undefined))?.roomId
        const list = roomId === undefined ? undefined : await boards.list(caller.spaceId, roomId)
        if (list === undefined) throw noRoom()
        // What cannot be restored by the caller is not theirs to see either.
        const deleted = list.deleted.filter((head) => mayChange(caller, head)).slice(0, listMax)
        const nameOf = await namesOf([...list.boards, ...deleted])
        const shown = (heads: readonly BoardHead[]) => heads.map((head) => shownHead(caller, head, nameOf))
        return { status: 200, json: { boards: shown(list.boards), deleted: shown(deleted) } }
      },
      {
        docs: {
          summary: 'The boards of a room, and deleted ones that the caller may restore.',
          answer: z.object({ boards: z.array(headRow), deleted: z.array(headRow) }),
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/rooms/:roomId/boards`,
      'boards.edit-own',
      newBoard,
      async ({ caller, params, body }) => {
        const roomId = (await roomSeen(rooms, caller, canonicalUuid(params['roomId']) as RoomId | undefined))?.roomId
        const wish = { document: body.document, by: caller.personId }
        const board = roomId === undefined ? undefined : await boards.create(caller.spaceId, roomId, wish)
        if (board === undefined) throw noRoom()
        return { status: 201, json: await shownBoard(caller, board), audit: [note('board-created', board)] }
      },
      { ...large, audits: ['board-created'], docs: { summary: 'Makes a board in a room.', answer: boardRow, status: 201 } },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/boards/:boardId`,
      'boards.view',
      undefined,
      async ({ caller, params }) => {
        const boardId = canonicalUuid(params['boardId']) as BoardId | undefined
        const board = boardId === undefined ? undefined : await boards.get(caller.spaceId, boardId)
        if (board === undefined || !(await seesRoom(caller, board.roomId))) throw noBoard()
        return { status: 200, json: await shownBoard(caller, board) }
      },
      { docs: { summary: 'One board.', answer: boardRow } },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/boards/:boardId`,
      'boards.edit-own',
      savedBoard,
      async ({ caller, params, body }) => {
        const { boardId } = await changeable(caller, params['boardId'])
        const outcome = await boards.save(caller.spaceId, boardId, { ...body, by: caller.personId })
        if (outcome === undefined) throw noBoard()
        const board = await shownBoard(caller, outcome.board)
        if (outcome.isSaved) return { status: 200, json: board, audit: [note('board-changed', outcome.board)] }
        const { http, key } = errorKinds.CONFLICT
        const errorMessage = 'Somebody changed this board after you had read it; nothing was saved.'
        return { status: http, json: { errorCode: 'CONFLICT', errorMsgKey: key, errorMessage, current: board } }
      },
      { ...large, audits: ['board-changed'], docs: { summary: 'Saves a board, unless somebody saved it meanwhile.', answer: boardRow } },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/boards/:boardId`,
      'boards.edit-own',
      undefined,
      async ({ caller, params }) => {
        const head = await changeable(caller, params['boardId'])
        if ((await boards.remove(caller.spaceId, head.boardId, caller.personId)) === undefined) throw noBoard()
        return { status: 204, audit: [note('board-deleted', head)] }
      },
      { audits: ['board-deleted'], docs: { summary: 'Deletes a board; it can be restored for a while.', status: 204 } },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/boards/:boardId/restore`,
      'boards.edit-own',
      undefined,
      async ({ caller, params }) => {
        const { boardId } = await changeable(caller, params['boardId'])
        const board = await boards.restore(caller.spaceId, boardId, caller.personId)
        if (board === undefined) throw noBoard()
        return { status: 200, json: await shownBoard(caller, board), audit: [note('board-restored', board)] }
      },
      { audits: ['board-restored'], docs: { summary: 'Brings a deleted board back.', answer: boardRow } },
    ),
  ]
}

/** Lists of our own API page at this many; a room has no more boards, and older deleted ones are not shown. */
const listMax = 200
const noRoom = () => new ThroughlineError('NOT_FOUND', 'There is no such room.')
const noBoard = () => new ThroughlineError('NOT_FOUND', 'There is no such board.')

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { BoardTile } from '../../../src/domain/board.ts'
import { personWords, tileName } from '../../data/boards/board-words.ts'
import type { BoardSession } from '../../data/boards/board-session.ts'
import { isFull, newTileId, withChart, withCopy, withText, withTile, withoutTile, firstText } from '../../data/boards/tiles.ts'
import { useActions } from '../../ui/palette/actions.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Notice } from '../../ui/look/parts.tsx'
import { useMe } from '../../ui/account/me.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { BoardBanners } from './board-banners.tsx'
import { saveBoardFile } from './board-files.ts'
import { BoardGrid } from './board-grid.tsx'
import { BoardMenu } from './board-menu.tsx'
import { ChartDialog } from './chart-dialog.tsx'
import { BoardTime } from './board-time.tsx'
import { SaveWords } from './save-words.tsx'
import { TextDialog } from './text-dialog.tsx'
import { useBoardCharts } from './use-board-charts.ts'
import { useBoardDeeds } from './use-board-deeds.ts'

/** What is being put on the board or changed: a new tile, or one that is there. */
type Editing = { readonly kind: 'chart' | 'text'; readonly tile: BoardTile | undefined }

/** A board on screen: looked at, or with `?edit` in the address changed. */
export function BoardView({ session }: { readonly session: BoardSession }) {
  const state = useSyncExternalStore(session.onState, () => session.state)
  const [, navigate] = useLocation()
  const search = useSearch()
  const me = useMe().data
  const { board, document, mergedWith } = state
  const deeds = useBoardDeeds(board.roomId)
  const charts = useBoardCharts()
  const [editing, setEditing] = useState<Editing>()
  const isEditing = board.mayChange && new URLSearchParams(search).has('edit')
  useTitle(document.name)

  const setEdit = useCallback(
    (next: boolean) => {
      if (!next) session.flush()
      // Other parts of the address, such as the span of time, stay.
      const params = new URLSearchParams(window.location.search)
      if (next) params.set('edit', '1')
      else params.delete('edit')
      navigate(`/boards/${board.boardId}${params.size === 0 ? '' : `?${params.toString()}`}`, { replace: true })
    },
    [session, navigate, board.boardId],
  )
  const remove = useCallback(
    (tile: BoardTile) => {
      session.edit(withoutTile(session.state.document, tile.id))
      toasts.show({
        tone: 'info',
        text: `“${tileName(tile)}” is removed.`,
        action: { label: 'Undo', run: () => session.edit(withTile(session.state.document, tile)) },
      })
    },
    [session],
  )
  const duplicate = useCallback(
    (tile: BoardTile) => {
      if (isFull(session.state.document)) return void toasts.show({ tone: 'error', text: 'This board is full.' })
      session.edit(withCopy(session.state.document, tile.id, newTileId()))
    },
    [session],
  )
  const edit = useCallback((tile: BoardTile) => setEditing({ kind: tile.kind, tile }), [])

  useEffect(() => {
    if (mergedWith === undefined || mergedWith.personId === me?.personId) return
    toasts.show({ tone: 'info', text: `Merged with what ${personWords(mergedWith, me?.personId)} changed.` })
  }, [mergedWith, me?.personId])

  const copy = useCallback(async () => {
    const made = await deeds.create(session.state.document)
    if (made !== undefined) navigate(`/boards/${made.boardId}`)
  }, [deeds, session, navigate])
  const restore = async () => {
    if ((await deeds.restore({ boardId: board.boardId, name: document.name })) !== undefined) session.revive()
  }
  const removeBoard = async () => {
    navigate('/boards')
    await deeds.remove({ boardId: board.boardId, name: document.name })
  }

  const actions = useMemo(
    () => [
      ...(board.mayChange
        ? [
            {
              id: 'edit-board',
              title: isEditing ? 'Stop editing the board' : 'Edit the board',
              group: 'This page' as const,
              run: () => setEdit(!isEditing),
            },
          ]
        : []),
      ...(isEditing
        ? [
            {
              id: 'add-chart',
              title: 'Add a chart',
              group: 'This page' as const,
              run: () => setEditing({ kind: 'chart', tile: undefined }),
            },
            { id: 'add-text', title: 'Add a text', group: 'This page' as const, run: () => setEditing({ kind: 'text', tile: undefined }) },
          ]
        : []),
      {
        id: 'export-board',
        title: 'Export the board as JSON',
        group: 'This page' as const,
        run: () => saveBoardFile(session.state.document),
      },
    ],
    [board.mayChange, isEditing, setEdit, session],
  )
  useActions(actions)

  useUndoKeys(session, isEditing && editing === undefined)

  const isEmpty = document.tiles.length === 0
  const addButtons = (
    <div className="boards-tools">
      <button type="button" className="button" disabled={isFull(document)} onClick={() => setEditing({ kind: 'text', tile: undefined })}>
        {icons.plus} Add text
      </button>
      <button
        type="button"
        className="button is-primary"
        disabled={isFull(document)}
        onClick={() => setEditing({ kind: 'chart', tile: undefined })}
      >
        {icons.plus} Add chart
      </button>
    </div>
  )
  return (
    <div className="board-page" data-editing={isEditing || undefined}>
      <div className="board-head">
        <Link href="/boards" className="board-back" aria-label="All boards of this room" title="All boards of this room">
          {icons.back}
        </Link>
        {isEditing ? (
          <BoardName session={session} name={document.name} />
        ) : (
          <h1 className="board-name" title={document.name}>
            {document.name}
          </h1>
        )}
        {isEditing || state.save !== 'saved' ? <SaveWords session={session} state={state} /> : null}
        <div className="board-tools">
          {isEditing ? (
            <>
              <button type="button" className="button is-small" disabled={!state.canUndo} onClick={session.undo}>
                Undo
              </button>
              <button type="button" className="button is-small" disabled={!state.canRedo} onClick={session.redo}>
                Redo
              </button>
            </>
          ) : null}
          {board.mayChange ? (
            <button type="button" className={isEditing ? 'button is-primary' : 'button'} onClick={() => setEdit(!isEditing)}>
              {isEditing ? 'Done' : 'Edit'}
            </button>
          ) : null}
          <BoardMenu
            label="More about this board"
            entries={[
              { title: 'Duplicate', run: copy },
              { title: 'Export as JSON', run: () => saveBoardFile(document) },
              ...(board.mayChange ? [{ title: 'Delete', isDanger: true, run: removeBoard }] : []),
            ]}
          />
        </div>
      </div>
      <BoardBanners session={session} state={state} myId={me?.personId} onRestore={() => void restore()} onCopy={() => void copy()} />
      {isEmpty ? null : <BoardTime charts={charts} />}
      {isEditing ? <div className="board-add">{addButtons}</div> : null}
      {isEmpty ? (
        <Notice
          icon={icons.board}
          title="Nothing is on this board yet"
          action={
            isEditing ? undefined : board.mayChange ? (
              <button type="button" className="button is-primary" onClick={() => setEdit(true)}>
                Edit the board
              </button>
            ) : undefined
          }
        >
          <p>{isEditing ? 'Add a chart of this room, or a text beside it.' : 'Charts and texts are added while it is edited.'}</p>
        </Notice>
      ) : (
        <BoardGrid
          document={document}
          charts={charts}
          isEditing={isEditing}
          onEdit={session.edit}
          onOpen={edit}
          onDuplicate={duplicate}
          onRemove={remove}
        />
      )}
      {editing?.kind === 'text' ? (
        <TextDialog
          title={editing.tile === undefined ? 'Add a text' : 'Edit text'}
          first={editing.tile?.kind === 'text' ? editing.tile.text : firstText}
          onClose={() => setEditing(undefined)}
          onText={(text) => {
            const { document: now } = session.state
            const { tile } = editing
            session.edit(tile?.kind === 'text' ? withTile(now, { ...current(now.tiles, tile), text }) : withText(now, newTileId(), text))
          }}
        />
      ) : null}
      {editing?.kind === 'chart' ? (
        <ChartDialog
          charts={charts}
          tile={editing.tile?.kind === 'chart' ? editing.tile : undefined}
          onClose={() => setEditing(undefined)}
          onChart={(chart) => {
            const { document: now } = session.state
            if (chart.tile === undefined) session.edit(withChart(now, newTileId(), chart.contextId, chart.settings, chart.title))
            else session.edit(withTile(now, chart.tile))
          }}
        />
      ) : null}
    </div>
  )
}

/** Ctrl+Z (⌘Z) and with Shift, where no field has the focus: fields undo for themselves. */
function useUndoKeys(session: BoardSession, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined
    const onKeyDown = (event: KeyboardEvent) => {
      const isField = event.target instanceof Element && event.target.closest('input, textarea, select, dialog') !== null
      if (isField || !(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return
      event.preventDefault()
      if (event.shiftKey) session.redo()
      else session.undo()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [session, isOn])
}

/** The tile as it stands now: it may have been moved by others while its dialog was open. */
function current<T extends BoardTile>(tiles: readonly BoardTile[], tile: T): T {
  const { x, y, w, h } = tiles.find(({ id }) => id === tile.id) ?? tile
  return { ...tile, x, y, w, h }
}

/** The name as a field; an empty one is not taken. */
function BoardName({ session, name }: { readonly session: BoardSession; readonly name: string }) {
  const [text, setText] = useState<string>()
  const commit = () => {
    const next = (text ?? name).trim()
    setText(undefined)
    if (next !== '' && next !== name) session.edit({ ...session.state.document, name: next })
  }
  return (
    <h1 className="board-name">
      <input
        aria-label="Name of the board"
        className="board-name-field"
        value={text ?? name}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') setText(undefined)
        }}
      />
    </h1>
  )
}

import type { BoardDocument } from '../../../src/domain/board.ts'
import { errorKinds, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { BoardAnswer, BoardPerson } from './board-answers.ts'
import type { Drafts } from './drafts.ts'
import { isSameBoard, mergeBoards, type MergeConflict, type Side } from './merge.ts'

/** saved: the cloud has everything. waiting: it will be saved in a moment. failed: it could not be; `trouble` says why. */
export type SaveState = 'saved' | 'waiting' | 'saving' | 'failed'

export interface BoardState {
  /** The board as the cloud last told it; changes are made from this one. */
  readonly board: BoardAnswer
  /** What is on screen: the board with the changes made here. */
  readonly document: BoardDocument
  readonly save: SaveState
  readonly trouble: string | undefined
  /** Somebody else saved, and both changed the same: nothing is saved until `resolve`. */
  readonly conflict: { readonly theirs: BoardAnswer; readonly parts: readonly MergeConflict[] } | undefined
  /** Somebody else saved while nothing was changed here. */
  readonly newer: BoardAnswer | undefined
  /** Whose changes were merged into the last save by themselves. */
  readonly mergedWith: BoardPerson | undefined
  /** The board was deleted; changes that are not saved are still here. */
  readonly isGone: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
}

export interface BoardSessionDeps {
  readonly board: BoardAnswer
  /** Rejects with CONFLICT when another revision stands. */
  readonly save: (revision: number, document: BoardDocument) => Promise<BoardAnswer>
  readonly read: () => Promise<BoardAnswer>
  readonly drafts: Drafts
  readonly clock: Clock
}

/** One board on one page: its changes, their way to the cloud, and what others do meanwhile. */
export interface BoardSession {
  readonly state: BoardState
  readonly onState: (listener: () => void) => () => void
  /** Changes what is on screen; saved a second after the last change. */
  readonly edit: (document: BoardDocument) => void
  readonly undo: () => void
  readonly redo: () => void
  /** Saves now what is not saved. */
  readonly flush: () => void
  /** Looks whether others changed the board. */
  poll(): Promise<void>
  /** Shows the newer board that `poll` found. */
  readonly adopt: () => void
  /** Ends a conflict: theirs, mine over theirs, or both with a choice for each part. */
  resolve(way: Side | 'merge', choices?: ReadonlyMap<string, Side>): void
  /** A deleted board was restored, with these changes still unsaved. */
  revive(): void
  /** Saves what is left; unsaved changes stay in the draft. */
  close(): void
}

const saveAfterMs = 1_000
const retryFirstMs = 2_000
const retryMostMs = 60_000
const undoMax = 100
/** Others who save all the time must not keep the page busy for ever. */
const racesMax = 5

export function createBoardSession({ board: first, save, read, drafts, clock }: BoardSessionDeps): BoardSession {
  const { boardId } = first
  const listeners = new Set<() => void>()
  let past: readonly BoardDocument[] = []
  let future: readonly BoardDocument[] = []
  let stopTimer = () => {}
  let retryMs = retryFirstMs
  let isSaving = false
  let isClosed = false
  let state: BoardState = {
    board: first,
    document: first.document,
    save: 'saved',
    trouble: undefined,
    conflict: undefined,
    newer: undefined,
    mergedWith: undefined,
    isGone: false,
    canUndo: false,
    canRedo: false,
  }

  const set = (change: Partial<BoardState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  const isUnsaved = () => !isSameBoard(state.document, state.board.document)
  const keepDraft = () => {
    if (isUnsaved()) drafts.write(boardId, { revision: state.board.revision, base: state.board.document, document: state.document })
    else drafts.remove(boardId)
  }
  const saveLater = (afterMs: number) => {
    stopTimer()
    stopTimer = isClosed ? () => {} : clock.after(afterMs, () => void saveNow())
  }

  const show = (document: BoardDocument) => {
    set({ document, mergedWith: undefined })
    keepDraft()
    if (state.conflict !== undefined) {
      // Perhaps this change ended the conflict.
      if (meet(state.conflict.theirs)) void saveNow()
    } else if (isUnsaved()) {
      set({ save: isSaving ? 'saving' : 'waiting' })
      saveLater(saveAfterMs)
    } else set({ save: 'saved', trouble: undefined })
  }

  /** What others did in between is none of undo's business. */
  const setHistory = (nextPast: readonly BoardDocument[], nextFuture: readonly BoardDocument[]) => {
    past = nextPast
    future = nextFuture
    set({ canUndo: past.length > 0, canRedo: future.length > 0 })
  }

  /** Theirs stands: brings both together, or says that it takes a person. Answers whether there is something to save. */
  const meet = (theirs: BoardAnswer): boolean => {
    const { document, conflicts } = mergeBoards(state.board.document, state.document, theirs.document)
    if (conflicts.length > 0) {
      set({ conflict: { theirs, parts: conflicts }, newer: undefined, save: 'failed', trouble: undefined })
      return false
    }
    setHistory([], [])
    const isMixed = !isSameBoard(document, theirs.document)
    set({
      board: theirs,
      document: isMixed ? document : theirs.document,
      conflict: undefined,
      newer: undefined,
      save: isMixed ? 'waiting' : 'saved',
      mergedWith: theirs.changedBy,
    })
    keepDraft()
    return isMixed
  }

  const fail = (thrown: unknown) => {
    const error = thrown instanceof ThroughlineError ? thrown : undefined
    if (error?.code === 'NOT_FOUND') {
      set({ isGone: true, save: 'failed', trouble: undefined })
      return
    }
    set({ save: 'failed', trouble: error?.message ?? 'The changes could not be saved.' })
    // What the cloud refuses for what it is stays refused until it is changed.
    if (error !== undefined && !errorKinds[error.code].retry) return
    saveLater(retryMs)
    retryMs = Math.min(retryMs * 2, retryMostMs)
  }

  const saveNow = async (): Promise<void> => {
    stopTimer()
    if (isSaving || state.conflict !== undefined || state.isGone || !isUnsaved()) return
    isSaving = true
    try {
      for (let races = 0; races < racesMax && isUnsaved(); races++) {
        const sent = state.document
        set({ save: 'saving', trouble: undefined })
        try {
          const board = await save(state.board.revision, sent)
          retryMs = retryFirstMs
          const isCurrent = state.document === sent
          // The very tiles that are on screen, if the cloud took them as they were: nothing has to be drawn anew.
          const shown = isSameBoard(board.document, sent) ? sent : board.document
          set({ board, newer: undefined, ...(isCurrent ? { document: shown, save: 'saved' } : { save: 'waiting' }) })
          keepDraft()
          // More was changed meanwhile: that waits its second.
          if (!isCurrent && isUnsaved()) saveLater(saveAfterMs)
          else if (!isCurrent) set({ save: 'saved' })
          return
        } catch (thrown) {
          if (!(thrown instanceof ThroughlineError) || thrown.code !== 'CONFLICT') throw thrown
          const theirs = await read()
          if (theirs.revision === state.board.revision) throw thrown
          if (!meet(theirs)) return
        }
      }
      if (isUnsaved()) saveLater(saveAfterMs)
    } catch (thrown) {
      fail(thrown)
    } finally {
      isSaving = false
    }
  }

  const draft = first.mayChange ? drafts.read(boardId) : undefined
  if (draft !== undefined) {
    state = { ...state, board: { ...first, revision: draft.revision, document: draft.base }, document: draft.document }
    if (draft.revision === first.revision) {
      state = { ...state, board: first }
      show(draft.document)
    } else if (meet(first)) saveLater(0)
  }

  return {
    get state() {
      return state
    },
    onState(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    edit(document) {
      if (isSameBoard(document, state.document)) return
      setHistory([...past.slice(1 - undoMax), state.document], [])
      show(document)
    },
    undo() {
      const before = past.at(-1)
      if (before === undefined) return
      setHistory(past.slice(0, -1), [...future, state.document])
      show(before)
    },
    redo() {
      const after = future.at(-1)
      if (after === undefined) return
      setHistory([...past, state.document], future.slice(0, -1))
      show(after)
    },
    flush: () => void saveNow(),
    async poll() {
      if (isSaving) return
      try {
        const board = await read()
        if (state.isGone) set({ isGone: false })
        const known = state.conflict?.theirs.revision ?? state.board.revision
        if (board.revision === known || isSaving) return
        if (state.conflict !== undefined) {
          if (meet(board)) void saveNow()
        } else if (!isUnsaved()) set({ newer: board })
        else void saveNow()
      } catch (thrown) {
        // Anything else shows itself when there is something to save.
        if (thrown instanceof ThroughlineError && thrown.code === 'NOT_FOUND') set({ isGone: true })
      }
    },
    adopt() {
      const { newer } = state
      if (newer === undefined) return
      setHistory([], [])
      set({ board: newer, document: newer.document, newer: undefined, save: 'saved', trouble: undefined })
      keepDraft()
    },
    resolve(way, choices = new Map()) {
      const { conflict, board, document: mine } = state
      if (conflict === undefined) return
      const { theirs } = conflict
      const merged = way === 'merge' ? mergeBoards(board.document, mine, theirs.document, choices).document : undefined
      // So that undo brings back what was chosen against.
      setHistory(way === 'theirs' ? [mine] : [], [])
      set({ board: theirs, conflict: undefined })
      show(way === 'theirs' ? theirs.document : (merged ?? mine))
      void saveNow()
    },
    revive() {
      set({ isGone: false, save: isUnsaved() ? 'waiting' : 'saved' })
      if (isUnsaved()) void saveNow()
    },
    close() {
      isClosed = true
      stopTimer()
      void saveNow()
      listeners.clear()
    },
  }
}

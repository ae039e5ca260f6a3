import { useEffect, useRef, useState } from 'react'
import type { BoardPerson } from '../../data/boards/board-answers.ts'
import type { BoardSession, BoardState } from '../../data/boards/board-session.ts'
import { personWords, sideWords, tileName } from '../../data/boards/board-words.ts'
import type { MergeConflict, Side } from '../../data/boards/merge.ts'
import { useNow } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { toasts } from '../../ui/messages/toasts.ts'
import { agoWords } from '../../data/time/ago-words.ts'

interface BannersProps {
  readonly session: BoardSession
  readonly state: BoardState
  readonly myId: string | undefined
  readonly onRestore: () => void
  readonly onCopy: () => void
}

/** What others did with this board meanwhile, and what can be done about it. */
export function BoardBanners({ session, state, myId, onRestore, onCopy }: BannersProps) {
  const nowMs = useNow(20_000)
  const { newer, conflict, isGone, board } = state
  if (isGone) {
    return (
      <div className="banner is-warning" role="alert">
        {icons.warning}
        <span>
          <strong>This board was deleted.</strong> What you see here is still in this tab.
        </span>
        <div className="banner-buttons">
          {board.mayChange ? (
            <button type="button" className="button is-small" onClick={onRestore}>
              Restore it
            </button>
          ) : null}
          <button type="button" className="button is-small" onClick={onCopy}>
            Save as a new board
          </button>
        </div>
      </div>
    )
  }
  if (conflict !== undefined) return <Conflict session={session} conflict={conflict} myId={myId} nowMs={nowMs} />
  if (newer === undefined) return null
  return (
    <div className="banner" role="status">
      {icons.info}
      <span>
        <strong>
          Changed by <Who person={newer.changedBy} myId={myId} /> {agoWords(nowMs - newer.changedAtMs)}.
        </strong>{' '}
        You see it as it was before.
      </span>
      <div className="banner-buttons">
        <button type="button" className="button is-small" onClick={session.adopt}>
          Show the new version
        </button>
      </div>
    </div>
  )
}

/** Somebody else, or oneself in another window. */
function Who({ person, myId }: { readonly person: BoardPerson; readonly myId: string | undefined }) {
  return (
    <bdi className="boards-person">
      {personWords(person, myId)}
      {person.personId === myId ? ' in another window' : ''}
    </bdi>
  )
}

interface ConflictProps {
  readonly session: BoardSession
  readonly conflict: NonNullable<BoardState['conflict']>
  readonly myId: string | undefined
  readonly nowMs: number
}

function Conflict({ session, conflict, myId, nowMs }: ConflictProps) {
  const [choices, setChoices] = useState<ReadonlyMap<string, Side>>(new Map())
  const { theirs, parts } = conflict
  const section = useRef<HTMLElement>(null)
  // It may be out of sight, and nothing is saved until somebody chose. Inside of a dialog the focus stays where it is.
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'center' })
    if (document.querySelector('dialog[open]') === null) section.current?.focus({ preventScroll: true })
  }, [])
  const takeTheirs = () => {
    session.resolve('theirs')
    toasts.show({ tone: 'info', text: 'Their version is shown.', action: { label: 'Bring mine back', run: session.undo } })
  }
  return (
    <section ref={section} className="conflict" role="alert" aria-label="Conflict" tabIndex={-1}>
      <p>
        {icons.warning}
        <span>
          <strong>
            The same was changed here and by <Who person={theirs.changedBy} myId={myId} />, saved {agoWords(nowMs - theirs.changedAtMs)}.
          </strong>{' '}
          Nothing of yours is saved until you choose; all other changes are merged then.
        </span>
      </p>
      <ul>
        {parts.map((part) => (
          <li key={part.id}>
            <ConflictPart
              part={part}
              choice={choices.get(part.id) ?? 'mine'}
              onChoice={(side) => setChoices(new Map(choices).set(part.id, side))}
            />
          </li>
        ))}
      </ul>
      <div className="banner-buttons">
        <button type="button" className="button is-small is-primary" onClick={() => session.resolve('merge', choices)}>
          Merge as chosen
        </button>
        <button type="button" className="button is-small" onClick={takeTheirs}>
          Take all of theirs
        </button>
        <button type="button" className="button is-small" onClick={() => session.resolve('mine')}>
          Keep all of mine
        </button>
      </div>
    </section>
  )
}

function ConflictPart({
  part,
  choice,
  onChoice,
}: {
  readonly part: MergeConflict
  readonly choice: Side
  readonly onChoice: (side: Side) => void
}) {
  const shown = part.part === 'tile' ? (part.mine ?? part.theirs) : undefined
  const name = part.part === 'name' ? 'The name of the board' : shown === undefined ? 'A tile' : tileName(shown)
  return (
    <fieldset>
      <legend>{name}</legend>
      {(['mine', 'theirs'] as const).map((side) => (
        <label key={side} className="conflict-side">
          <input type="radio" name={`conflict-${part.id}`} checked={choice === side} onChange={() => onChoice(side)} />
          <span>
            <strong>{side === 'mine' ? 'Yours' : 'Theirs'}</strong>
            <span className="conflict-words">{sideWords(part[side])}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

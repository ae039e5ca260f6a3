import type { BoardSession, BoardState } from '../../data/boards/board-session.ts'
import { icons } from '../../ui/look/icons.tsx'

const words = { saved: 'All changes saved', waiting: 'Not saved yet', saving: 'Saving…' } as const

/** Whether everything is at the cloud, and if not why. */
export function SaveWords({ session, state }: { readonly session: BoardSession; readonly state: BoardState }) {
  const { save, trouble, conflict, isGone } = state
  if (conflict !== undefined || isGone) return null
  if (save === 'failed') {
    return (
      <p className="save-words is-failed" role="alert">
        {icons.warning}
        <span>
          <strong>Not saved.</strong> {trouble} Your changes are kept in this tab.
        </span>
        <button type="button" className="button is-small" onClick={session.flush}>
          Try again
        </button>
      </p>
    )
  }
  return (
    <p className="save-words" role="status" data-save={save}>
      {save === 'saved' ? icons.check : null} {words[save]}
    </p>
  )
}

import { useState, type ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { Problem } from '../look/problem.tsx'
import './confirm-dialog.css'

/** What happens when somebody confirms. */
export interface Confirmed {
  readonly isPending: boolean
  readonly error: Error | null
  mutate(): void
}

/**
 * Asks before something that nothing brings back. With `typed`, the button works once that text is typed. The children say exactly
 * what goes and what stays.
 */
export function ConfirmDialog({
  title,
  children,
  button,
  typed,
  deed,
  onClose,
}: {
  readonly title: string
  readonly children: ReactNode
  readonly button: string
  readonly typed?: string
  readonly deed: Confirmed
  readonly onClose: () => void
}) {
  const [text, setText] = useState('')
  const isReady = typed === undefined || text.trim() === typed.trim()
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form settings-confirm"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !deed.isPending) deed.mutate()
        }}
      >
        {children}
        {typed === undefined ? null : (
          <>
            <label htmlFor="confirm-typed">
              Type <strong>{typed}</strong> to confirm
            </label>
            <input
              id="confirm-typed"
              type="text"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </>
        )}
        <Problem error={deed.error} />
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-danger" disabled={!isReady || deed.isPending}>
            {deed.isPending ? 'Working…' : button}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

import { useState, type ReactNode } from 'react'
import { whoMay } from '../../data/people/who-may.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { icons } from '../../ui/icons.tsx'
import { useRoles } from './settings-api.ts'

/** The head of a part of the settings: its name, a sentence, and what one can do. */
export function SectionHead({
  title,
  children,
  action,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="settings-head">
      <div className="settings-head-text">
        <h1>{title}</h1>
        {children === undefined ? null : <p className="settings-sub">{children}</p>}
      </div>
      {action}
    </div>
  )
}

/** Tells somebody who may only look who may change things, from the cloud's own table. */
export function WhoMayChange({ permission }: { readonly permission: string }) {
  const roles = useRoles().data
  return (
    <p className="settings-who">
      {icons.lock}
      <span>
        {roles === undefined
          ? 'You may look here, and change nothing.'
          : `You may look here. ${capital(whoMay(roles, permission))} may change it.`}
      </span>
    </p>
  )
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** What went wrong with the last attempt, in the cloud's words. */
export function Problem({ error }: { readonly error: Error | null }) {
  if (error === null) return null
  return (
    <p className="form-error" role="alert">
      {icons.warning} <span>{error.message}</span>
    </p>
  )
}

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
  const isReady = typed === undefined || text.trim() === typed
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

import { useEffect, useRef, useState, type FormEvent } from 'react'
import { boardLimits } from '../../../src/domain/board.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'

/** Asks for the name of a board. */
export function NameDialog({
  title,
  label,
  button,
  first,
  onName,
  onClose,
}: {
  readonly title: string
  readonly label: string
  readonly button: string
  readonly first: string
  readonly onName: (name: string) => void
  readonly onClose: () => void
}) {
  const field = useRef<HTMLInputElement>(null)
  const [name, setName] = useState(first)
  useEffect(() => field.current?.select(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    onClose()
    if (name.trim() !== first) onName(name.trim())
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="board-form" onSubmit={submit}>
        <label>
          <span>{label}</span>
          <input
            ref={field}
            className="board-field"
            value={name}
            maxLength={boardLimits.nameChars}
            required
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <div className="board-form-buttons">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={name.trim() === ''}>
            {button}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

import { useState } from 'react'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { Problem } from '../../../ui/look/problem.tsx'

export interface RoomDeed {
  readonly isPending: boolean
  readonly error: Error | null
  run(name: string, description: string): void
}

/** Asks for the name and the description of a room. */
export function RoomDialog({
  title,
  button,
  deed,
  first = { name: '', description: '' },
  onClose,
}: {
  readonly title: string
  readonly button: string
  readonly deed: RoomDeed
  readonly first?: { readonly name: string; readonly description: string }
  readonly onClose: () => void
}) {
  const [name, setName] = useState(first.name)
  const [description, setDescription] = useState(first.description)
  const isReady = name.trim() !== '' && !deed.isPending
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) deed.run(name.trim(), description.trim())
        }}
      >
        <label htmlFor="room-name">Name</label>
        <input
          id="room-name"
          type="text"
          required
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <label htmlFor="room-description">Description</label>
        <textarea
          id="room-description"
          rows={2}
          maxLength={1000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        <Problem error={deed.error} />
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={!isReady}>
            {deed.isPending ? 'Saving…' : button}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

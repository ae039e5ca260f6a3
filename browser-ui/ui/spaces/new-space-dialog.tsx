import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { spacePath } from '../../data/shell/places.ts'
import { Dialog } from '../overlays/dialog.tsx'
import { icons } from '../look/icons.tsx'
import { useServices } from '../services.ts'

/** Makes a space with the person as its admin, and goes there. */
export function NewSpaceDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="New space" onClose={onClose}>
      <NewSpaceForm onCancel={onClose} onMade={onClose} />
    </Dialog>
  )
}

/** The name of a new space, and the button that makes it. */
export function NewSpaceForm({ onCancel, onMade }: { readonly onCancel?: () => void; readonly onMade?: () => void }) {
  const { personal } = useServices()
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const making = useMutation(
    {
      mutationFn: async () => {
        const made = (await personal.request.post('/spaces', { name: name.trim() })) as { spaceId: string }
        // Known before its pages are opened, which would otherwise say that there is no such space.
        await personal.client.invalidateQueries({ queryKey: ['me'] })
        return made
      },
      onSuccess: ({ spaceId }) => {
        onMade?.()
        navigate(`~${spacePath(spaceId)}`)
      },
    },
    personal.client,
  )
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '' && !making.isPending) making.mutate()
      }}
    >
      <p>A space has its own people, rooms, nodes and tokens. Nobody sees anything of it but those you invite.</p>
      <label htmlFor="new-space-name">Name</label>
      <input
        id="new-space-name"
        type="text"
        autoComplete="off"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        required
      />
      {making.isError ? (
        <p className="form-error" role="alert">
          {icons.warning} <span>{making.error.message}</span>
        </p>
      ) : null}
      <div className="form-actions">
        {onCancel === undefined ? null : (
          <button type="button" className="button is-quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" className="button is-primary" disabled={name.trim() === '' || making.isPending}>
          {making.isPending ? 'Creating…' : 'Create the space'}
        </button>
      </div>
    </form>
  )
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SpaceDetails } from '../../../data/settings/space-answers.ts'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Problem } from '../../../ui/look/problem.tsx'
import { settingsApi } from '../settings-api.ts'

/** Renames and describes the space. */
export function SpaceForm({ space }: { readonly space: SpaceDetails }) {
  const { request, personal } = useServices()
  const client = useQueryClient()
  const [name, setName] = useState(space.name)
  const [description, setDescription] = useState(space.description)
  const change = useMutation({
    mutationFn: () => settingsApi.changeSpace(request, { name: name.trim(), description: description.trim() }),
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: 'Saved.' })
      await Promise.all([client.invalidateQueries({ queryKey: ['space'] }), personal.client.invalidateQueries({ queryKey: ['me'] })])
    },
  })
  const isChanged = name.trim() !== space.name || description.trim() !== space.description
  const isReady = isChanged && name.trim() !== '' && !change.isPending
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) change.mutate()
      }}
    >
      <label htmlFor="space-name">Name</label>
      <input id="space-name" type="text" maxLength={200} required value={name} onChange={(event) => setName(event.target.value)} />
      <label htmlFor="space-description">Description</label>
      <textarea
        id="space-description"
        rows={2}
        maxLength={1000}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      <Problem error={change.error} />
      <div className="form-actions">
        <button type="submit" className="button is-primary" disabled={!isReady}>
          {change.isPending ? 'Saving…' : 'Save'}
        </button>
      </div>
    </form>
  )
}

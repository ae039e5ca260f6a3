import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SilenceRow } from '../../../data/silences/silence-answers.ts'
import { readDraft, type SilenceDraft } from '../../../data/silences/silence-draft.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { PreviewPanel } from './preview-panel.tsx'
import { silencesApi, silencesQuery } from './silences-api.ts'
import { WhatFields } from './what-fields.tsx'
import { WhenFields } from './when-fields.tsx'

/** How a part of the form changes the draft. */
export type ChangeDraft = (change: Partial<SilenceDraft>) => void

/** Makes a silence, or changes one; what it would keep quiet now is shown while it is written. */
export function SilenceEditor({
  draft: begun,
  row,
  isForSpace,
  onClose,
}: {
  readonly draft: SilenceDraft
  /** The silence that is changed; undefined: a new one. */
  readonly row: SilenceRow | undefined
  readonly isForSpace: boolean
  readonly onClose: () => void
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const [draft, setDraft] = useState(begun)
  const [problem, setProblem] = useState<string>()
  const change: ChangeDraft = (some) => {
    setProblem(undefined)
    setDraft((now) => ({ ...now, ...some }))
  }
  const saving = useMutation({
    mutationFn: async () => {
      const read = readDraft(draft, Date.now())
      if ('problem' in read) throw new Error(read.problem)
      return row === undefined
        ? silencesApi.create(request, read.content, draft.scope)
        : silencesApi.change(request, row.silenceId, read.content)
    },
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: `“${draft.name.trim()}” is saved.` })
      await client.invalidateQueries({ queryKey: silencesQuery(request).queryKey })
      await client.invalidateQueries({ queryKey: ['alerts'] })
      onClose()
    },
  })
  const error = problem ?? saving.error?.message
  return (
    <Dialog title={row === undefined ? 'New silence' : `Edit ${row.name}`} onClose={onClose}>
      <form
        className="form silence-form"
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (draft.name.trim() === '') setProblem('Give it a name, so that others know why it is quiet.')
          else if (!saving.isPending) saving.mutate()
        }}
      >
        <label htmlFor="silence-name">Name</label>
        <input
          id="silence-name"
          data-first
          type="text"
          maxLength={100}
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
        />
        {isForSpace && row === undefined ? (
          <fieldset className="silence-choices">
            <legend>For whom</legend>
            <label className="silence-option">
              <input type="radio" name="scope" checked={draft.scope === 'space'} onChange={() => change({ scope: 'space' })} />
              <span>Everybody in this space</span>
            </label>
            <label className="silence-option">
              <input type="radio" name="scope" checked={draft.scope === 'own'} onChange={() => change({ scope: 'own' })} />
              <span>Only me</span>
            </label>
          </fieldset>
        ) : (
          <p className="silence-note">{draft.scope === 'own' ? 'It is only for you.' : 'It is for everybody in this space.'}</p>
        )}
        <WhatFields draft={draft} onChange={change} />
        <WhenFields draft={draft} onChange={change} />
        <PreviewPanel draft={draft} />
        {error === undefined ? null : (
          <p className="form-error" role="alert">
            {icons.warning} <span>{error}</span>
          </p>
        )}
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={saving.isPending}>
            {saving.isPending ? 'Saving…' : row === undefined ? 'Silence' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

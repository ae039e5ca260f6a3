import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { apiTokenScopes, scopeWords, type ApiTokenScope } from '../../data/account/scope-words.ts'
import { tokenLives, usualLifeMs } from '../../data/account/token-expiry.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { Command } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { momentText } from './parts.tsx'
import { profileDeeds, type NewApiToken } from './profile-api.ts'

/** Makes an API token and shows it, once. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<ApiTokenScope>('scope:read-only')
  const [validForMs, setValidForMs] = useState<number>(usualLifeMs)
  const making = useMutation({
    mutationFn: () => profileDeeds(request).makeToken({ name: name.trim(), scope, validForMs }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['my-api-tokens'] }),
    gcTime: 0,
  })
  if (making.data !== undefined) return <ShowToken made={making.data} onClose={onClose} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!making.isPending) making.mutate()
  }
  return (
    <Dialog title="New API token" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label htmlFor="token-name">Name</label>
        <input
          id="token-name"
          data-first
          value={name}
          required
          maxLength={100}
          autoComplete="off"
          placeholder="What it is for, such as Grafana at home"
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset className="scope-choices">
          <legend>What it may do</legend>
          {apiTokenScopes.map((each) => (
            <label key={each} className="scope-choice">
              <input type="radio" name="token-scope" value={each} checked={scope === each} onChange={() => setScope(each)} />
              <span>
                <strong>{scopeWords[each].title}</strong> <code>{each}</code>
                <small>{scopeWords[each].means}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <label htmlFor="token-life">Ends after</label>
        <select id="token-life" className="select" value={validForMs} onChange={(event) => setValidForMs(Number(event.target.value))}>
          {tokenLives.map(({ label, forMs }) => (
            <option key={forMs} value={forMs}>
              {label}
            </option>
          ))}
        </select>
        {making.isError ? <FormError>{making.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={making.isPending}>
            {making.isPending ? 'Making it…' : 'Make the token'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function ShowToken({ made, onClose }: { readonly made: NewApiToken; readonly onClose: () => void }) {
  return (
    <Dialog title="Copy your token now" onClose={onClose}>
      <div className="form">
        <p>It is shown this once; the cloud keeps only a fingerprint of it. It ends on {momentText(made.expiresAtMs, Date.now())}.</p>
        <Command text={made.token} label="Copy the token" />
        <p className="profile-intro">
          Programs send it as <code>Authorization: Bearer …</code>
        </p>
        <div className="dialog-buttons">
          <button type="button" className="button is-primary" onClick={onClose}>
            I have copied it
          </button>
        </div>
      </div>
    </Dialog>
  )
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { issuerProblem, keepsSecret, providerWish, type ProviderWish, type SpaceProvider } from '../../../data/settings/sign-in-answers.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Problem } from '../../../ui/look/problem.tsx'
import { providerApi, providerQuery } from './provider-api.ts'

/** Sets the provider up, or changes it. The secret that is kept is never filled in again. */
export function ProviderDialog({ kept, onClose }: { readonly kept: SpaceProvider | undefined; readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [typed, setTyped] = useState({ name: '', issuer: '', clientId: '', ...textsOf(kept), clientSecret: '' })
  const saving = useMutation({
    mutationFn: (wish: ProviderWish) => providerApi.save(request, wish),
    onSuccess: (provider) => {
      toasts.show({ tone: 'good', text: `“${provider.name}” is saved.` })
      client.setQueryData(providerQuery(request).queryKey, provider)
      onClose()
    },
  })
  const wish = providerWish(typed, kept)
  const problem = typed.issuer === '' ? '' : issuerProblem(typed.issuer)
  const isKept = keepsSecret(typed, kept)
  const field = (name: keyof typeof typed) => ({
    id: `provider-${name}`,
    value: typed[name],
    required: name !== 'clientSecret' || !isKept,
    spellCheck: false,
    onChange: (event: { readonly target: { readonly value: string } }) => setTyped({ ...typed, [name]: event.target.value }),
  })
  return (
    <Dialog title={kept === undefined ? 'Set up sign-in' : `Edit ${kept.name}`} onClose={onClose}>
      <form
        className="form"
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (wish !== undefined && !saving.isPending) saving.mutate(wish)
        }}
      >
        <label htmlFor="provider-name">Name</label>
        <input {...field('name')} type="text" maxLength={100} autoComplete="off" placeholder="What people see on the button" />
        <label htmlFor="provider-issuer">Issuer</label>
        <input
          {...field('issuer')}
          type="url"
          maxLength={1_024}
          autoComplete="off"
          placeholder="https://id.example.org"
          aria-invalid={problem !== ''}
          aria-describedby="provider-issuer-note"
        />
        <p id="provider-issuer-note" className="settings-note">
          {problem === '' ? 'The cloud asks it now, and saves when it answers.' : problem}
        </p>
        <label htmlFor="provider-clientId">Client ID</label>
        <input {...field('clientId')} type="text" maxLength={512} autoComplete="off" />
        <label htmlFor="provider-clientSecret">Client secret</label>
        <input
          {...field('clientSecret')}
          type="password"
          maxLength={1_024}
          autoComplete="new-password"
          placeholder={isKept ? 'Kept. Type to replace it.' : undefined}
          aria-describedby="provider-secret-note"
        />
        <p id="provider-secret-note" className="settings-note">
          {isKept
            ? 'A secret is kept and never shown again.'
            : kept === undefined
              ? 'It is kept sealed and never shown again.'
              : 'Another issuer or client needs its own secret.'}
        </p>
        <Problem error={saving.error} />
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={wish === undefined || saving.isPending}>
            {saving.isPending ? 'Asking the server…' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const textsOf = (kept: SpaceProvider | undefined) =>
  kept === undefined ? {} : { name: kept.name, issuer: kept.issuer, clientId: kept.clientId }

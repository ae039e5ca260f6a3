import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { theme } from '../../ui/look/theme.ts'
import { themeChoices } from '../../ui/look/theme-choices.tsx'
import { useThemeChoice, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { useMe } from '../../ui/account/me.ts'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { ZonePicker } from '../time/zone-picker.tsx'
import type { Me } from '../../link/api.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { Group } from './parts.tsx'
import { profileDeeds } from './profile-api.ts'

/** Who the person is here, and how the page looks to them. */
export function PersonSection() {
  useTitle('Your profile')
  const me = useMe().data
  const choice = useThemeChoice()
  if (me === undefined) return null
  return (
    <>
      <h1>Profile</h1>
      <Group title="You">
        <NameForm me={me} />
        <AddressForm me={me} />
      </Group>
      <Group title="Theme" intro="Kept with your account: every browser you sign in with looks the same.">
        <div className="profile-choices" role="group" aria-label="Theme">
          {themeChoices.map((option) => (
            <button
              key={option.value}
              type="button"
              className="chip"
              aria-pressed={choice === option.value}
              onClick={() => theme.choose(option.value)}
            >
              {option.icon} {option.label}
            </button>
          ))}
        </div>
      </Group>
      <Group title="Times" intro="In which zone the page writes times. A zone that you choose by name is kept with your account.">
        <ZonePicker />
      </Group>
    </>
  )
}

function NameForm({ me }: { readonly me: Me }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [name, setName] = useState(me.name ?? '')
  const wanted = name.trim()
  const saving = useMutation({
    mutationFn: () => profileDeeds(request).change({ name: wanted === '' ? null : wanted }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] })
      toasts.show({ tone: 'good', text: wanted === '' ? 'Your name is taken away.' : `You are now called ${wanted}.` })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form className="form profile-row" onSubmit={submit}>
      <label htmlFor="profile-name">Name</label>
      <div className="profile-field">
        <input
          id="profile-name"
          value={name}
          maxLength={100}
          autoComplete="name"
          placeholder="How others see you"
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="button" disabled={saving.isPending || wanted === (me.name ?? '')}>
          {saving.isPending ? 'Saving…' : 'Save'}
        </button>
      </div>
      {saving.isError ? <FormError>{saving.error.message}</FormError> : null}
    </form>
  )
}

function AddressForm({ me }: { readonly me: Me }) {
  const { request } = useServices()
  const [isOpen, setIsOpen] = useState(false)
  const [email, setEmail] = useState('')
  const asking = useMutation({ mutationFn: () => profileDeeds(request).moveTo(email.trim()) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!asking.isPending) asking.mutate()
  }
  const close = () => {
    setIsOpen(false)
    setEmail('')
    asking.reset()
  }
  return (
    <div className="form profile-row">
      <p className="profile-label">Email address</p>
      <div className="profile-field">
        <p className="profile-value">{me.email}</p>
        {isOpen || me.hasMail === false ? null : (
          <button type="button" className="button" onClick={() => setIsOpen(true)}>
            Change
          </button>
        )}
      </div>
      {me.hasMail === false ? (
        <p className="profile-note">
          This cloud sends no mail, so a new address could not be confirmed. Ask whoever runs it to name a mail server.
        </p>
      ) : null}
      {asking.isSuccess ? (
        <div className="profile-sent" role="status">
          {icons.mail}
          <p>
            A link is on its way to <strong>{email.trim()}</strong>. Open it within an hour and press the button there. Until then nothing
            changes.
          </p>
          <button type="button" className="button is-quiet is-small" onClick={close}>
            Close
          </button>
        </div>
      ) : isOpen ? (
        <form className="profile-move" onSubmit={submit}>
          <label htmlFor="new-address">New address</label>
          <p id="new-address-hint">
            A link goes to it. When you press the button behind that link, you sign in by the new address and no longer by the old one.
          </p>
          <input
            id="new-address"
            type="email"
            required
            maxLength={254}
            autoComplete="off"
            aria-describedby="new-address-hint"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          {asking.isError ? <FormError>{asking.error.message}</FormError> : null}
          <div className="profile-buttons">
            <button type="submit" className="button is-primary" disabled={asking.isPending}>
              {asking.isPending ? 'Sending…' : 'Send the link'}
            </button>
            <button type="button" className="button is-quiet" onClick={close}>
              Keep {me.email.length > 30 ? 'the old one' : me.email}
            </button>
          </div>
        </form>
      ) : null}
    </div>
  )
}

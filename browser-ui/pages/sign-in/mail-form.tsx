import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { icons } from '../../ui/look/icons.tsx'
import { Command } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { FormError } from './sign-in-frame.tsx'

/** Says where the link is on its way to. */
export function MailSent({ email, hasMail, onOther }: { readonly email: string; readonly hasMail: boolean; readonly onOther: () => void }) {
  return (
    <div className="sign-in-sent" role="status">
      <span className="sign-in-sent-icon">{icons.mail}</span>
      <h1>{hasMail ? 'Look into your mail' : 'Ask the operator for your link'}</h1>
      <p>
        {hasMail ? (
          <>
            If <strong>{email}</strong> may sign in here, a link is on its way. It works once, within ten minutes.
          </>
        ) : (
          'This cloud sends no mail. Whoever runs it prints a link for you in its terminal:'
        )}
      </p>
      {hasMail ? null : <Command text={`npx throughline sign-in-link --email ${email}`} />}
      <button type="button" className="button is-quiet is-wide" onClick={onOther}>
        Use another address
      </button>
      {hasMail ? <OperatorHint /> : null}
    </div>
  )
}

/** Asks for a one-time link by mail. The field also offers the passkeys of this device where the browser can. */
export function MailForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const { api } = useServices()
  const [email, setEmail] = useState('')
  const request = useMutation({ mutationFn: () => api.requestSignIn(email.trim()), onSuccess: () => onSent(email.trim()) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    request.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <label htmlFor="email">Email address</label>
      <input
        id="email"
        name="email"
        type="email"
        autoComplete="email webauthn"
        required
        maxLength={254}
        value={email}
        placeholder="you@example.org"
        onChange={(event) => setEmail(event.target.value)}
        aria-describedby={request.isError ? 'email-error' : undefined}
      />
      {request.isError ? <FormError id="email-error">{request.error.message}</FormError> : null}
      <button type="submit" className="button is-primary is-wide" disabled={request.isPending}>
        {request.isPending ? 'Sending…' : 'Send me a link'}
      </button>
    </form>
  )
}

/** For whoever runs the cloud and has no other way in. */
export function OperatorHint() {
  return (
    <p className="sign-in-hint">
      You run this cloud? Print a link in its terminal:
      <code>npx throughline sign-in-link</code>
    </p>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { signInProblem } from '../../data/account/sign-in-problem.ts'
import { passkeys } from '../../ui/account/passkeys.ts'
import { useServices } from '../../ui/services.ts'
import { arrive, arrivalPath } from './arrive.ts'
import { MailForm, MailSent, OperatorHint } from './mail-form.tsx'
import { signInApi, signInWaysQuery, type SignInProvider } from './sign-in-api.ts'
import { FormError } from './sign-in-frame.tsx'
import { useAutofill } from './use-autofill.ts'

/** Every way in that this cloud offers. `problem`: the code of what went wrong on the way through another service. */
export function SignInStart({ problem }: { readonly problem: string | undefined }) {
  const { api, request } = useServices()
  const [sentTo, setSentTo] = useState<string>()
  const [space] = useState(() => new URLSearchParams(window.location.search).get('space'))
  const ways = useQuery(signInWaysQuery(request, space))
  const autofill = useAutofill(sentTo === undefined && ways.data?.hasPasskeys === true)
  const byPasskey = useMutation({
    mutationFn: async () => {
      autofill.stop()
      const api = signInApi(request)
      await api.withPasskey(await passkeys.get(await api.passkeyOptions()))
    },
    onSuccess: () => arrive(api),
    onError: autofill.restart,
  })
  const words = problem === undefined ? undefined : signInProblem(problem)
  const obstacle = passkeys.obstacle()
  // At an address without a name no browser makes passkeys.
  const hasPasskeys = ways.data?.hasPasskeys ?? true
  const hasOther = hasPasskeys || (ways.data?.providers.length ?? 0) > 0
  if (sentTo !== undefined) return <MailSent email={sentTo} hasMail={ways.data?.hasMail ?? true} onOther={() => setSentTo(undefined)} />
  return (
    <>
      <h1>Sign in</h1>
      {words === undefined ? null : <FormError title={words.title}>{words.text}</FormError>}
      {autofill.error === undefined ? null : <FormError>{autofill.error.message}</FormError>}
      <MailForm onSent={setSentTo} />
      {hasOther ? <p className="sign-in-or">or</p> : null}
      {byPasskey.isError ? <FormError>{byPasskey.error.message}</FormError> : null}
      <div className="sign-in-ways">
        {(ways.data?.providers ?? []).map((provider) => (
          <ProviderButton key={provider.providerId} provider={provider} />
        ))}
        {hasPasskeys ? (
          <>
            <button
              type="button"
              className="button is-wide"
              disabled={byPasskey.isPending || byPasskey.isSuccess || obstacle !== undefined}
              aria-describedby={obstacle === undefined ? undefined : 'no-passkeys'}
              onClick={() => byPasskey.mutate()}
            >
              {byPasskey.isPending ? 'Waiting for your passkey…' : 'Use a passkey'}
            </button>
            {obstacle === undefined ? null : (
              <p className="sign-in-small" id="no-passkeys">
                {obstacle}
              </p>
            )}
          </>
        ) : null}
      </div>
      <OperatorHint />
    </>
  )
}

/** Leads to another service, which leads back. */
function ProviderButton({ provider }: { readonly provider: SignInProvider }) {
  const { request } = useServices()
  const trip = useMutation({
    mutationFn: () => signInApi(request).toProvider(provider.providerId, arrivalPath),
    onSuccess: ({ location }) => window.location.assign(location),
  })
  return (
    <>
      {trip.isError ? <FormError>{trip.error.message}</FormError> : null}
      <button type="button" className="button is-wide" disabled={trip.isPending} onClick={() => trip.mutate()}>
        {trip.isPending ? `Going to ${provider.name}…` : `Continue with ${provider.name}`}
      </button>
    </>
  )
}

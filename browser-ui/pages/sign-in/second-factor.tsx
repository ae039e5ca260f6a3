import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { passkeys } from '../../ui/account/passkeys.ts'
import { useServices } from '../../ui/services.ts'
import { arrive } from './arrive.ts'
import { signInApi } from './sign-in-api.ts'
import { FormError } from './sign-in-frame.tsx'

/**
 * The second step of a person who asked for one: a passkey besides the link or the other service. `options` is the first question, if
 * it is known already; each further try asks anew.
 */
export function SecondFactor({ options, onOther }: { readonly options?: unknown; readonly onOther: () => void }) {
  const { api, request } = useServices()
  const first = useRef(options)
  const step = useMutation({
    mutationFn: async () => {
      const ask = signInApi(request)
      const question = first.current ?? (await ask.secondFactorOptions())
      first.current = undefined
      await ask.secondFactor(await passkeys.get(question))
    },
    onSuccess: () => arrive(api),
  })
  return (
    <>
      <h1>One more step</h1>
      <p className="sign-in-note">You asked that a link alone does not sign you in. Show one of your passkeys, too.</p>
      {step.isError ? <FormError>{step.error.message}</FormError> : null}
      <button type="button" className="button is-primary is-wide" onClick={() => step.mutate()} disabled={step.isPending || step.isSuccess}>
        {step.isPending ? 'Waiting for your passkey…' : 'Use your passkey'}
      </button>
      <button type="button" className="button is-quiet is-wide" onClick={onOther}>
        Begin again
      </button>
      <p className="sign-in-hint">Lost your passkeys? Whoever runs this cloud can print a link for you that signs in without one.</p>
    </>
  )
}

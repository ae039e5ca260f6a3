import { useMutation, useQuery } from '@tanstack/react-query'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { arrive } from './arrive.ts'
import { signInApi } from './sign-in-api.ts'
import { FormError } from './sign-in-frame.tsx'
import { SignInStart } from './sign-in-start.tsx'

/** Shows for whom a one-time link is, and signs in when the button is pressed: opening a link alone uses nothing up. */
export function WithLink({
  token,
  onOther,
  onSecondFactor,
}: {
  readonly token: string
  readonly onOther: () => void
  readonly onSecondFactor: (options: unknown) => void
}) {
  const { api, request } = useServices()
  const who = useQuery({
    queryKey: ['sign-in', token],
    queryFn: () => api.describeSignIn(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const signIn = useMutation({
    mutationFn: () => signInApi(request).withLink(token),
    onSuccess: (step) => (step.secondFactor === undefined ? arrive(api) : onSecondFactor(step.secondFactor)),
  })
  const error = signIn.error ?? who.error
  if (error) {
    const isUsed = error instanceof ThroughlineError && error.code === 'SIGN_IN_LINK_REFUSED'
    if (isUsed) return <SignInStart problem={error.code} />
    return (
      <>
        <h1>Sign in</h1>
        <FormError title="That did not work.">{error.message}</FormError>
        <button type="button" className="button is-primary is-wide" onClick={() => void who.refetch().then(() => signIn.reset())}>
          Try again
        </button>
      </>
    )
  }
  if (who.data === undefined) return <Skeleton lines={3} label="Reading the link" />
  return (
    <>
      <h1>Sign in</h1>
      <p className="sign-in-who">
        <span>You are signing in as</span>
        <strong>{who.data.email}</strong>
      </p>
      <button
        type="button"
        className="button is-primary is-wide"
        onClick={() => signIn.mutate()}
        disabled={signIn.isPending || signIn.isSuccess}
      >
        {signIn.isPending || signIn.isSuccess ? 'Signing in…' : 'Sign in'}
      </button>
      <button type="button" className="button is-quiet is-wide" onClick={onOther}>
        Use another address
      </button>
    </>
  )
}

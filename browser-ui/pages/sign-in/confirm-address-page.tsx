import { useMutation } from '@tanstack/react-query'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { useTitle } from '../../ui/hooks.ts'
import { useServices } from '../../ui/services.ts'
import { FormError, SignInFrame } from './sign-in-frame.tsx'
import { useBrought } from './use-brought.ts'

/** Where the link in a mail to a new address leads: one press, and the account goes by that address. */
export function ConfirmAddressPage() {
  useTitle('Confirm your address')
  const { request } = useServices()
  const [brought] = useBrought()
  const token = brought?.token
  const confirmation = useMutation({ mutationFn: () => request.post('/me/email/confirm', { token: token ?? '' }) })
  const go = () => window.location.assign('/profile')
  return (
    <SignInFrame>
      <h1>{confirmation.isSuccess ? 'Your address is changed' : 'Confirm your new address'}</h1>
      {brought === undefined ? null : token === undefined ? (
        <FormError title="This link is not whole.">Copy the whole link from the mail, or ask for a new one in your profile.</FormError>
      ) : confirmation.isSuccess ? (
        <p className="sign-in-note">From now on you sign in with this address, and mail about your account goes there.</p>
      ) : (
        <>
          <p className="sign-in-note">
            You asked that your account here goes by the address this mail came to. The old one then no longer signs you in.
          </p>
          {confirmation.isError ? <Refused error={confirmation.error} /> : null}
          <button
            type="button"
            className="button is-primary is-wide"
            disabled={confirmation.isPending}
            onClick={() => confirmation.mutate()}
          >
            {confirmation.isPending ? 'Confirming…' : 'Use this address'}
          </button>
        </>
      )}
      <button type="button" className={confirmation.isSuccess ? 'button is-primary is-wide' : 'button is-quiet is-wide'} onClick={go}>
        {confirmation.isSuccess ? 'Go to your profile' : 'Not now'}
      </button>
    </SignInFrame>
  )
}

/** The account is named by the session of this browser, so without one the link cannot be taken. */
function Refused({ error }: { readonly error: Error }) {
  const isStranger = error instanceof ThroughlineError && (error.code === 'UNAUTHENTICATED' || error.code === 'SESSION_EXPIRED')
  if (!isStranger) return <FormError>{error.message}</FormError>
  return (
    <FormError title="Nobody is signed in here.">
      Sign in with the address you had before, then open the link from the mail again. It still works. <a href="/sign-in">Sign in</a>
    </FormError>
  )
}

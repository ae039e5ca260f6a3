import { useMutation } from '@tanstack/react-query'
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
          {confirmation.isError ? <FormError>{confirmation.error.message}</FormError> : null}
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

import { useTitle } from '../../ui/hooks.ts'
import { SignInFrame } from './sign-in-frame.tsx'

/** After an account was deleted: nothing of the person is left, here or there. */
export function GoodbyePage() {
  useTitle('Goodbye')
  return (
    <SignInFrame>
      <h1>Your account is gone</h1>
      <p className="sign-in-note">
        You are signed out everywhere, and what was yours here is erased. This browser has forgotten what it knew of it, too.
      </p>
      <p className="sign-in-note">Thank you for having been here.</p>
      <a className="button is-wide" href="/sign-in">
        Go to the sign-in page
      </a>
    </SignInFrame>
  )
}

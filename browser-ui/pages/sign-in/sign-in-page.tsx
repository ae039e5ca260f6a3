import { useState } from 'react'
import { useTitle } from '../../ui/hooks.ts'
import { SecondFactor } from './second-factor.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { SignInStart } from './sign-in-start.tsx'
import { useBrought } from './use-brought.ts'
import { WithLink } from './with-link.tsx'

/** Signs in: with a one-time link, another service or a passkey, and with a passkey besides where the person asks for one. */
export function SignInPage() {
  useTitle('Sign in')
  const [brought, forget] = useBrought()
  const [asked, setAsked] = useState<{ readonly token: string; readonly options: unknown }>()
  const startAgain = () => {
    setAsked(undefined)
    forget()
  }
  if (brought === undefined) return <SignInFrame>{null}</SignInFrame>
  const { token, problem, isSecondFactor } = brought
  return (
    <SignInFrame>
      {isSecondFactor ? (
        <SecondFactor onOther={startAgain} />
      ) : token === undefined ? (
        <SignInStart problem={problem} />
      ) : asked?.token === token ? (
        <SecondFactor options={asked.options} onOther={startAgain} />
      ) : (
        <WithLink key={token} token={token} onOther={startAgain} onSecondFactor={(options) => setAsked({ token, options })} />
      )}
    </SignInFrame>
  )
}

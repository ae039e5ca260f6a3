import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type FormEvent } from 'react'
import { useLocation } from 'wouter'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { forgetPerson } from '../../offline/forget.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons, logo } from '../../ui/icons.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { ThemeMenu } from '../../ui/theme-menu.tsx'
import { readSignInToken } from './sign-in-token.ts'

/** The token leaves the address bar at once, so that neither history nor a shared screen keeps it. */
function takeToken(): string | undefined {
  const token = readSignInToken(window.location.hash)
  if (window.location.hash !== '') window.history.replaceState(null, '', window.location.pathname)
  return token
}

/** Signs in with a one-time link, or sends one. */
export function SignInPage() {
  useTitle('Sign in')
  const [token, setToken] = useState(takeToken)
  // A link opened where this page is already on screen changes the fragment alone and loads nothing.
  useEffect(() => {
    const onFragment = () => {
      const next = takeToken()
      if (next !== undefined) setToken(next)
    }
    window.addEventListener('hashchange', onFragment)
    return () => window.removeEventListener('hashchange', onFragment)
  }, [])
  return (
    <main className="sign-in" id="content">
      <div className="sign-in-tools">
        <ThemeMenu />
      </div>
      <svg className="sign-in-lines" viewBox="0 0 1440 400" preserveAspectRatio="none" aria-hidden="true">
        <path d="M0 260 C 320 260 380 120 720 120 S 1120 300 1440 200" />
        <path d="M0 290 C 340 290 400 140 720 140 S 1100 330 1440 250" />
        <path d="M0 230 C 300 230 360 100 720 100 S 1140 270 1440 150" />
      </svg>
      <section className="sign-in-card">
        <h1 className="sign-in-brand">{logo} Throughline</h1>
        <p className="sign-in-tag">Your metrics pass through. Nothing stays.</p>
        {token === undefined ? <RequestLink /> : <WithLink key={token} token={token} onOther={() => setToken(undefined)} />}
      </section>
    </main>
  )
}

function WithLink({ token, onOther }: { readonly token: string; readonly onOther: () => void }) {
  const { api } = useServices()
  const queryClient = useQueryClient()
  const [, navigate] = useLocation()
  const who = useQuery({
    queryKey: ['sign-in', token],
    queryFn: () => api.describeSignIn(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const signIn = useMutation({
    mutationFn: () => api.signIn(token),
    onSuccess: async () => {
      queryClient.clear()
      await forgetPerson()
      navigate('/', { replace: true })
    },
  })
  const error = signIn.error ?? who.error
  if (error) {
    const isUsed = error instanceof ThroughlineError && !['SOURCE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'RATE_LIMITED'].includes(error.code)
    return (
      <>
        <p className="form-error" role="alert">
          {icons.warning}
          <span>
            <strong>{isUsed ? 'This link no longer works.' : 'That did not work.'}</strong>{' '}
            {isUsed ? 'A sign-in link works once and for a short time, and a newer one replaces it.' : error.message}
          </span>
        </p>
        {isUsed ? (
          <RequestLink />
        ) : (
          <button type="button" className="button is-primary is-wide" onClick={() => void who.refetch().then(() => signIn.reset())}>
            Try again
          </button>
        )}
      </>
    )
  }
  if (who.data === undefined) return <Skeleton lines={3} label="Reading the link" />
  return (
    <>
      <p className="sign-in-who">
        <span>You are signing in as</span>
        <strong>{who.data.email}</strong>
      </p>
      <button type="button" className="button is-primary is-wide" onClick={() => signIn.mutate()} disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </button>
      <button type="button" className="button is-quiet is-wide" onClick={onOther}>
        Use another address
      </button>
    </>
  )
}

function RequestLink() {
  const { api } = useServices()
  const [email, setEmail] = useState('')
  const request = useMutation({ mutationFn: () => api.requestSignIn(email.trim()) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    request.mutate()
  }
  if (request.isSuccess) {
    return (
      <div className="sign-in-sent" role="status">
        <span className="sign-in-sent-icon">{icons.mail}</span>
        <h2>Look into your mail</h2>
        <p>
          If <strong>{email.trim()}</strong> may sign in here, a link is on its way. It works once.
        </p>
        <button type="button" className="button is-quiet is-wide" onClick={() => request.reset()}>
          Use another address
        </button>
        <OperatorHint />
      </div>
    )
  }
  return (
    <form className="form" onSubmit={submit}>
      <label htmlFor="email">Email address</label>
      <input
        id="email"
        type="email"
        autoComplete="email"
        required
        value={email}
        placeholder="you@example.org"
        onChange={(event) => setEmail(event.target.value)}
        aria-describedby={request.isError ? 'email-error' : undefined}
      />
      {request.isError ? (
        <p className="form-error" id="email-error" role="alert">
          {icons.warning}
          <span>{request.error.message}</span>
        </p>
      ) : null}
      <button type="submit" className="button is-primary is-wide" disabled={request.isPending}>
        {request.isPending ? 'Sending…' : 'Send me a link'}
      </button>
      <OperatorHint />
    </form>
  )
}

function OperatorHint() {
  return (
    <p className="sign-in-hint">
      You run this cloud? Print a link in its terminal:
      <code>npx throughline sign-in-link</code>
    </p>
  )
}

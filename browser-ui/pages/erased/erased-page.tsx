import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useState } from 'react'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { useServices } from '../../ui/services.ts'
import { FormError, SignInFrame } from '../sign-in/sign-in-frame.tsx'
import { readSignInToken } from '../sign-in/sign-in-token.ts'
import { introOf, stepWords, titleOf, type ShownErasure } from './erasure-words.ts'
import './erased.css'

const runningLookMs = 2_000
const waitingLookMs = 30_000
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' })

/** The token stays in the address: who closes the page comes back with it, and the fragment never reaches a server. */
function useToken(): string | undefined {
  const [token, setToken] = useState(() => readSignInToken(window.location.hash))
  useLayoutEffect(() => {
    const look = () => setToken(readSignInToken(window.location.hash))
    window.addEventListener('hashchange', look)
    return () => window.removeEventListener('hashchange', look)
  }, [])
  return token
}

/** What became of an account or a space that was deleted: its steps as they happen, what stays until when, and the certificate. */
export function ErasedPage() {
  const token = useToken()
  return <SignInFrame>{token === undefined ? <WithoutToken /> : <Erasure key={token} token={token} />}</SignInFrame>
}

function WithoutToken() {
  useTitle('Erased')
  return (
    <>
      <h1>Which erasure?</h1>
      <p className="sign-in-note">This address is not whole. Copy all of it, with what stands behind the #.</p>
      <SignInLink />
    </>
  )
}

const SignInLink = () => (
  <a className="button is-wide" href="/sign-in">
    Go to the sign-in page
  </a>
)

function Erasure({ token }: { readonly token: string }) {
  const { request } = useServices()
  const erasure = useQuery({
    queryKey: ['erasure', token],
    queryFn: async () => (await request.get(`/erasures/${encodeURIComponent(token)}`)) as ShownErasure,
    gcTime: 0,
    refetchInterval: ({ state: { data } }) =>
      data?.state === 'done' ? false : data?.state === 'waiting-for-mirror' ? waitingLookMs : runningLookMs,
  })
  const { data, error } = erasure
  useTitle(data === undefined ? 'Erased' : titleOf(data))
  if (data !== undefined) return <Shown erasure={data} />
  return (
    <>
      <h1>Erased</h1>
      {error === null ? (
        <p className="sign-in-note" role="status">
          Looking how far it is…
        </p>
      ) : (
        <FormError>
          {error instanceof ThroughlineError && error.code === 'NOT_FOUND'
            ? 'There is no erasure at this address any more. It is shown for 30 days after it is done.'
            : error.message}
        </FormError>
      )}
      <SignInLink />
    </>
  )
}

function Shown({ erasure }: { readonly erasure: ShownErasure }) {
  const { kind, steps, tails, certificate } = erasure
  return (
    <>
      <h1>{titleOf(erasure)}</h1>
      <p className="sign-in-note" role="status">
        {introOf(erasure)}
      </p>
      <ol className="erased-steps" aria-label="What is done">
        {steps.map(({ name, doneAtMs }) => (
          <li key={name} data-done={doneAtMs !== null}>
            {doneAtMs === null ? icons.more : icons.check}
            <span>
              {stepWords(kind, name)}
              <small>{doneAtMs === null ? 'Not yet' : moment.format(doneAtMs)}</small>
            </span>
          </li>
        ))}
      </ol>
      {tails.length === 0 ? null : (
        <>
          <h2>What stays for a while</h2>
          <ul className="erased-tails">
            {tails.map(({ what, why, untilMs }) => (
              <li key={what}>
                <strong>{what}</strong>, {untilMs === null ? 'for good' : `until ${day.format(untilMs)}`}
                <small>{why}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      {certificate === null ? null : (
        <>
          <button
            type="button"
            className="button is-primary is-wide"
            onClick={() => saveFile('certificate.json', new Blob([`${JSON.stringify({ certificate })}\n`], { type: 'application/json' }))}
          >
            {icons.download} Download the certificate
          </button>
          <p className="sign-in-small">
            Whoever runs a copy of the data can check it: <code>throughline verify-erasure certificate.json</code>
          </p>
        </>
      )}
      <SignInLink />
    </>
  )
}

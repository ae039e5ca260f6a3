import { useCallback, useEffect, useState } from 'react'
import { passkeys } from '../../ui/account/passkeys.ts'
import { useServices } from '../../ui/services.ts'
import { arrive } from './arrive.ts'
import { signInApi } from './sign-in-api.ts'

/** Shorter than a question to an authenticator counts. */
const renewMs = 4 * 60_000

/**
 * Offers the passkeys of this device in the list under the address field, where the browser can, and signs in with the one that is
 * picked. `stop` before another passkey dialog: a browser has one at a time.
 */
export function useAutofill(isOn: boolean): {
  readonly error: Error | undefined
  readonly stop: () => void
  readonly restart: () => void
} {
  const { api, request } = useServices()
  const [round, setRound] = useState(0)
  const [isStopped, setIsStopped] = useState(false)
  const [error, setError] = useState<Error>()
  useEffect(() => {
    if (!isOn || isStopped) return undefined
    const ending = new AbortController()
    const renewal = window.setTimeout(() => setRound((before) => before + 1), renewMs)
    let isPicked = false
    const offer = async () => {
      if (!(await passkeys.canAutofill()) || ending.signal.aborted) return
      const ask = signInApi(request)
      const options = await ask.passkeyOptions()
      if (ending.signal.aborted) return
      const credential = await passkeys.get(options, { signal: ending.signal, isAutofill: true })
      isPicked = true
      await ask.withPasskey(credential)
      await arrive(api)
    }
    offer().catch((cause: unknown) => {
      // What nobody asked for fails without a word; a passkey that was picked and refused is told.
      if (isPicked && cause instanceof Error) setError(cause)
    })
    return () => {
      window.clearTimeout(renewal)
      ending.abort()
    }
  }, [isOn, isStopped, round, api, request])
  return {
    error,
    stop: useCallback(() => setIsStopped(true), []),
    restart: useCallback(() => setIsStopped(false), []),
  }
}

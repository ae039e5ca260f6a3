import { problemCode } from '../../data/account/sign-in-problem.ts'

/** The token in the fragment of a sign-in link (`#…` or `#token=…`), or undefined. The fragment never reaches a server or its logs. */
export function readSignInToken(fragment: string): string | undefined {
  const text = fragment.startsWith('#') ? fragment.slice(1) : fragment
  const token = new URLSearchParams(text).get('token') ?? (text.includes('=') ? '' : text)
  return /^[\w.~-]{8,512}$/u.test(token) ? token : undefined
}

/** What an address brings to the pages of signing in. */
export interface Brought {
  readonly token?: string | undefined
  readonly problem?: string | undefined
  /** Another service has said who it is; a passkey is wanted besides. */
  readonly isSecondFactor?: boolean
}

/**
 * Reads the fragment and takes it out of the address bar at once, so that neither history nor a shared screen keeps it. Undefined when
 * there is none.
 */
export function takeBrought(): Brought | undefined {
  const { hash, pathname, search } = window.location
  if (hash === '') return undefined
  window.history.replaceState(window.history.state, '', `${pathname}${search}`)
  return {
    token: readSignInToken(hash),
    problem: problemCode(hash),
    isSecondFactor: /^#second-factor\b/u.test(hash),
  }
}

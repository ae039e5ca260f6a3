/** The token in the fragment of a sign-in link (`#…` or `#token=…`), or undefined. The fragment never reaches a server or its logs. */
export function readSignInToken(fragment: string): string | undefined {
  const text = fragment.startsWith('#') ? fragment.slice(1) : fragment
  const token = new URLSearchParams(text).get('token') ?? (text.includes('=') ? '' : text)
  return /^[\w.~-]{8,512}$/u.test(token) ? token : undefined
}

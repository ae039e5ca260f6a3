/**
 * The cookies of a signed-in browser, and those of one that is on the way there. `__Host-` ties them to this exact host, to HTTPS
 * and to the whole site (S4). `flow` alone is sent when another site sends the browser back to us.
 */
export const cookieNames = {
  access: '__Host-throughline',
  refresh: '__Host-throughline-refresh',
  flow: '__Host-throughline-flow',
  challenge: '__Host-throughline-challenge',
  pending: '__Host-throughline-pending',
  /** Not a proof of anything: the browser's half of the consent to analytics. */
  analytics: '__Host-throughline-analytics',
} as const

/** The values of a Cookie header by name; a name that comes twice counts as absent, because nobody can tell which is ours. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const repeated = new Set<string>()
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(at, 0)).trim()
    if (name === '') continue
    if (values.has(name)) repeated.add(name)
    values.set(name, pair.slice(at + 1).trim())
  }
  for (const name of repeated) values.delete(name)
  return values
}

/** A Set-Cookie line; `maxAgeMs` 0 removes the cookie. */
export function cookieLine(name: string, value: string, maxAgeMs: number): string {
  const sameSite = name === cookieNames.flow || name === cookieNames.analytics ? 'Lax' : 'Strict'
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${Math.max(0, Math.floor(maxAgeMs / 1000))}`
}

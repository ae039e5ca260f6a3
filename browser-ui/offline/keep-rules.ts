/** Where the cloud's own HTTP API begins. */
export const apiBase = '/api/throughline/v1'

/** The header of an answer that was kept: when it came from the cloud, epoch milliseconds. */
export const asOfHeader = 'x-throughline-as-of'

const id = '[0-9a-fA-F-]{36}'
const space = `/spaces/${id}`
/** Metadata, each answer named one by one, in one space each: what is not here is never kept, whatever it is. */
const kept = [
  '/nodes',
  '/rooms',
  '/contexts',
  '/alerts',
  `/nodes/${id}`,
  `/nodes/${id}/contexts`,
  `/nodes/${id}/alerts`,
  `/rooms/${id}/boards`,
  `/boards/${id}`,
].map((path) => new RegExp(`^${apiBase}${space}${path}$`))
kept.unshift(new RegExp(`^${apiBase}/me$`))

/** The space whose metadata an answer is; undefined for what belongs to the person. */
export function spaceOfPath(path: string): string | undefined {
  return new RegExp(`^${apiBase}/spaces/(${id})/`).exec(path)?.[1]
}

/** What the worker does with a request. `pass` leaves it to the browser, as if there were no worker. */
export type RequestKind = 'pass' | 'metadata' | 'page' | 'file' | 'session'

/** After these somebody else may be signed in, or nobody. */
const sessionRequests = new Set([
  ...['/sign-in', '/sign-in/second-factor', '/sign-in/passkey', '/sign-out', '/session/refresh'].map((path) => `POST ${apiBase}${path}`),
  `DELETE ${apiBase}/me`,
])

interface AskedFor {
  readonly method: string
  readonly url: string
  readonly mode?: string
}

/** Sorts a request by what may be done with it. `files` are the addresses of the page's own files. */
export function kindOfRequest({ method, url, mode }: AskedFor, origin: string, files: ReadonlySet<string>): RequestKind {
  const target = new URL(url)
  if (target.origin !== origin) return 'pass'
  if (method !== 'GET') return sessionRequests.has(`${method} ${target.pathname}`) ? 'session' : 'pass'
  if (target.pathname.startsWith('/api/')) {
    return target.search === '' && kept.some((pattern) => pattern.test(target.pathname)) ? 'metadata' : 'pass'
  }
  if (mode === 'navigate') return 'page'
  return target.search === '' && files.has(target.pathname) ? 'file' : 'pass'
}

/** Whether the answer to a session's request means that what is known belongs to nobody any more, or to somebody else. */
export function endsKnowledge(path: string, status: number): boolean {
  if (path === `${apiBase}/session/refresh`) return status === 401 || status === 403
  return status >= 200 && status < 300
}

/** What is shown of a push message. */
export interface PushNote {
  readonly title: string
  readonly body: string
  /** A path of the page. */
  readonly path: string
  readonly tag: string
  readonly isUrgent: boolean
}

const unreadable: PushNote = {
  title: 'Something changed in Throughline',
  body: 'Open the page to see what.',
  path: '/',
  tag: 'throughline',
  isUrgent: false,
}

const textOf = (value: unknown, max: number) => (typeof value === 'string' ? value.slice(0, max) : '')

/**
 * Reads a push message of ours. Something has to be shown for every message, or the browser takes the permission away, so one that
 * cannot be read is shown as such. A link leads nowhere but into this page.
 */
export function readPushNote(text: string | undefined, origin: string): PushNote {
  let json: unknown
  try {
    json = JSON.parse(text ?? '')
  } catch {
    return unreadable
  }
  if (typeof json !== 'object' || json === null) return unreadable
  const { title, body, url, tag, isUrgent } = json as Readonly<Record<string, unknown>>
  const shownTitle = textOf(title, 200)
  if (shownTitle === '') return unreadable
  return {
    title: shownTitle,
    body: textOf(body, 3_000),
    path: pathIn(origin, textOf(url, 2_000)),
    tag: textOf(tag, 100) || unreadable.tag,
    isUrgent: isUrgent === true,
  }
}

/** The address as a path of this page; `/` for any other. */
export function pathIn(origin: string, address: string): string {
  const url = URL.canParse(address, origin) ? new URL(address, origin) : undefined
  return url?.origin === origin ? `${url.pathname}${url.search}${url.hash}` : '/'
}

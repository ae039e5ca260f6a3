import type { ChannelOption } from '../settings/channel-answers.ts'

/** A browser this person is notified on, in one space. */
export interface PushBrowser {
  readonly pushId: string
  readonly name: string
  readonly createdAtMs: number
  readonly options: readonly ChannelOption[]
  /** Null: every room the person sees. */
  readonly roomIds: readonly string[] | null
  /** SHA-256 of its address, hex. */
  readonly endpointHash: string
}

/** What a browser is to tell. */
export interface PushWish {
  readonly name: string
  readonly options: readonly ChannelOption[]
  readonly roomIds: readonly string[] | null
}

/** What stands between this browser and notifications. */
export type PushState = 'ready' | 'unsupported' | 'no-worker' | 'denied'

/** The same in words; undefined when nothing does. */
export const pushTrouble: Readonly<Record<PushState, string | undefined>> = {
  ready: undefined,
  unsupported: 'This browser cannot show notifications of web pages. On an iPhone or iPad, add Throughline to the home screen first.',
  'no-worker':
    'Notifications need the part of the page that works in the background. It is switched off by whoever runs this cloud, or this browser does not trust its certificate.',
  denied: 'Notifications of this page are blocked in this browser. Allow them in its settings for this site, then come back.',
}

/** Who may be notified of nodes in a space: roles that see any and have notifications of their own. */
export const hearsOfNodes = (role: string): boolean => ['admin', 'manager', 'troubleshooter', 'observer'].includes(role)

/** A name to begin with, such as `Firefox on Linux`, from what the browser calls itself. */
export function browserName(agent: string): string {
  const found = (words: readonly (readonly [string, string])[]) => words.find(([sign]) => agent.includes(sign))?.[1]
  const browser = found([
    ['Edg/', 'Edge'],
    ['Firefox/', 'Firefox'],
    ['OPR/', 'Opera'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ])
  const system = found([
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS X', 'macOS'],
    ['CrOS', 'ChromeOS'],
    ['Linux', 'Linux'],
  ])
  return [browser ?? 'A browser', ...(system === undefined ? [] : [`on ${system}`])].join(' ')
}

/** What a list says of a browser: what it tells, and of which rooms. */
export function pushSummary(
  { options, roomIds }: Pick<PushBrowser, 'options' | 'roomIds'>,
  nameOf: (roomId: string) => string | undefined,
): string {
  const words: Readonly<Record<ChannelOption, string>> = {
    CRITICAL: 'critical',
    WARNING: 'warnings',
    CLEAR: 'cleared',
    REACHABLE: 'reachable again',
    UNREACHABLE: 'not reachable',
  }
  const rooms = roomIds === null ? 'all rooms' : roomIds.map((roomId) => nameOf(roomId) ?? 'a room you do not see').join(', ') || 'no room'
  return `${options.map((option) => words[option]).join(', ')} · ${rooms}`
}

/** The bytes of base64url, as a browser wants the key of a subscription. */
export function bytesOfBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (letter) => letter.codePointAt(0) ?? 0)
}

export const messageStates = ['open', 'waiting', 'sent', 'failed', 'dropped'] as const
export type MessageState = (typeof messageStates)[number]

/** One alert or node of a message; names are hostile text. */
export interface MessageItemRow {
  readonly newsId: string
  readonly nodeId: string
  readonly hostname: string
  readonly chart?: string
  readonly name?: string
  readonly status: string
}

/** A message as the cloud lists it. */
export interface MessageRow {
  readonly messageId: string
  readonly targetId: string
  readonly targetName: string
  readonly slug: string
  readonly kind: 'alert' | 'reach' | 'test'
  readonly state: MessageState
  readonly items: readonly MessageItemRow[]
  readonly changes: number
  readonly attempts: number
  readonly problem: string | null
  readonly createdAtMs: number
  readonly nextAttemptAtMs: number | null
  readonly sentAtMs: number | null
}

export interface MessagePage {
  readonly messages: readonly MessageRow[]
  readonly next: string | null
  readonly counts: { readonly waiting: number; readonly failed: number }
  readonly silencedToday: number
}

/** What is looked for; empty texts look for everything. */
export interface MessageFilter {
  readonly target: string
  readonly state: MessageState | ''
}

/** The filter in an address; states that do not exist are none. */
export function messageFilterOf(search: URLSearchParams): MessageFilter {
  const state = search.get('state') ?? ''
  return { target: search.get('target') ?? '', state: messageStates.find((each) => each === state) ?? '' }
}

/** What a page of messages is asked with. */
export function messageQuery({ target, state }: MessageFilter, before: string | undefined, limit: number): string {
  const params = new URLSearchParams({ limit: String(limit) })
  if (target !== '') params.set('targetId', target)
  if (state !== '') params.set('state', state)
  if (before !== undefined) params.set('before', before)
  return params.toString()
}

/** A state in words. */
export const messageStateWords: Readonly<Record<MessageState, string>> = {
  open: 'Being gathered',
  waiting: 'Waiting',
  sent: 'Sent',
  failed: 'Failed',
  dropped: 'Dropped',
}

const statusWords: Readonly<Record<string, string>> = {
  critical: 'critical',
  warning: 'warning',
  clear: 'clear again',
  removed: 'not watched any more',
  unreachable: 'not reachable',
  reachable: 'reachable again',
}
const hostsShown = 3

/** What a message tells, in one line: what happened, and to how many more than the nodes it names. */
export function messageTitle({ kind, items, changes }: Pick<MessageRow, 'kind' | 'items' | 'changes'>): string {
  const [first] = items
  // Somebody who sees none of its nodes still learns how much it was.
  if (first === undefined)
    return changes === 1 ? 'One change on a node you do not see' : `${count(changes)} changes on nodes you do not see`
  const names = new Set(items.map(({ name }) => name))
  const statuses = new Set(items.map(({ status }) => status))
  if (names.size > 1) return `${count(changes)} changes of different alerts at once`
  const status = statuses.size > 1 ? 'changed' : (statusWords[first.status] ?? first.status)
  return kind === 'reach' || first.name === undefined ? capital(status) : `${first.name}: ${status}`
}

/** The nodes a message names, and how many more there are. */
export function messageNodes({ items, changes }: Pick<MessageRow, 'items' | 'changes'>): string {
  const hosts = [...new Set(items.map(({ hostname }) => hostname))]
  const shown = hosts.slice(0, hostsShown)
  const more = Math.max(hosts.length, changes - (items.length - hosts.length)) - shown.length
  if (shown.length === 0) return ''
  return more > 0 ? `${shown.join(', ')} and ${count(more)} more` : shown.join(', ')
}

/** How things stand, in one sentence. */
export function queueWords({ counts: { waiting, failed }, silencedToday }: Pick<MessagePage, 'counts' | 'silencedToday'>): string {
  const parts = [
    ...(waiting === 0 ? [] : [`${count(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`]),
    ...(failed === 0 ? [] : [`${count(failed)} failed`]),
    ...(silencedToday === 0 ? [] : [`${count(silencedToday)} ${silencedToday === 1 ? 'change was' : 'changes were'} silenced today`]),
  ]
  return parts.length === 0 ? 'Nothing waits and nothing failed.' : `${parts.join(', ')}.`
}

const count = (n: number) => n.toLocaleString('en')
const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

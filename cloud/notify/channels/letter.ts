import { createHash } from 'node:crypto'
import type { AlertStatus } from '../../../src/domain/model.ts'
import type { ShownValue } from '../../../src/domain/shown-value.ts'
import type { Message, MessageItem } from '../ports.ts'
import { plainLine } from './plain-line.ts'

export type Severity = 'critical' | 'warning' | 'clear' | 'unreachable' | 'reachable'

interface EntryBase {
  readonly newsId: string
  readonly severity: Severity
  /** Nothing is wrong any more. */
  readonly isOver: boolean
  /** What happened, in one line. */
  readonly title: string
  readonly atMs: number
}

/** One alert of a letter. Every text is one plain line, and still has to be escaped for where it goes. */
export interface AlertEntry extends EntryBase {
  readonly kind: 'alert'
  /** The same for every message about this alert of this node; letters and digits. */
  readonly identity: string
  readonly host: string
  readonly alert: string
  readonly chart: string
  readonly context: string
  readonly className: string
  readonly summary: string
  readonly info: string
  /** The value with its unit, where the owner of the channel asked for it and the agent answered. */
  readonly value: string | undefined
  readonly isRepeat: boolean
  /** It was raised before with another severity, so that services which keep incidents have it open with that. */
  readonly mayBeOpen: boolean
}

/** Nodes that got out of reach, or came back. */
export interface ReachEntry extends EntryBase {
  readonly kind: 'reach'
  /** Each node with an identity like that of an alert. */
  readonly nodes: readonly { readonly identity: string; readonly host: string }[]
  readonly parent: string | undefined
}

export type Entry = AlertEntry | ReachEntry

/** A message in words: what every renderer writes from. */
export interface Letter {
  readonly messageId: string
  readonly kind: Message['kind']
  readonly title: string
  /** The worst of its entries. */
  readonly severity: Severity
  readonly entries: readonly Entry[]
  readonly omitted: number
  /** It stands for different alerts, because very much happened at once. */
  readonly isFlood: boolean
  readonly space: string
  readonly rooms: readonly string[]
  readonly url: string
  readonly createdAtMs: number
}

const lengths = { name: 200, text: 1_000, value: 100 }
/** The worst first. */
export const severities: readonly Severity[] = ['critical', 'unreachable', 'warning', 'clear', 'reachable']
const words: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  clear: 'Cleared',
  unreachable: 'Unreachable',
  reachable: 'Reachable again',
}

/**
 * Puts a message into words. The one place where a value that was asked for is read: it goes into the letter, the letter into what is
 * sent, and both are dropped when the attempt is over.
 */
export function createLetter(message: Message, values: ReadonlyMap<string, ShownValue> = new Map()): Letter {
  const valueOf = (newsId: string) => values.get(newsId)?.revealTo((text) => plainLine(text, lengths.value))
  const entries = message.items.map((item) =>
    item.kind === 'alert' ? alertEntry(message.spaceId, item, valueOf(item.newsId)) : reachEntry(message.spaceId, item),
  )
  return {
    messageId: message.messageId,
    kind: message.kind,
    title: `${message.kind === 'test' ? 'Test: ' : ''}${titleOf(entries, message.omitted)}`,
    severity: severities.find((each) => entries.some(({ severity }) => severity === each)) ?? 'clear',
    entries,
    omitted: message.omitted,
    isFlood: message.isFlood === true,
    space: plainLine(message.spaceName, lengths.name),
    rooms: message.roomNames.map((name) => plainLine(name, lengths.name)),
    url: message.url,
    createdAtMs: message.createdAtMs,
  }
}

function alertEntry(spaceId: string, item: Extract<MessageItem, { kind: 'alert' }>, value: string | undefined): AlertEntry {
  const { status, oldStatus, isRepeat } = item
  const severity = status === 'critical' || status === 'warning' ? status : 'clear'
  // A name of which nothing is left to show is told apart by the id; services refuse an empty one.
  const [host, alert] = [plainLine(item.hostname, lengths.name) || item.nodeId, plainLine(item.name, lengths.name)]
  const before = isWorse(oldStatus) && !isRepeat && severity !== 'clear' && oldStatus !== status ? ` (was ${oldStatus})` : ''
  return {
    kind: 'alert',
    newsId: item.newsId,
    identity: identityOf(spaceId, item.nodeId, item.chart, item.name),
    severity,
    isOver: severity === 'clear',
    title: `${isRepeat ? `Still ${words[severity].toLowerCase()}` : status === 'removed' ? 'Removed' : words[severity]}${before}: ${alert} on ${host}`,
    atMs: item.whenS * 1_000,
    host,
    alert,
    chart: plainLine(item.chart, lengths.name),
    context: plainLine(item.context, lengths.name),
    className: plainLine(item.className, lengths.name),
    summary: plainLine(item.summary, lengths.text),
    info: plainLine(item.info, lengths.text),
    value,
    isRepeat,
    mayBeOpen: before !== '',
  }
}

function reachEntry(spaceId: string, item: Extract<MessageItem, { kind: 'reach' }>): ReachEntry {
  const nodes = item.nodeIds.map((nodeId, at) => ({
    identity: identityOf(spaceId, nodeId, 'reachability'),
    host: plainLine(item.hostnames[at] ?? nodeId, lengths.name) || nodeId,
  }))
  const parent = item.parentHostname === undefined ? undefined : plainLine(item.parentHostname, lengths.name)
  const whom = nodes.length === 1 ? (nodes[0]?.host ?? '') : `${nodes.length} nodes`
  return {
    kind: 'reach',
    newsId: item.newsId,
    severity: item.state,
    isOver: item.state === 'reachable',
    title: `${words[item.state]}: ${whom}${parent === undefined ? '' : ` behind ${parent}`}`,
    atMs: item.sinceMs,
    nodes,
    parent,
  }
}

const isWorse = (status: AlertStatus) => status === 'warning' || status === 'critical'

function titleOf(entries: readonly Entry[], omitted: number): string {
  const [first] = entries
  if (first !== undefined && entries.length === 1 && omitted === 0) return first.title
  const counts = severities.flatMap((each) => {
    const count = entries.filter(({ severity }) => severity === each).length
    return count === 0 ? [] : [`${count} ${words[each].toLowerCase()}`]
  })
  return `${entries.length + omitted} changes: ${[...counts, ...(omitted === 0 ? [] : [`${omitted} more`])].join(', ')}`
}

/** One alert of one node in one space, under any name, in 40 hexadecimal digits. */
export function identityOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
}

/** A time as people read it everywhere. */
export const timeText = (ms: number) =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')

/** What is known of an entry, as rows of label and text. */
export function factsOf(entry: Entry): readonly (readonly [label: string, text: string])[] {
  const at = ['Since', timeText(entry.atMs)] as const
  if (entry.kind === 'reach') {
    const names = entry.nodes.slice(0, 20).map(({ host }) => host)
    const more = entry.nodes.length - names.length
    return [['Nodes', `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`] as const, at]
  }
  const { value, summary, chart, info } = entry
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Value', value],
    ['Summary', summary],
    ['Chart', chart],
    ['About', info],
  ]
  return [...facts.flatMap(([label, text]) => (text === undefined || text === '' ? [] : [[label, text] as const])), at]
}

/** What a letter says of being one for many, and of the changes it does not name. */
export function omittedText({ omitted, isFlood }: Letter): string | undefined {
  const parts = [
    ...(isFlood ? ['Very much happened at once, so this message stands for different alerts.'] : []),
    ...(omitted === 0 ? [] : [`${omitted} more ${omitted === 1 ? 'change is' : 'changes are'} not listed here.`]),
  ]
  return parts.length === 0 ? undefined : parts.join(' ')
}

/** The letter with at most so many entries; the others are counted. The worst stay, in the order they have. */
export function shortened(letter: Letter, max: number): Letter {
  if (letter.entries.length <= max) return letter
  const rank = ({ severity }: Entry) => severities.indexOf(severity)
  const kept = new Set([...letter.entries].sort((a, b) => rank(a) - rank(b)).slice(0, max))
  return { ...letter, entries: letter.entries.filter((entry) => kept.has(entry)), omitted: letter.omitted + letter.entries.length - max }
}

/** As many whole lines as fit together, joined; `sizeOf` says how a service counts. */
export function linesWithin(lines: readonly string[], max: number, sizeOf: (text: string) => number = (text) => text.length): string {
  const fitting: string[] = []
  let size = 0
  for (const line of lines) {
    size += sizeOf(line) + 1
    if (size > max) break
    fitting.push(line)
  }
  return fitting.join('\n')
}

/** The lines of a letter below its title: each entry with what is known of it, then what is not named. A single entry has no title of its own. */
export function linesOf(
  letter: Letter,
  escape: (text: string) => string,
  strong: (text: string) => string = (text) => text,
): readonly string[] {
  const isOne = letter.entries.length === 1 && letter.omitted === 0
  const rest = omittedText(letter)
  return [
    ...letter.entries.flatMap((entry) => [
      ...(isOne ? [] : [strong(escape(entry.title))]),
      ...factsOf(entry).map(([label, text]) => `${label}: ${escape(text)}`),
    ]),
    ...(rest === undefined ? [] : [rest]),
  ]
}

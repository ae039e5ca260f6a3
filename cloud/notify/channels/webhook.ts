import { createHmac } from 'node:crypto'
import { fieldText, type Fields, type HttpRequest } from './http-request.ts'
import type { AlertEntry, Entry, Letter, ReachEntry } from './letter.ts'

/** How many other alerts are raised on the node of an alert. */
export interface RaisedBeside {
  readonly critical: number
  readonly warning: number
}

/**
 * The documented JSON of generic webhooks (cloud-api §8). A message that names several changes has the members of its first one at the
 * top, as existing receivers read them, and all of them in `items`. With a secret, `Throughline-Signature` is `v1=` and the HMAC-SHA256
 * in hex over `<Throughline-Delivery>.<Throughline-Time>.<body>`; the delivery's id is the same for every attempt.
 */
export function renderWebhook(letter: Letter, fields: Fields, beside: ReadonlyMap<string, RaisedBeside>, nowMs: number): HttpRequest {
  const items = letter.entries.map((entry) => itemOf(letter, entry, beside.get(entry.newsId), nowMs))
  const { messageId, kind, title, omitted, isFlood, space } = letter
  const body = JSON.stringify({ ...items[0], message: title, space, messageId, kind, items, omitted, ...(isFlood ? { isFlood } : {}) })
  const time = String(Math.floor(nowMs / 1_000))
  const secret = fieldText(fields, 'signingSecret')
  const signed = {
    'Content-Type': 'application/json',
    'User-Agent': 'Throughline',
    'Throughline-Delivery': messageId,
    'Throughline-Time': time,
    ...(secret === '' ? {} : { 'Throughline-Signature': `v1=${webhookSignature(secret, messageId, time, body)}` }),
    ...authorizationOf(fields),
  }
  return { url: fieldText(fields, 'url'), headers: { ...customHeaders(fieldText(fields, 'headers'), signed), ...signed }, body }
}

/** HMAC-SHA256 in hex, keyed with the secret of the channel, over what `Throughline-Delivery` and `Throughline-Time` say and the body. */
export function webhookSignature(secret: string, id: string, time: string, body: string): string {
  return createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('hex')
}

function authorizationOf(fields: Fields): Readonly<Record<string, string>> {
  const token = fieldText(fields, 'bearerToken')
  const [user, password] = [fieldText(fields, 'username'), fieldText(fields, 'password')]
  if (token !== '') return { Authorization: `Bearer ${token}` }
  return user === '' && password === '' ? {} : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

/** The lines of the channel as headers. What we say ourselves cannot be said again; a name that comes twice is joined (RFC 9110 §5.3). */
function customHeaders(text: string, ours: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const taken = new Set(Object.keys(ours).map((name) => name.toLowerCase()))
  const headers = new Map<string, { readonly name: string; readonly value: string }>()
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf(':')
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    const key = name.toLowerCase()
    if (at < 1 || taken.has(key)) continue
    const before = headers.get(key)
    headers.set(key, before === undefined ? { name, value } : { name: before.name, value: `${before.value}, ${value}` })
  }
  return Object.fromEntries([...headers.values()].map(({ name, value }) => [name, value]))
}

function itemOf(letter: Letter, entry: Entry, beside: RaisedBeside | undefined, nowMs: number): object {
  return entry.kind === 'alert' ? alertItem(letter, entry, beside, nowMs) : reachItem(letter, entry)
}

function alertItem({ space, rooms, url }: Letter, entry: AlertEntry, beside: RaisedBeside | undefined, nowMs: number): object {
  const { title, alert, info, summary, chart, context, className, severity, host, value, newsId, isRepeat, atMs } = entry
  return {
    message: title,
    alert,
    info: info === '' ? summary : info,
    chart,
    context,
    space,
    Rooms: Object.fromEntries(rooms.map((room) => [room, url])),
    // The cloud does not keep the family of an alert's chart.
    family: '',
    class: className,
    severity,
    date: new Date(atMs).toISOString(),
    duration: `${Math.max(0, Math.floor((nowMs - atMs) / 1_000))}s`,
    additional_active_critical_alerts: beside?.critical ?? 0,
    additional_active_warning_alerts: beside?.warning ?? 0,
    alert_url: url,
    host,
    newsId,
    isRepeat,
    ...(value === undefined ? {} : { value }),
  }
}

function reachItem({ url }: Letter, { title, nodes, isOver, parent, newsId, atMs }: ReachEntry): object {
  return {
    message: title,
    url,
    host: nodes.map(({ host }) => host).join(', '),
    severity: isOver ? 'info' : 'critical',
    status: { reachable: isOver, text: isOver ? 'reachable' : 'unreachable' },
    hosts: nodes.map(({ host }) => host),
    parent: parent ?? null,
    date: new Date(atMs).toISOString(),
    newsId,
  }
}

import { aggregations, chartKinds, isUntouched, type CardSettings } from './card-settings.ts'
import type { GroupBy } from '../metrics/metrics-feed.ts'

/** What the fragment of a page of charts keeps. It is never sent to a server, and a link with it opens the same page. */
export interface PageFragment {
  /** The section that was jumped to. */
  readonly section: string | undefined
  /** What was changed about charts, by context. */
  readonly cards: ReadonlyMap<string, CardSettings>
  /** The context of the expanded chart, and which of its panels is open. */
  readonly open: string | undefined
  readonly panel: string | undefined
}

/** A link that is longer than this does not survive mail and chat; what does not fit lives as long as the page. */
const lengthMax = 8000
const cardsMax = 200
const listMax = 500
const textMax = 300

/** Fields of a card, by the letter pair they have in the fragment. */
const fields = {
  by: 'groupBy',
  as: 'aggregation',
  on: 'nodeIds',
  of: 'instances',
  at: 'dimensions',
  in: 'labels',
  is: 'kind',
  no: 'hidden',
} as const satisfies Record<string, keyof CardSettings>

/** The fragment as text without `#`; empty when there is nothing to keep. Cards that do not fit are left out, oldest first. */
export function encodeFragment({ section, cards, open, panel }: PageFragment): string {
  const head = [section === undefined ? '' : escaped(section)]
  if (open !== undefined) head.push(`open=${escaped(open)}`)
  if (panel !== undefined) head.push(`panel=${escaped(panel)}`)
  let length = head.join('&').length
  const kept: string[] = []
  for (const [contextId, settings] of [...cards].reverse()) {
    if (isUntouched(settings)) continue
    const text = `card=${encodeCard(contextId, settings)}`
    if (length + text.length + 1 > lengthMax || kept.length >= cardsMax) continue
    length += text.length + 1
    kept.unshift(text)
  }
  return [...head, ...kept].join('&')
}

/** Reads a fragment, with or without `#`. It may be anything a stranger wrote: what is not understood is left out. */
export function decodeFragment(text: string): PageFragment {
  const parts = (text.startsWith('#') ? text.slice(1) : text).slice(0, lengthMax).split('&')
  const cards = new Map<string, CardSettings>()
  let section: string | undefined
  let open: string | undefined
  let panel: string | undefined
  for (const [index, part] of parts.entries()) {
    const [name, value] = splitOnce(part, '=')
    if (value === undefined) {
      if (index === 0) section = unescaped(part)
    } else if (name === 'open') open = unescaped(value)
    else if (name === 'panel') panel = unescaped(value)
    else if (name === 'card' && cards.size < cardsMax) {
      const card = decodeCard(value)
      if (card !== undefined) cards.set(...card)
    }
  }
  return { section, cards, open, panel }
}

/** `disk.io~by.node~of.sda,sdb`: names escaped, so that `~ . , =` stay ours. */
function encodeCard(contextId: string, settings: CardSettings): string {
  const parts = Object.entries(fields).map(([letters, field]) => {
    const value = settings[field]
    if (value === undefined) return ''
    const list = typeof value === 'string' ? [value] : value
    return `~${letters}.${list.map((entry) => (typeof entry === 'string' ? escaped(entry) : `${escaped(entry.key)}=${escaped(entry.value)}`)).join(',')}`
  })
  return escaped(contextId) + parts.join('')
}

function decodeCard(text: string): [string, CardSettings] | undefined {
  const [first = '', ...rest] = text.split('~')
  const contextId = unescaped(first)
  if (contextId === undefined) return undefined
  const changes = rest.map((part) => {
    const [letters, list] = splitOnce(part, '.')
    if (list === undefined || !isFieldName(letters)) return {}
    return decodeField(fields[letters], list.split(',').slice(0, listMax)) ?? {}
  })
  const settings: CardSettings = Object.assign({}, ...changes)
  return isUntouched(settings) ? undefined : [contextId, settings]
}

const isFieldName = (text: string): text is keyof typeof fields => Object.hasOwn(fields, text)

function splitOnce(text: string, sign: string): readonly [string, string | undefined] {
  const at = text.indexOf(sign)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function decodeField(field: keyof CardSettings, entries: readonly string[]): CardSettings | undefined {
  if (field === 'labels') {
    const labels = entries.flatMap((entry) => {
      const [key, value, ...more] = entry.split('=').map((part) => unescaped(part))
      return key === undefined || value === undefined || more.length > 0 ? [] : [{ key, value }]
    })
    return labels.length === 0 ? undefined : { labels }
  }
  const list = [...new Set(entries.map((entry) => unescaped(entry)).filter((entry) => entry !== undefined))]
  if (field === 'aggregation') return found(aggregations, list[0], (aggregation) => ({ aggregation }))
  if (field === 'kind') return found(chartKinds, list[0], (kind) => ({ kind }))
  if (field === 'groupBy') {
    const groupBy = list.filter(isGroupBy)
    return groupBy.length === 0 ? undefined : { groupBy }
  }
  return list.length === 0 ? undefined : { [field]: list }
}

const found = <T extends string>(all: readonly T[], text: string | undefined, make: (value: T) => CardSettings) => {
  const value = all.find((entry) => entry === text)
  return value === undefined ? undefined : make(value)
}

const isGroupBy = (text: string): text is GroupBy =>
  text === 'dimension' || text === 'node' || text === 'instance' || (text.startsWith('label:') && text.length > 6)

/** Everything but letters, digits, dot, `-` and `_` as `%xx`; half a character cannot be escaped and is replaced. */
function escaped(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[~!'()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function unescaped(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text)
    return plain === '' || plain.length > textMax || /\p{Cc}/u.test(plain) ? undefined : plain
  } catch {
    return undefined
  }
}

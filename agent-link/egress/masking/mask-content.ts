import { contentFinders, contentFindersBehindPath } from './content-finders.ts'
import type { ContentFinder, ContentKind } from './content-kind.ts'
import { folded } from './fold.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { shapeOfContent } from './shapes.ts'
import type { Action, Rules } from './rules.ts'

/** What stands for something that was taken out of a text. Of fixed length, so that it tells nothing of how long that was. */
const labels: Readonly<Record<ContentKind, string>> = {
  'private-key': 'private-key',
  'connection-string': 'connection',
  url: 'url',
  token: 'token',
  credential: 'secret',
  'query-text': 'query',
  iban: 'iban',
  card: 'card',
  email: 'email',
  mac: 'mac',
  uuid: 'uuid',
  ipv6: 'ip',
  ipv4: 'ip',
  phone: 'phone',
}
const label = Object.values(labels).join('|')
/** A name and what was put in the place of its value already. */
const masked = new RegExp(String.raw`^[^\[]{0,120}(?:[=:>\s"']|%3d)\[(?:${label})(?:-[a-z0-9]{1,24})?\]?["']?$`, 'i')
const beforeValue = /^[^=:\s]*(?:\s{0,4}(?::=|=>|[=:]|%3[dDaA])\s{0,4}|\s+)\\?["']?/

/** What a text begins with, as far as the field it stands in tells. */
export type BeginsWith = 'text' | 'path'

/** Hears how often a rule took something. */
export type OnTouched = (rule: string) => void

/**
 * Takes out of a text what the rules for content name: each finding becomes `[url]`, `[ip-3]`, `[email-k3m9x2a7qdpz]` or its shape. Texts in
 * disguise (full-width letters, invisible characters, letters of other alphabets) are judged as a reader takes them. What was masked
 * already stays as it is. A text that begins with a path says so: what that path's folders are called is no key, however random it looks.
 */
export function createContentMasker(rules: Rules['content'], pseudonyms: Pseudonyms, onTouched: OnTouched) {
  const asked = ({ kind }: ContentFinder) => rules[kind].action !== 'keep'
  const finders = { text: contentFinders.filter(asked), path: contentFindersBehindPath.filter(asked) } as const

  function replacement(kind: ContentKind, action: Action, text: string): string {
    if (action.action === 'truncate') return action.to === 'shape' ? shapeOfContent(kind, text, labels[kind]) : cutTo(text, action.to)
    if (action.action === 'hash') return `[${pseudonyms.hash(labels[kind], text)}]`
    if (action.action === 'token') return `[${pseudonyms.token(labels[kind], text)}]`
    return `[${labels[kind]}]`
  }

  function pass(text: string, begins: BeginsWith): string {
    let now = text
    for (const finder of finders[begins]) {
      const { kind } = finder
      const parts: string[] = []
      let from = 0
      for (const [start, end] of finder.find(now)) {
        const found = now.slice(start, end)
        if (kind === 'credential' && masked.test(found)) continue
        const kept = kind === 'credential' ? (beforeValue.exec(found)?.[0] ?? '') : ''
        // The quote that closes a value stays, so that a text in quotes is one still.
        const quote = /["']$/.exec(kept)?.[0] ?? ''
        const closes = quote !== '' && found.length > kept.length + 1 && found.endsWith(quote)
        const stand = kept + replacement(kind, rules[kind], found.slice(kept.length, closes ? -1 : undefined)) + (closes ? quote : '')
        if (stand === found) continue
        parts.push(now.slice(from, start), stand)
        from = end
        onTouched(`content ${kind}`)
      }
      if (from > 0) now = parts.join('') + now.slice(from)
    }
    return now
  }

  return (text: string, begins: BeginsWith = 'text'): string => {
    if (finders.text.length === 0 || text.length < 3) return text
    const plain = folded(text)
    if (plain !== undefined) {
      const seen = pass(plain, begins)
      if (seen !== plain) return seen
    }
    return pass(text, begins)
  }
}

/** The beginning of a text, never half a character. */
export function cutTo(text: string, chars: number): string {
  if (text.length <= chars) return text
  const end = /[\ud800-\udbff]/.test(text.charAt(chars - 1)) ? chars - 1 : chars
  return `${text.slice(0, end)}…`
}

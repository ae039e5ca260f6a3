import { createHash } from 'node:crypto'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** What a template of a breach notice may name. */
const noticePlaceholders = ['name', 'address', 'date', 'space'] as const
export type NoticePlaceholder = (typeof noticePlaceholders)[number]
/** What stands for them in the mail to one person; `space` only where the notice is for one space. */
export type NoticeWords = Readonly<Record<Exclude<NoticePlaceholder, 'space'>, string>> & { readonly space?: string | undefined }

/** A template that was checked. */
export interface NoticeTemplate {
  /** The same for the same text: what was sent of a notice is found under it again. */
  readonly noticeId: string
  readonly uses: ReadonlySet<NoticePlaceholder>
  filledFor(words: NoticeWords): { readonly subject: string; readonly text: string; readonly html: string }
}

const mostCharacters = 64_000
const subjectCharacters = 200
const placeholder = /\{([^{}\r\n]*)\}/g

/**
 * Reads a template: a first line `Subject: …`, an empty line, and the text. Throws BODY_UNPROCESSABLE in a sentence that says what is
 * wrong: also for anything in braces that is no placeholder, so that nobody is mailed a `{nmae}`.
 */
export function readNoticeTemplate(source: string): NoticeTemplate {
  const refuse = (sentence: string) => new ThroughlineError('BODY_UNPROCESSABLE', sentence)
  const normal = source.replace(/^\u{feff}/u, '').replaceAll('\r\n', '\n')
  if (normal.length > mostCharacters) throw refuse(`The template has more than ${mostCharacters} characters.`)
  const [, subject = '', text = ''] = /^Subject: *([^\n]*)\n[ \t]*\n([\s\S]*)$/i.exec(normal) ?? []
  if (subject.trim() === '' || text.trim() === '')
    throw refuse('The template begins with a line "Subject: …", then comes an empty line, and then the text.')
  if (subject.length > subjectCharacters) throw refuse(`The subject has more than ${subjectCharacters} characters.`)
  const named = [...normal.matchAll(placeholder)].map(([, name = '']) => name)
  const isKnown = (name: string): name is NoticePlaceholder => noticePlaceholders.some((each) => each === name)
  const unknown = [...new Set(named.filter((name) => !isKnown(name)))]
  const known = noticePlaceholders.map((each) => `{${each}}`).join(', ')
  if (unknown.length > 0)
    throw refuse(`The template names ${unknown.map((name) => `{${name}}`).join(', ')}, which is not known; there are ${known}.`)
  return {
    noticeId: createHash('sha256').update(normal, 'utf8').digest('hex').slice(0, 32),
    uses: new Set(named.filter(isKnown)),
    filledFor(words) {
      // In one pass: what somebody called themselves is never read as a placeholder.
      const filled = (part: string) => part.replace(placeholder, (_, name: NoticePlaceholder) => inOneLine(words[name] ?? ''))
      const body = filled(text)
      return { subject: filled(subject).trim(), text: body, html: `<pre>${escaped(body)}</pre>\n` }
    },
  }
}

/** Names are hostile text: no line of a mail begins with them. */
const inOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)

import type { PrivacyRequest, RequestKind } from './privacy-request.ts'

/** A mail to whoever asked, in two forms of the same words; its id stays when it comes again. */
export interface RequestMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
}

const kindWords: Readonly<Record<RequestKind, string>> = {
  access: 'to see what is held about you',
  correction: 'to have something put right',
  export: 'for a copy of what is held about you',
  objection: 'to object to a use of your data',
  deletion: 'to have your data deleted',
}

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)

/** What became of a request, in plain words. What was asked is not repeated: mail goes over other people's servers. */
export function requestMail(to: string, request: PrivacyRequest, publicUrl: string): RequestMail {
  const { requestId, kind, state, madeAtMs, dueAtMs, note, extension } = request
  const asked = `your request of ${day(madeAtMs)} ${kindWords[kind]}`
  const [subject, lines] =
    state === 'answered'
      ? ['Your request is answered', [`Here is the answer to ${asked}:`, '', note ?? '']]
      : state === 'refused'
        ? [
            'Your request is refused',
            [
              `This cannot be done: ${asked}. The reason:`,
              '',
              note ?? '',
              '',
              'You may complain to the data protection authority of your country.',
            ],
          ]
        : extension === undefined
          ? ['Your request is here', [`We have ${asked}. You get an answer by ${day(dueAtMs)}.`]]
          : ['Your request takes longer', [`An answer to ${asked} takes until ${day(dueAtMs)}. The reason:`, '', extension]]
  const text = [...lines, '', `Throughline at ${publicUrl}, request ${requestId}`, ''].join('\n')
  return { to, subject, text, html: `<pre>${escaped(text)}</pre>\n`, messageId: `request-${requestId}-${state}-${dueAtMs}` }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)

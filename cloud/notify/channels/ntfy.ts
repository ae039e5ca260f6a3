import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { linesOf, linesWithin, shortened, type Letter } from './letter.ts'
import { cutText } from './plain-line.ts'

const looks: Readonly<Record<Letter['severity'], { readonly priority: number; readonly tag: string }>> = {
  critical: { priority: 5, tag: 'rotating_light' },
  unreachable: { priority: 5, tag: 'rotating_light' },
  warning: { priority: 4, tag: 'warning' },
  clear: { priority: 3, tag: 'white_check_mark' },
  reachable: { priority: 3, tag: 'white_check_mark' },
}

/**
 * A message for ntfy, published as JSON, so that no text of an agent stands in a header. A longer one than 4 KiB would become a file.
 * The message's id is its sequence: a second attempt replaces the first on the phone.
 */
export function renderNtfy(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const short = shortened(letter, 15)
  const address = new URL(fieldText(fields, 'url'))
  const [, base = '/', topic = ''] = /^(.*\/)([^/]+)\/*$/.exec(address.pathname) ?? []
  address.pathname = base
  const token = fieldText(fields, 'token')
  const { priority, tag } = looks[short.severity]
  const bytes = (text: string) => Buffer.byteLength(text)
  return [
    jsonRequest(
      address.href,
      letter.messageId,
      {
        topic,
        title: cutText(short.title, 200),
        message: linesWithin(
          linesOf(short, (text) => text),
          3_500,
          bytes,
        ),
        priority,
        tags: [tag],
        click: short.url,
        sequence_id: letter.messageId,
      },
      token === '' ? {} : { Authorization: `Bearer ${token}` },
    ),
  ]
}

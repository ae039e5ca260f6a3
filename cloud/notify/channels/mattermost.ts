import { colors } from './email.ts'
import { escapeMattermost } from './escape-markdown.ts'
import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { linesOf, linesWithin, shortened, type Letter } from './letter.ts'
import { cutText } from './plain-line.ts'

/** An incoming webhook of Mattermost. No name calls anybody or becomes markup. */
export function renderMattermost(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const short = shortened(letter, 20)
  const channel = fieldText(fields, 'channel')
  const title = escapeMattermost(cutText(short.title, 300))
  const lines = linesWithin(
    [...linesOf(short, escapeMattermost, (text) => `**${text}**`), `Space: ${escapeMattermost(short.space)}`],
    7_000,
  )
  return [
    jsonRequest(fieldText(fields, 'url'), letter.messageId, {
      ...(channel === '' ? {} : { channel }),
      text: title,
      attachments: [
        {
          fallback: cutText(short.title, 300),
          color: colors[short.severity],
          title: 'Open it in Throughline',
          title_link: short.url,
          text: lines,
        },
      ],
    }),
  ]
}

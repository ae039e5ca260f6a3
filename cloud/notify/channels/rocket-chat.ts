import { colors } from './email.ts'
import { escapeRocketChat } from './escape-markdown.ts'
import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { linesOf, linesWithin, shortened, type Letter } from './letter.ts'
import { cutText } from './plain-line.ts'

/** An incoming webhook of Rocket.Chat; one star makes text strong there. No name calls anybody, and no address in a name is looked up. */
export function renderRocketChat(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const short = shortened(letter, 20)
  const channel = fieldText(fields, 'channel')
  return [
    jsonRequest(fieldText(fields, 'url'), letter.messageId, {
      ...(channel === '' ? {} : { channel }),
      text: escapeRocketChat(cutText(short.title, 300)),
      parseUrls: false,
      attachments: [
        {
          color: colors[short.severity],
          title: 'Open it in Throughline',
          title_link: short.url,
          text: linesWithin([...linesOf(short, escapeRocketChat, (text) => `*${text}*`), `Space: ${escapeRocketChat(short.space)}`], 4_500),
        },
      ],
    }),
  ]
}

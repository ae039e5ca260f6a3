import { colors } from './email.ts'
import { escapeDiscord } from './escape-markdown.ts'
import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { linesOf, linesWithin, shortened, type Letter } from './letter.ts'
import { cutText } from './plain-line.ts'

/**
 * A webhook of Discord: one embed, nobody mentioned whatever a name says. In a forum every message begins a thread of the channel's
 * name, unless the address itself names a thread. `wait` makes Discord answer when the message is there.
 */
export function renderDiscord(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const short = shortened(letter, 15)
  const address = new URL(fieldText(fields, 'url'))
  address.searchParams.set('wait', 'true')
  const isForum = fieldText(fields, 'channelParams.selection') === 'forum' && !address.searchParams.has('thread_id')
  return [
    jsonRequest(address.href, letter.messageId, {
      embeds: [
        {
          title: cutText(escapeDiscord(cutText(short.title, 120)), 256),
          url: short.url,
          description: linesWithin(
            linesOf(short, escapeDiscord, (text) => `**${text}**`),
            4_000,
          ),
          color: Number.parseInt(colors[short.severity].slice(1), 16),
          footer: { text: `Space: ${short.space}` },
          timestamp: new Date(short.createdAtMs).toISOString(),
        },
      ],
      allowed_mentions: { parse: [] },
      ...(isForum ? { thread_name: cutText(fieldText(fields, 'channelParams.threadName') || short.title, 100) } : {}),
    }),
  ]
}

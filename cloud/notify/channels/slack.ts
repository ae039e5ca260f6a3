import { colors } from './email.ts'
import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { factsOf, omittedText, shortened, type Letter } from './letter.ts'
import { cutText } from './plain-line.ts'

/** Three signs are markup in Slack's text; escaped, neither links nor mentions can be made of a name. */
const escapeSlack = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const plain = (text: string) => ({ type: 'section', text: { type: 'plain_text', text: cutText(text, 3_000), emoji: false } })

/** An incoming webhook of Slack. Text of agents stands in `plain_text` alone, where nothing is markup. */
export function renderSlack(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const { entries, title, severity, space, url, messageId, ...rest } = shortened(letter, 20)
  const isOne = entries.length === 1
  const more = omittedText({ entries, title, severity, space, url, messageId, ...rest })
  const blocks = [
    ...entries.map((entry) =>
      plain([...(isOne ? [] : [entry.title]), ...factsOf(entry).map(([label, text]) => `${label}: ${text}`)].join('\n')),
    ),
    ...(more === undefined ? [] : [plain(more)]),
    {
      type: 'context',
      elements: [
        { type: 'plain_text', text: cutText(`Space: ${space}`, 200), emoji: false },
        { type: 'mrkdwn', text: `<${escapeSlack(url).replaceAll('|', '%7C')}|Open it in Throughline>` },
      ],
    },
  ]
  return [
    jsonRequest(fieldText(fields, 'url'), messageId, {
      text: escapeSlack(title),
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      attachments: [{ color: colors[severity], fallback: escapeSlack(title), blocks }],
    }),
  ]
}

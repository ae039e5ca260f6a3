import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { factsOf, omittedText, shortened, type Letter } from './letter.ts'
import { cutText } from './plain-line.ts'

/** Colours of text that a card knows. */
const cardColors: Readonly<Record<Letter['severity'], string>> = {
  critical: 'Attention',
  unreachable: 'Attention',
  warning: 'Warning',
  clear: 'Good',
  reachable: 'Good',
}

const run = (text: string, more: object = {}) => ({ type: 'TextRun', text: cutText(text, 600), ...more })
const block = (...inlines: readonly object[]) => ({ type: 'RichTextBlock', inlines })

/**
 * An adaptive card for a workflow of Microsoft Teams ("when a webhook request is received"). Text of agents stands in `TextRun`, which
 * reads no Markdown. Teams takes 28 KB, so ten changes are named.
 */
export function renderMicrosoftTeams(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const short = shortened(letter, 10)
  const isOne = short.entries.length === 1
  const more = omittedText(short)
  const body = [
    block(run(short.title, { weight: 'Bolder', size: 'Large', color: cardColors[short.severity] })),
    ...short.entries.flatMap((entry) => [
      ...(isOne ? [] : [block(run(entry.title, { weight: 'Bolder', color: cardColors[entry.severity] }))]),
      ...factsOf(entry).map(([label, text]) => block(run(`${label}: `, { weight: 'Bolder' }), run(text))),
    ]),
    ...(more === undefined ? [] : [block(run(more))]),
    block(run(`Space: ${short.space}`, { isSubtle: true })),
  ]
  return [
    jsonRequest(fieldText(fields, 'webhookUrl'), letter.messageId, {
      type: 'message',
      summary: cutText(short.title, 200),
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            fallbackText: cutText(short.title, 200),
            body,
            actions: [{ type: 'Action.OpenUrl', title: 'Open it in Throughline', url: short.url }],
          },
        },
      ],
    }),
  ]
}

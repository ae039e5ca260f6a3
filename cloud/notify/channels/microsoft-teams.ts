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
 * reads no Markdown. Teams takes 28 KB, so ten changes are named, and fewer where their texts are long.
 */
export function renderMicrosoftTeams(letter: Letter, fields: Fields): readonly HttpRequest[] {
  for (let named = 10; ; named = Math.floor(named / 2)) {
    const request = cardOf(shortened(letter, named), fields)
    if (named === 1 || Buffer.byteLength(request.body) <= bytesMax) return [request]
  }
}

const bytesMax = 28_000

function cardOf(short: Letter, fields: Fields): HttpRequest {
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
  return jsonRequest(fieldText(fields, 'webhookUrl'), short.messageId, {
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
  })
}

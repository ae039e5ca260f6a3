import { escapeHtml } from './escape-html.ts'
import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { linesOf, linesWithin, shortened, type Letter } from './letter.ts'
import type { RenderHints } from './renderers.ts'

/** A message of a Telegram bot (sendMessage). Only a few tags of HTML are markup there, and all of them are ours. */
export function renderTelegram(letter: Letter, fields: Fields, { vendors }: RenderHints): readonly HttpRequest[] {
  const short = shortened(letter, 15)
  const token = fieldText(fields, 'token')
    .split(':')
    .map((part) => encodeURIComponent(part))
    .join(':')
  const topicId = Number(fields['topicID'] ?? 0)
  const lines = linesWithin(
    linesOf(short, escapeHtml, (text) => `<b>${text}</b>`),
    3_300,
  )
  const text = `<b>${escapeHtml(short.title)}</b>\n${lines}\nSpace: ${escapeHtml(short.space)}\n<a href="${escapeHtml(short.url)}">Open it in Throughline</a>`
  return [
    jsonRequest(`${vendors.telegram}/bot${token}/sendMessage`, letter.messageId, {
      chat_id: fieldText(fields, 'chatID'),
      ...(topicId > 0 ? { message_thread_id: topicId } : {}),
      text,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      ...(short.severity === 'clear' || short.severity === 'reachable' ? { disable_notification: true } : {}),
    }),
  ]
}

import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { detailsOf, incidentsOf } from './incidents.ts'
import { factsOf, type Letter, type Severity } from './letter.ts'
import { cutText } from './plain-line.ts'
import type { RenderHints } from './renderers.ts'

const priorities: Readonly<Record<Severity, string>> = { critical: 'P1', unreachable: 'P1', warning: 'P3', clear: 'P5', reachable: 'P5' }

/**
 * Alerts of Opsgenie (Alert API v2): made under the alias of an alert or node, closed under the same. Making one that is open only counts
 * there and keeps its first priority, so that one which got worse or better gets its priority by itself.
 */
export function renderOpsgenie(letter: Letter, fields: Fields, { vendors }: RenderHints): readonly HttpRequest[] {
  const base = fieldText(fields, 'region') === 'eu' ? vendors.opsgenieEu : vendors.opsgenie
  const headers = { Authorization: `GenieKey ${fieldText(fields, 'apiKey')}` }
  return incidentsOf(letter).flatMap((incident) => {
    const { key, isOver, severity, title, host, entry } = incident
    const addressOf = (what: string) => `${base}/v2/alerts/${key}/${what}?identifierType=alias`
    if (isOver) {
      const closing = { source: 'Throughline', note: cutText(title, 1_000) }
      return [jsonRequest(addressOf('close'), letter.messageId, closing, headers)]
    }
    const priority = priorities[severity]
    const facts = entry === undefined ? [] : factsOf(entry).map(([label, text]) => `${label}: ${text}`)
    const alert = {
      message: cutText(title, 130),
      alias: key,
      description: cutText([title, ...facts, letter.url].join('\n'), 15_000),
      priority,
      source: 'Throughline',
      entity: cutText(host, 512),
      tags: [severity],
      details: detailsOf(incident, letter),
    }
    const made = jsonRequest(`${base}/v2/alerts`, letter.messageId, alert, headers)
    if (entry?.kind !== 'alert' || !entry.mayBeOpen) return [made]
    return [made, { ...jsonRequest(addressOf('priority'), letter.messageId, { priority }, headers), method: 'PUT' }]
  })
}

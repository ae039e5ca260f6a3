import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { detailsOf, incidentsOf } from './incidents.ts'
import { factsOf, type Letter, type Severity } from './letter.ts'
import { cutText } from './plain-line.ts'
import type { RenderHints } from './renderers.ts'

const priorities: Readonly<Record<Severity, string>> = { critical: 'P1', unreachable: 'P1', warning: 'P3', clear: 'P5', reachable: 'P5' }

/** Alerts of Opsgenie (Alert API v2): made under the alias of an alert or node, closed under the same. */
export function renderOpsgenie(letter: Letter, fields: Fields, { vendors }: RenderHints): readonly HttpRequest[] {
  const base = fieldText(fields, 'region') === 'eu' ? vendors.opsgenieEu : vendors.opsgenie
  const headers = { Authorization: `GenieKey ${fieldText(fields, 'apiKey')}` }
  return incidentsOf(letter).map((incident) => {
    const { key, isOver, severity, title, host, entry } = incident
    if (isOver) {
      const closing = { source: 'Throughline', note: cutText(title, 1_000) }
      return jsonRequest(`${base}/v2/alerts/${key}/close?identifierType=alias`, letter.messageId, closing, headers)
    }
    const facts = entry === undefined ? [] : factsOf(entry).map(([label, text]) => `${label}: ${text}`)
    const alert = {
      message: cutText(title, 130),
      alias: key,
      description: cutText([title, ...facts, letter.url].join('\n'), 15_000),
      priority: priorities[severity],
      source: 'Throughline',
      entity: cutText(host, 512),
      tags: [severity],
      details: detailsOf(incident, letter),
    }
    return jsonRequest(`${base}/v2/alerts`, letter.messageId, alert, headers)
  })
}

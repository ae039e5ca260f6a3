import { fieldText, jsonRequest, type Fields, type HttpRequest } from './http-request.ts'
import { detailsOf, incidentsOf, type Incident } from './incidents.ts'
import type { Letter, Severity } from './letter.ts'
import { cutText } from './plain-line.ts'

const levels: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  unreachable: 'critical',
  warning: 'warning',
  clear: 'info',
  reachable: 'info',
}

/** Events of PagerDuty (Events API v2): one for each alert or node, its end with the key of its beginning. */
export function renderPagerDuty(letter: Letter, fields: Fields): readonly HttpRequest[] {
  const url = fieldText(fields, 'alertEventsURL')
  const key = fieldText(fields, 'integrationKey')
  return incidentsOf(letter).map((incident) => jsonRequest(url, letter.messageId, eventOf(letter, incident, key)))
}

function eventOf(letter: Letter, incident: Incident, routingKey: string): object {
  const { key, isOver, severity, title, host, atMs, entry } = incident
  const alert = entry?.kind === 'alert' ? entry : undefined
  return {
    routing_key: routingKey,
    event_action: isOver ? 'resolve' : 'trigger',
    dedup_key: key,
    payload: {
      summary: cutText(title, 1_024),
      source: host,
      severity: levels[severity],
      timestamp: new Date(atMs).toISOString(),
      group: letter.space,
      ...(alert === undefined ? {} : { component: alert.chart }),
      ...(alert === undefined || alert.className === '' ? {} : { class: alert.className }),
      custom_details: detailsOf(incident, letter),
    },
    client: 'Throughline',
    client_url: letter.url,
    links: [{ href: letter.url, text: 'Open it in Throughline' }],
  }
}

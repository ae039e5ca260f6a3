import { identityOf, severities, type AlertEntry, type Letter, type ReachEntry, type Severity } from './letter.ts'

/** One thing that is wrong, or is no more, for services that keep incidents. */
export interface Incident {
  /** The same while it lasts, so that its end closes what its beginning opened; at most 255 characters. */
  readonly key: string
  readonly isOver: boolean
  readonly severity: Severity
  readonly title: string
  readonly host: string
  readonly atMs: number
  readonly entry: AlertEntry | ReachEntry | undefined
}

/** Whether an integration keeps incidents: what we open there stays open until we close it, and closing it calls nobody. */
export function keepsIncidents(slug: string): boolean {
  return slug === 'pagerduty' || slug === 'opsgenie'
}

/** Most of one message; services take them one by one, and an attempt has ten seconds. */
const most = 60
const keyOf = (identity: string) => `throughline-${identity}`

/**
 * The incidents of a letter: each alert and each node once, as the last change of it says, the worst first. What is not named, or is
 * too much, is one incident of the message that somebody has to close; so nothing that is wrong is passed over.
 */
export function incidentsOf(letter: Letter): readonly Incident[] {
  const byKey = new Map<string, Incident>()
  const put = (incident: Incident) => {
    byKey.delete(incident.key)
    byKey.set(incident.key, incident)
  }
  for (const entry of letter.entries) {
    const { severity, isOver, atMs } = entry
    // Whoever is called by it sees at once that nothing happened.
    const title = letter.kind === 'test' ? `Test: ${entry.title}` : entry.title
    if (entry.kind === 'alert') put({ key: keyOf(entry.identity), isOver, severity, title, host: entry.host, atMs, entry })
    else
      for (const { identity, host } of entry.nodes)
        put({ key: keyOf(identity), isOver, severity, title: entry.nodes.length === 1 ? title : `${title} (${host})`, host, atMs, entry })
  }
  const all = [...byKey.values()].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
  const named = all.length <= most ? all : all.slice(0, most - 1)
  const left = letter.omitted + all.length - named.length
  const isAllOver = all.every(({ isOver }) => isOver)
  if (left === 0 || isAllOver) return named
  const title = `${left} more ${left === 1 ? 'change' : 'changes'} in ${letter.space}`
  const key = keyOf(identityOf('message', letter.messageId))
  return [
    ...named,
    { key, isOver: false, severity: letter.severity, title, host: letter.space, atMs: letter.createdAtMs, entry: undefined },
  ]
}

/** What is known of an incident beside its title, as plain members of an object. */
export function detailsOf({ entry }: Incident, { space, url, rooms }: Letter): Readonly<Record<string, string>> {
  const alert = entry?.kind === 'alert' ? entry : undefined
  const all = {
    ...(alert === undefined
      ? {}
      : { alert: alert.alert, chart: alert.chart, context: alert.context, value: alert.value, summary: alert.summary, info: alert.info }),
    ...(entry?.kind === 'reach' ? { parent: entry.parent } : {}),
    space,
    rooms: rooms.slice(0, 20).join(', '),
    url,
  }
  return Object.fromEntries(Object.entries(all).flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text]])))
}

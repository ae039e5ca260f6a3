import type { NodeSummary, RaisedAlert } from '../../link/api.ts'
import { hasWords, searchWords } from '../search-words.ts'
import { agoWords } from '../time/ago-words.ts'

/** An alert with what is known of its node. */
export interface ListedAlert extends RaisedAlert {
  readonly hostname: string
  readonly labels: Readonly<Record<string, string>>
  /** Stable, for keys of lists. */
  readonly key: string
}

/** What an alert can be narrowed by, besides words; each stands in the address under its own name, once for each value. */
export const alertFacets = [
  { id: 'severity', title: 'Severity' },
  { id: 'state', title: 'State' },
  { id: 'name', title: 'Alert' },
  { id: 'node', title: 'Node' },
  { id: 'role', title: 'Role' },
  { id: 'class', title: 'Class' },
  { id: 'component', title: 'Component' },
  { id: 'type', title: 'Type' },
  { id: 'context', title: 'Context' },
  { id: 'label', title: 'Label' },
] as const
export type AlertFacetId = (typeof alertFacets)[number]['id']

export const alertGroupings = ['severity', 'name', 'node', 'class'] as const
export type AlertGrouping = (typeof alertGroupings)[number]

/** What the list is narrowed to; a facet without values narrows nothing, one with several lets any of them through. */
export interface AlertFilter {
  readonly chosen: ReadonlyMap<AlertFacetId, readonly string[]>
  readonly words: string
  readonly groupBy: AlertGrouping
}

/** The alerts of these nodes, in the order they came. */
export function alertsOfNodes(alerts: readonly RaisedAlert[], nodes: readonly NodeSummary[]): readonly ListedAlert[] {
  const known = new Map(nodes.map((node) => [node.nodeId, node]))
  return alerts.flatMap((alert) => {
    const node = known.get(alert.nodeId)
    if (node === undefined) return []
    return [{ ...alert, hostname: node.hostname, labels: node.labels ?? {}, key: JSON.stringify([alert.nodeId, alert.chart, alert.name]) }]
  })
}

const byTitle = new Intl.Collator('en')

/** The values of a facet that an alert has. */
function facetValues(alert: ListedAlert, facet: AlertFacetId): readonly string[] {
  switch (facet) {
    case 'severity':
      // How a silent node's alerts stand now is not known.
      return alert.isStale ? ['unknown'] : [alert.status]
    case 'state':
      return alert.isSilenced === true ? ['silenced'] : ['heard']
    case 'name':
      return [alert.name]
    case 'node':
      return [alert.nodeId]
    case 'context':
      return alert.context === '' ? [] : [alert.context]
    case 'class':
      return filled(alert.class)
    case 'component':
      return filled(alert.component)
    case 'type':
      return filled(alert.type)
    case 'role':
      // An alert may be for several.
      return (alert.role ?? '').split(/[\s,]+/u).filter((role) => role !== '')
    case 'label':
      return Object.entries(alert.labels).map(([key, value]) => `${key}=${value}`)
  }
}

const filled = (text: string | undefined) => (text === undefined || text === '' ? [] : [text])

/** The alerts that pass. Every word must stand somewhere in what a row shows. */
export function filterAlerts(alerts: readonly ListedAlert[], filter: AlertFilter): readonly ListedAlert[] {
  const words = searchWords(filter.words)
  return alerts.filter((alert) => passesFacets(alert, filter, undefined) && (words.length === 0 || hasWords(textOf(alert), words)))
}

const textOf = (alert: ListedAlert) =>
  [alert.name, alert.name.replaceAll('_', ' '), alert.chart, alert.context, alert.hostname, alert.summary ?? '', alert.role ?? ''].join(' ')

function passesFacets(alert: ListedAlert, { chosen }: AlertFilter, except: AlertFacetId | undefined): boolean {
  for (const [facet, values] of chosen) {
    if (facet === except || values.length === 0) continue
    if (!facetValues(alert, facet).some((value) => values.includes(value))) return false
  }
  return true
}

export interface FacetOption {
  readonly value: string
  readonly title: string
  readonly count: number
}

/**
 * The values of each facet with how many alerts have them among those that every other filter lets through; the most frequent first.
 * A chosen value is there even when nothing has it. Facets without a choice to make are left out: those
 * whose every value is on every alert.
 */
export function facetOptions(alerts: readonly ListedAlert[], filter: AlertFilter): ReadonlyMap<AlertFacetId, readonly FacetOption[]> {
  const words = searchWords(filter.words)
  const worded = words.length === 0 ? alerts : alerts.filter((alert) => hasWords(textOf(alert), words))
  const hostnames = new Map(alerts.map(({ nodeId, hostname }) => [nodeId, hostname]))
  const options = new Map<AlertFacetId, readonly FacetOption[]>()
  for (const { id } of alertFacets) {
    const onAlerts = new Map<string, number>()
    for (const alert of alerts) for (const value of facetValues(alert, id)) onAlerts.set(value, (onAlerts.get(value) ?? 0) + 1)
    const isChoice = [...onAlerts.values()].some((count) => count < alerts.length)
    const counts = new Map([...onAlerts.keys()].map((value) => [value, 0]))
    for (const alert of worded) {
      if (!passesFacets(alert, filter, id)) continue
      for (const value of facetValues(alert, id)) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    const chosen = filter.chosen.get(id) ?? []
    for (const value of chosen) if (!counts.has(value)) counts.set(value, 0)
    if (!isChoice && chosen.length === 0) continue
    const titled = [...counts].map(([value, count]) => ({ value, title: facetTitle(id, value, hostnames), count }))
    options.set(
      id,
      // Severities have an order of their own.
      id === 'severity'
        ? titled.toSorted((a, b) => severityValues.indexOf(a.value) - severityValues.indexOf(b.value))
        : titled.toSorted((a, b) => b.count - a.count || byTitle.compare(a.title, b.title)),
    )
  }
  return options
}

const stateTitles: Readonly<Record<string, string>> = { silenced: 'Silenced', heard: 'Not silenced' }
const severityTitles: Readonly<Record<string, string>> = { critical: 'Critical', warning: 'Warning', unknown: 'Unknown' }

/** How a value of a facet is read. */
export function facetTitle(facet: AlertFacetId, value: string, hostnames: ReadonlyMap<string, string>): string {
  if (facet === 'node') return hostnames.get(value) ?? 'A node without alerts'
  if (facet === 'severity') return severityTitles[value] ?? value
  if (facet === 'state') return stateTitles[value] ?? value
  return value
}

const severityValues: readonly string[] = ['critical', 'warning', 'unknown']
const valuesMax = 50
const valueMax = 300

/** Reads a filter from an address; it may be anything a stranger wrote, and what is no severity is none. */
export function readAlertFilter(search: string): AlertFilter {
  const params = new URLSearchParams(search)
  const chosen = new Map<AlertFacetId, readonly string[]>()
  for (const { id } of alertFacets) {
    const values = [...new Set(params.getAll(id))]
      .filter((value) => value !== '' && value.length <= valueMax && (id !== 'severity' || severityValues.includes(value)))
      .slice(0, valuesMax)
    if (values.length > 0) chosen.set(id, values)
  }
  const groupBy = alertGroupings.find((grouping) => grouping === params.get('group')) ?? 'severity'
  return { chosen, words: (params.get('q') ?? '').slice(0, valueMax), groupBy }
}

/** The query of an address with this filter in it, everything else as it was; begins with `?` unless it is empty. */
export function writeAlertFilter(search: string, { chosen, words, groupBy }: AlertFilter): string {
  const params = new URLSearchParams(search)
  for (const name of [...alertFacets.map(({ id }) => id), 'q', 'group']) params.delete(name)
  for (const { id } of alertFacets) for (const value of chosen.get(id) ?? []) params.append(id, value)
  if (words !== '') params.set('q', words)
  if (groupBy !== 'severity') params.set('group', groupBy)
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** The filter with a value of a facet put in or taken out. */
export function toggledFacet(filter: AlertFilter, facet: AlertFacetId, value: string): AlertFilter {
  const values = filter.chosen.get(facet) ?? []
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  const chosen = new Map(filter.chosen)
  if (next.length === 0) chosen.delete(facet)
  else chosen.set(facet, next)
  return { ...filter, chosen }
}

export interface AlertGroup {
  readonly id: string
  readonly title: string
  readonly alerts: readonly ListedAlert[]
}

/**
 * The alerts under headings, in the order of the list inside each. By severity what is unknown comes last; otherwise the group with
 * the worst alerts comes first, then the largest.
 */
export function groupAlerts(alerts: readonly ListedAlert[], groupBy: AlertGrouping): readonly AlertGroup[] {
  const groups = new Map<string, ListedAlert[]>()
  for (const alert of alerts) {
    const [id = ''] = groupBy === 'severity' || groupBy === 'node' || groupBy === 'class' ? facetValues(alert, groupBy) : [alert.name]
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [alert])
    else group.push(alert)
  }
  const titleOf = (id: string, [first]: readonly ListedAlert[]) => {
    if (groupBy === 'severity') return severityTitles[id] ?? id
    if (groupBy === 'node') return first?.hostname ?? ''
    if (groupBy === 'class') return id === '' ? 'Without a class' : id
    return id
  }
  const made = [...groups].map(([id, members]) => ({ id, title: titleOf(id, members), alerts: members }))
  if (groupBy === 'severity') return made.toSorted((a, b) => severityValues.indexOf(a.id) - severityValues.indexOf(b.id))
  return made.toSorted(
    (a, b) => worstOf(a.alerts) - worstOf(b.alerts) || b.alerts.length - a.alerts.length || byTitle.compare(a.title, b.title),
  )
}

const worstOf = (alerts: readonly ListedAlert[]) =>
  Math.min(...alerts.map((alert) => severityValues.indexOf(facetValues(alert, 'severity')[0] ?? '')))

/** Since when an alert is as it is; for a silent node, since when nobody knows. */
export function alertSinceText(alert: Pick<RaisedAlert, 'whenS' | 'isStale' | 'unknownSinceMs'>, nowMs: number): string {
  if (alert.isStale) {
    return alert.unknownSinceMs === null ? 'unknown now' : `unknown since ${agoWords(nowMs - alert.unknownSinceMs)}`
  }
  return sinceWords(nowMs - alert.whenS * 1000)
}

const sinceWords = (ageMs: number): string => {
  const words = agoWords(ageMs)
  return words === 'just now' ? words : `since ${words}`
}

import { rowStepS } from '../../../src/live/row-times.ts'
import { parseObject } from './agent-answer.ts'
import { isObject } from '../json.ts'

/** What the page knows of one context before any value: from metadata, or from the agent itself. */
export interface ContextSummary {
  readonly id: string
  readonly title: string
  readonly units: string
  readonly family: string
  readonly priority: number
  readonly chartType: string
}

/** One thing a context measures: a disk, an interface, a core. */
export interface ContextInstance {
  readonly chartId: string
  readonly label: string
  readonly updateEveryS: number
  /** What the agent says of it, such as `device` or `mount_point`. */
  readonly labels: Readonly<Record<string, string>>
  /** Ids and names of what it measures. */
  readonly dimensions: readonly { readonly id: string; readonly name: string }[]
}

/** The agent's own list: contexts, their instances, and which context a chart id belongs to. */
export interface Catalogue {
  readonly contexts: ReadonlyMap<string, ContextSummary>
  readonly instances: ReadonlyMap<string, readonly ContextInstance[]>
  readonly contextOfChart: ReadonlyMap<string, string>
}

const entriesOf = (value: unknown) =>
  isObject(value) ? Object.entries(value).filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1])) : []
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const numberOf = (value: unknown, fallback: number) => (typeof value === 'number' && Number.isFinite(value) ? value : fallback)

/** Reads an answer of `/api/v1/contexts` with charts (agent-api §5.3); what is no longer collected is left out. Throws AGENT_PROTOCOL. */
export function parseCatalogue(text: string): Catalogue {
  const contexts = new Map<string, ContextSummary>()
  const instances = new Map<string, readonly ContextInstance[]>()
  const contextOfChart = new Map<string, string>()
  for (const [id, context] of entriesOf(parseObject(text)['contexts'])) {
    const charts = entriesOf(context['charts'])
    for (const [chartId] of charts) contextOfChart.set(chartId, id)
    if (context['collected'] === false) continue
    contexts.set(id, {
      id,
      title: textOf(context['title']),
      units: textOf(context['units']),
      family: textOf(context['family']),
      priority: numberOf(context['priority'], Number.MAX_SAFE_INTEGER),
      chartType: textOf(context['chart_type']),
    })
    const collected = charts.filter(([, chart]) => chart['collected'] !== false)
    instances.set(
      id,
      collected.map(([chartId, chart]) => ({
        chartId,
        label: instanceLabel(chartId, chart),
        updateEveryS: rowStepS(numberOf(chart['update_every'], 1)),
        labels: labelsOf(chart['labels']),
        dimensions: entriesOf(chart['dimensions'])
          .filter(([, dimension]) => dimension['collected'] !== false)
          .map(([dimensionId, dimension]) => ({ id: dimensionId, name: textOf(dimension['name']) || dimensionId })),
      })),
    )
  }
  return { contexts, instances, contextOfChart }
}

function labelsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** How often a context is collected: the pace of its fastest instance, in milliseconds; undefined when the agent has not said. */
export function cadenceOf(catalogue: Catalogue | undefined, contextId: string): number | undefined {
  const paces = catalogue?.instances.get(contextId)?.map((instance) => instance.updateEveryS) ?? []
  return paces.length === 0 ? undefined : Math.min(...paces) * 1000
}

/** A word a person knows the instance by: its mount point or device, else its own name without the type before the first dot. */
function instanceLabel(chartId: string, chart: Record<string, unknown>): string {
  const labels = isObject(chart['labels']) ? chart['labels'] : {}
  const mountPoint = textOf(labels['mount_point'])
  const device = textOf(labels['device']) || textOf(labels['interface'])
  if (/^disk_(space|inodes)\./u.test(chartId) && mountPoint !== '') return mountPoint
  if (device !== '') return mountPoint === '' || mountPoint === device ? device : `${device} (${mountPoint})`
  const name = textOf(chart['name']) || chartId
  return name.includes('.') ? name.slice(name.indexOf('.') + 1) : name
}

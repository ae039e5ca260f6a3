import type { SimulatedContext, SimulatedHost, SimulatedInstance } from './host.ts'
import { matcher } from './pattern.ts'
import { answerWindow, meanOfRow } from './window.ts'

/** A host as its agent knows it. */
export interface HeldHost {
  readonly host: SimulatedHost
  readonly nodeId: string
  readonly machineGuid: string
}

interface Metric {
  readonly held: HeldHost
  readonly context: SimulatedContext
  readonly instance: SimulatedInstance
  readonly dimensionId: string
}

/** `/api/v2|v3/data` with one pass of grouping (agent-api §8); `raw` leaves sums undivided and adds counts. */
export function dataV2(hosts: readonly HeldHost[], query: URLSearchParams, nowS: number, api: 2 | 3): object {
  const metrics = selectMetrics(hosts, query)
  const groupBy = (query.get('group_by') ?? 'dimension').split(',')
  const labels = (query.get('group_by_label') ?? '').split(/[,|]/).filter((key) => key !== '')
  const aggregation = query.get('aggregation') ?? 'average'
  const isRaw = /\braw\b/.test(query.get('options') ?? '')
  // v2's grid is one second whatever the pace (agent-api §7 rule 10).
  const { stepS, timesS } = answerWindow(query, 1, nowS)
  const groups = new Map<string, { readonly name: string; readonly units: string; readonly members: Metric[] }>()
  for (const metric of metrics) {
    const { id, name } = seriesOf(metric, groupBy, labels)
    const group = groups.get(id)
    if (group) group.members.push(metric)
    else groups.set(id, { name, units: metric.context.units, members: [metric] })
  }
  const ids = [...groups.keys()]
  const rows = timesS.map((timeS) => [
    timeS,
    ...[...groups.values()].map(({ members }) => pointOf(members, timeS, stepS, aggregation, isRaw)),
  ])
  const all = [...groups.values()]
  const contexts = [...new Set(metrics.map(({ context }) => context))]
  const units = [...new Set(contexts.map((context) => context.units))]
  return {
    api,
    summary: summaryOf(metrics),
    functions: [],
    result: {
      labels: ['time', ...ids],
      point: isRaw ? { value: 0, arp: 1, pa: 2, count: 3 } : { value: 0, arp: 1, pa: 2 },
      data: rows.reverse(),
    },
    db: { update_every: 1, units: units.length === 1 ? units[0] : units },
    view: {
      title: contexts[0]?.title ?? '',
      update_every: stepS,
      after: (timesS[0] ?? nowS) - stepS + 1,
      before: timesS.at(-1) ?? nowS,
      units: units.length === 1 ? units[0] : units,
      chart_type: contexts[0]?.chartType ?? 'line',
      dimensions: {
        grouped_by: groupBy,
        ids,
        names: all.map(({ name }) => name),
        units: all.map((group) => group.units),
        priorities: ids.map((_, index) => index),
        aggregated: all.map(({ members }) => members.length),
      },
    },
    agents: [{ mg: hosts[0]?.machineGuid ?? '', nd: hosts[0]?.nodeId ?? '', nm: hosts[0]?.host.hostname ?? '', now: nowS, ai: 0 }],
  }
}

/** What was found, each entry with how many metrics of it were queried (agent-api §8.3). */
function summaryOf(metrics: readonly Metric[]): object {
  const count = (members: readonly Metric[]) => ({ ds: { sl: members.length, qr: members.length } })
  const by = <T>(of: (metric: Metric) => T) => [...grouped(metrics, of)]
  const nodes = by(({ held }) => held)
  const placeOf = new Map(nodes.map(([held], place) => [held, place]))
  const keys = [...new Set(metrics.flatMap(({ instance }) => Object.keys(instance.labels)))]
  return {
    nodes: nodes.map(([{ machineGuid, nodeId, host }, members], ni) => ({
      mg: machineGuid,
      nd: nodeId,
      nm: host.hostname,
      ni,
      st: { ai: 0, code: 200, msg: '' },
      ...count(members),
    })),
    contexts: by(({ context }) => context.id).map(([id, members]) => ({ id, ...count(members) })),
    instances: by(({ held, instance }) => `${placeOf.get(held) ?? 0} ${instance.chartId}`).map(([, members]) => ({
      id: members[0]?.instance.chartId,
      nm: members[0]?.instance.name,
      ni: members[0] === undefined ? 0 : placeOf.get(members[0].held),
      ...count(members),
    })),
    dimensions: by(({ dimensionId }) => dimensionId).map(([id, members], pri) => ({ id, pri, ...count(members) })),
    labels: keys.map((key) => {
      const having = metrics.filter(({ instance }) => instance.labels[key] !== undefined)
      const values = [...grouped(having, ({ instance }) => instance.labels[key] ?? '')]
      return { id: key, ...count(having), vl: values.map(([id, members]) => ({ id, ...count(members) })) }
    }),
    alerts: [],
  }
}

function grouped<T>(metrics: readonly Metric[], of: (metric: Metric) => T): Map<T, Metric[]> {
  const groups = new Map<T, Metric[]>()
  for (const metric of metrics) groups.set(of(metric), [...(groups.get(of(metric)) ?? []), metric])
  return groups
}

function selectMetrics(hosts: readonly HeldHost[], query: URLSearchParams): readonly Metric[] {
  const both = (scope: string, plain: string) => {
    const [inScope, isPlain] = [matcher(query.get(scope) ?? '*'), matcher(query.get(plain) ?? '*')]
    return (...names: readonly string[]) => names.some(inScope) && names.some(isPlain)
  }
  const isNode = both('scope_nodes', 'nodes')
  const isContext = both('scope_contexts', 'contexts')
  const isInstance = both('scope_instances', 'instances')
  const isDimension = both('scope_dimensions', 'dimensions')
  const isLabelled = labelFilter(query.get('labels'))
  return hosts
    .filter((held) => isNode(held.nodeId, held.machineGuid, held.host.hostname))
    .flatMap((held) =>
      held.host.contexts
        .filter(({ id }) => isContext(id))
        .flatMap((context) =>
          context.instances
            .filter((instance) => isInstance(instance.chartId, `${instance.chartId}@${held.machineGuid}`) && isLabelled(instance.labels))
            .flatMap((instance) =>
              context.dimensions
                .filter(({ id }) => isDimension(id))
                .map(({ id }): Metric => ({ held, context, instance, dimensionId: id })),
            ),
        ),
    )
}

/** `key:value` items: any value of one key, every key named. */
function labelFilter(text: string | null): (labels: Readonly<Record<string, string>>) => boolean {
  const wanted = new Map<string, string[]>()
  for (const item of (text ?? '').split(/[,|]/).filter((part) => part.includes(':'))) {
    const [key = '', ...value] = item.split(':')
    wanted.set(key, [...(wanted.get(key) ?? []), value.join(':')])
  }
  return (labels) => [...wanted].every(([key, values]) => values.some((value) => matcher(value)(labels[key] ?? '')))
}

/** The parts of a series' id in the agent's own order (agent-api §8.2). */
function seriesOf({ held, context, instance, dimensionId }: Metric, groupBy: readonly string[], labels: readonly string[]) {
  const isNode = groupBy.includes('node')
  const parts: (readonly [string, string])[] = []
  if (groupBy.includes('dimension')) parts.push([dimensionId, dimensionId])
  if (groupBy.includes('instance')) {
    parts.push(
      isNode ? [instance.chartId, instance.name] : [`${instance.chartId}@${held.machineGuid}`, `${instance.name}@${held.host.hostname}`],
    )
  }
  if (groupBy.includes('label'))
    for (const key of labels) parts.push([instance.labels[key] ?? '[unset]', instance.labels[key] ?? '[unset]'])
  if (isNode) parts.push([held.machineGuid, held.host.hostname])
  if (groupBy.includes('context')) parts.push([context.id, context.id])
  if (groupBy.includes('units')) parts.push([context.units, context.units])
  if (parts.length === 0) parts.push(['selected', 'selected'])
  return { id: parts.map(([id]) => id).join(','), name: parts.map(([, name]) => name).join(',') }
}

/** One point: value, anomaly rate, bits, and with `raw` the count. */
function pointOf(
  members: readonly Metric[],
  timeS: number,
  stepS: number,
  aggregation: string,
  isRaw: boolean,
): readonly (number | null)[] {
  const values = members
    .map(({ held, context, instance, dimensionId }) => {
      // Slow collectors are drawn through between their samples.
      const pace = context.updateEveryS
      return meanOfRow((at) => held.host.value(context, instance, dimensionId, Math.floor(at / pace) * pace), timeS, stepS, 1)
    })
    .filter((value) => !Number.isNaN(value))
  if (values.length === 0) return isRaw ? [null, 0, 1, 0] : [null, 0, 1]
  const sum = values.reduce((total, value) => total + value, 0)
  const value =
    aggregation === 'min'
      ? Math.min(...values)
      : aggregation === 'max'
        ? Math.max(...values)
        : aggregation === 'sum' || isRaw
          ? sum
          : sum / values.length
  return isRaw ? [value, 0, 0, values.length] : [value, 0, 0]
}

import { isObject, listOf, objectOf } from '../../../src/support/json.ts'
import type { RoomNode } from '../ports.ts'
import type { DataPart } from './data-part.ts'
import type { DataWish } from './data-wish.ts'
import type { JoinedSeries, JoinedTable } from './merge-parts.ts'

/** How asking one node went (cloud-api §9.2, `summary.nodes[].st`). */
export interface NodeStatus {
  /** Place of the agent in `agents`; undefined when none was asked. */
  readonly agent: number | undefined
  readonly code: number
  readonly msg: string
  readonly ms: number
}

/** A node of the answer. */
export interface AnsweredNode {
  readonly node: RoomNode
  readonly status: NodeStatus
  /** Left out by the soft filter: shown, not asked. */
  readonly isSelected: boolean
}

export interface AnswerFrame {
  readonly version: number
  readonly wish: DataWish
  readonly nodes: readonly AnsweredNode[]
  /** The node each agent runs on, as far as it is told by the first node it was asked about. */
  readonly agents: readonly RoomNode[]
  readonly ms: number
}

const point = { value: 0, arp: 1, pa: 2 } as const
const [emptyBit, partialBit] = [1, 4]

const isInMs = ({ options }: DataWish) => options.has('ms') || options.has('milliseconds')

function summaryNodes({ nodes }: AnswerFrame, metrics: ReadonlyMap<string, number>): object[] {
  return nodes.map(({ node, status, isSelected }, ni) => {
    const queried = metrics.get(node.machineGuid) ?? 0
    return {
      ni,
      mg: node.machineGuid,
      nd: node.nodeId,
      nm: node.hostname,
      st: { ai: status.agent ?? 0, code: status.code, msg: status.msg, ms: status.ms },
      ds: isSelected ? { sl: queried, qr: queried } : { ex: 1 },
    }
  })
}

function agentsOf({ agents }: AnswerFrame): object[] {
  return agents.map(({ machineGuid, nodeId, hostname }, ai) => ({ ai, mg: machineGuid, nd: nodeId, nm: hostname }))
}

function timingsOf({ ms, nodes }: AnswerFrame): object {
  const slowest = Math.max(0, ...nodes.map(({ status }) => status.ms))
  return {
    total_ms: ms,
    routing_ms: 0,
    prep_ms: 0,
    query_ms: slowest,
    output_ms: 0,
    node_max_ms: slowest,
    cloud_ms: Math.max(0, ms - slowest),
  }
}

/** The joined answer of several agents, in the form one agent answers (cloud-api §9.2). */
export function mergedAnswer(frame: AnswerFrame, parts: readonly DataPart[], table: JoinedTable): object {
  const { wish, version, nodes } = frame
  const series = shownSeries(wish, table)
  const scale = isInMs(wish) ? 1_000 : 1
  const data = table.timesS.map((timeS, row) => [timeS * scale, ...series.map((each) => cellOf(each, row, table.isPartial[row] === true))])
  const places = new Map(nodes.map(({ node }, ni) => [node.machineGuid, ni]))
  const summary = joinedSummary(parts, places)
  const units = [...new Set(series.map((each) => each.units))]
  const stats = series.map(({ values }) => statsOf(values))
  const whole = stats.reduce((sum, { volume }) => sum + volume, 0)
  const sts = {
    min: stats.map(({ min }) => min),
    max: stats.map(({ max }) => max),
    avg: stats.map(({ avg }) => avg),
    arp: series.map(({ anomalies }) => statsOf(anomalies).avg),
    con: stats.map(({ volume }) => (whole === 0 ? 0 : (volume / whole) * 100)),
  }
  const known = stats.filter(({ count }) => count > 0)
  const [firstS = 0, lastS = 0] = [table.timesS[0], table.timesS.at(-1)]
  const stepS = Math.max(1, ...parts.map((part) => part.stepS))
  const metrics = new Map(parts.flatMap((part) => [...part.summary.metrics]))
  const failed = nodes.filter(({ status }) => status.code !== 200).length
  const selected = nodes.filter(({ isSelected }) => isSelected).length
  const countOf = (list: readonly unknown[]) => ({ sl: list.length, qr: list.length })
  const dimensions = {
    ids: series.map(({ id }) => id),
    units: series.map((each) => each.units),
    sts,
  }
  return {
    api: version,
    agents: agentsOf(frame),
    versions: {},
    summary: { nodes: summaryNodes(frame, metrics), ...summary, globals: {} },
    totals: {
      nodes: { sl: selected, ex: nodes.length - selected, qr: selected - failed, fl: failed },
      contexts: countOf(summary.contexts),
      instances: countOf(summary.instances),
      dimensions: countOf(summary.dimensions),
      label_keys: countOf(summary.labels),
      label_key_values: countOf(summary.labels.flatMap(({ vl }) => vl)),
    },
    functions: [],
    db: {
      tiers: 0,
      update_every: Math.max(1, Math.min(...parts.map((part) => part.updateEveryS), stepS)),
      first_entry: firstS,
      last_entry: lastS,
      per_tier: [],
      units: units.length === 1 ? units[0] : units,
      dimensions,
    },
    view: {
      title: parts.find(({ title }) => title !== '')?.title ?? '',
      update_every: stepS,
      after: firstS,
      before: lastS,
      points: table.timesS.length,
      units: units.length === 0 ? '' : units.length === 1 ? units[0] : units,
      chart_type: parts.find(({ chartType }) => chartType !== '')?.chartType ?? 'line',
      min: known.reduce((least, { min }) => Math.min(least, min), known[0]?.min ?? 0),
      max: known.reduce((most, { max }) => Math.max(most, max), known[0]?.max ?? 0),
      dimensions: {
        grouped_by: wish.passes.at(-1)?.groupBy ?? ['dimension'],
        ...dimensions,
        names: series.map(({ name }) => name),
        priorities: series.map((_, place) => place),
        aggregated: series.map(({ volume }) => volume),
      },
      partial_data_trimming: {},
    },
    result: { labels: ['time', ...dimensions.ids], point, data },
    timings: timingsOf(frame),
  }
}

function cellOf({ values, anomalies }: JoinedSeries, row: number, isPartial: boolean): readonly (number | null)[] {
  const value = values[row] ?? null
  return [value, anomalies[row] ?? 0, value === null ? emptyBit : isPartial ? partialBit : 0]
}

/** Options that need the whole table. */
function shownSeries({ options }: DataWish, { series, timesS }: JoinedTable): readonly JoinedSeries[] {
  let shown = options.has('nonzero') ? series.filter(({ values }) => values.some((value) => value !== null && value !== 0)) : series
  if (options.has('percentage')) {
    const totals = timesS.map((_, row) => shown.reduce((sum, { values }) => sum + Math.abs(values[row] ?? 0), 0))
    shown = shown.map((each) => ({
      ...each,
      units: '%',
      values: each.values.map((value, row) => (value === null ? null : totals[row] === 0 ? 0 : (value * 100) / (totals[row] ?? 1))),
    }))
  }
  if (options.has('null2zero')) shown = shown.map((each) => ({ ...each, values: each.values.map((value) => value ?? 0) }))
  return shown
}

function statsOf(values: readonly (number | null)[]) {
  const stats = { min: 0, max: 0, avg: 0, volume: 0, count: 0 }
  let sum = 0
  for (const value of values) {
    if (value === null) continue
    stats.min = stats.count === 0 ? value : Math.min(stats.min, value)
    stats.max = stats.count === 0 ? value : Math.max(stats.max, value)
    stats.count += 1
    stats.volume += Math.abs(value)
    sum += value
  }
  stats.avg = stats.count === 0 ? 0 : sum / stats.count
  return stats
}

/** What was found at all agents, each once. */
function joinedSummary(parts: readonly DataPart[], places: ReadonlyMap<string, number>) {
  const labels = new Map<string, Set<string>>()
  const dimensions = new Map<string, string>()
  const alerts = new Map<string, { nm: string; cl: number; wr: number; cr: number; ot: number }>()
  const contexts = new Set<string>()
  const instances: { id: string; nm: string; ni: number }[] = []
  for (const { summary } of parts) {
    for (const id of summary.contexts) contexts.add(id)
    for (const { id, name } of summary.dimensions) if (!dimensions.has(id)) dimensions.set(id, name)
    for (const { id, name, machineGuid } of summary.instances) {
      const ni = places.get(machineGuid)
      if (ni !== undefined) instances.push({ id, nm: name, ni })
    }
    for (const [key, values] of summary.labels) {
      const known = labels.get(key) ?? new Set()
      for (const value of values) known.add(value)
      labels.set(key, known)
    }
    for (const { name, cl, wr, cr } of summary.alerts) {
      const known = alerts.get(name) ?? { nm: name, cl: 0, wr: 0, cr: 0, ot: 0 }
      alerts.set(name, { ...known, cl: known.cl + cl, wr: known.wr + wr, cr: known.cr + cr })
    }
  }
  return {
    contexts: [...contexts].map((id) => ({ id })),
    instances,
    dimensions: [...dimensions].map(([id, nm], pri) => ({ id, nm, pri })),
    labels: [...labels].map(([id, values]) => ({ id, vl: [...values].map((value) => ({ id: value })) })),
    alerts: [...alerts.values()],
  }
}

/**
 * The answer of the one agent that answers for all nodes: as it came, but for what the contract wants of every answer: rising times,
 * milliseconds where asked for, gaps as cells, lists where lists are read, nodes by the names they have here.
 */
export function passedAnswer(frame: AnswerFrame, answer: Readonly<Record<string, unknown>>): object {
  const { wish, version } = frame
  const { errorMessage: _message, errorMsgKey: _key, error: _error, ...given } = answer
  const result = objectOf(given['result'])
  const [summary, view] = [objectOf(given['summary']), objectOf(given['view'])]
  const labels = listOf(result['labels'])
  const scale = isInMs(wish) ? 1_000 : 1
  const places = isObject(result['point']) ? result['point'] : point
  const size = Math.max(1, ...Object.values(places).map((place) => (typeof place === 'number' && place < 16 ? place + 1 : 1)))
  const gap = Array.from({ length: size }, (_, at) => (at === places['value'] ? null : at === places['pa'] ? emptyBit : 0))
  const data = listOf(result['data'])
    .filter((row): row is unknown[] => Array.isArray(row) && Number.isFinite(row[0]))
    .sort((a, b) => Number(a[0]) - Number(b[0]))
    .map(([time, ...cells]) => [
      Number(time) * scale,
      ...labels.slice(1).map((_, at) => {
        const cell = cells[at]
        return Array.isArray(cell)
          ? (cell as unknown[])
          : typeof cell === 'number'
            ? gap.map((each, place) => (place === places['value'] ? cell : place === places['pa'] ? 0 : each))
            : gap
      }),
    ])
  const told = new Map(
    listOf(summary['nodes'])
      .filter(isObject)
      .map((node) => [node['mg'], node]),
  )
  const own = frame.nodes.map(({ node }) => told.get(node.machineGuid)?.['ni'])
  // Instances point to nodes by places of the agent's own list.
  const placeHere = new Map(own.map((ni, place) => [ni, place]))
  const nodes = summaryNodes(frame, new Map()).map((node, place) => {
    const { mg: _mg, nd: _nd, nm: _nm, ni: _ni, st: _st, ...more } = told.get(frame.nodes[place]?.node.machineGuid) ?? {}
    return { ...node, ...more }
  })
  const instances = listOf(summary['instances'])
    .filter(isObject)
    .map((instance) => ({ ...instance, ni: placeHere.get(instance['ni']) ?? 0 }))
  const ids = labels.slice(1)
  const dimensions = objectOf(view['dimensions'])
  return {
    ...given,
    api: version,
    agents: agentsOf(frame),
    summary: {
      ...summary,
      nodes,
      contexts: listOf(summary['contexts']),
      instances,
      dimensions: listOf(summary['dimensions']),
      labels: listOf(summary['labels']),
      alerts: listOf(summary['alerts']),
    },
    view: {
      ...view,
      units: view['units'] ?? '',
      dimensions: { ...dimensions, ids: dimensions['ids'] ?? ids, names: dimensions['names'] ?? ids },
    },
    result: { labels: labels.length === 0 ? ['time'] : labels, point: places, data },
    timings: timingsOf(frame),
  }
}

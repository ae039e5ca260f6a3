import type { SourceInfo, SourceAnswer, SourceRequest } from '../source.ts'
import { jsonAnswer, textAnswer } from '../source.ts'
import type { AlertsApi } from './alerts/alerts-api.ts'
import type { Chart } from './chart.ts'
import { groupByContext } from './catalogue.ts'
import type { ChartGroup } from './catalogue.ts'
import { historyS } from './history.ts'
import { answerData } from './query/data.ts'
import { parseOptions, parseParameters } from './query/parameters.ts'

/** What the API tells about the host around its charts. */
export interface ApiHost {
  readonly hostname: string
  readonly machineGuid: string
  readonly info: () => SourceInfo
  readonly functions: () => Readonly<Record<string, unknown>>
  readonly charts: ReadonlyMap<string, Chart>
  readonly nowS: () => number
  readonly alerts: AlertsApi
}

/** The part of API v1 this host serves, in the shapes of agent-api §4 to §7. */
export function createApi(host: ApiHost) {
  const routes: Readonly<Record<string, (parameters: ReadonlyMap<string, string>) => SourceAnswer>> = {
    info: () => jsonAnswer(200, JSON.stringify(infoDocument(host))),
    contexts: (parameters) => contexts(host, parameters),
    context: (parameters) => context(host, parameters),
    charts: () => jsonAnswer(200, JSON.stringify(chartsDocument(host))),
    chart(parameters) {
      const chart = host.charts.get(parameters.get('chart') ?? '')
      return chart ? jsonAnswer(200, JSON.stringify(chartDocument(chart, host.alerts))) : textAnswer(404, 'Chart is not found.')
    },
    data: (parameters) => answerData(host.charts, parameters, host.nowS(), host.hostname),
  }
  return (request: Pick<SourceRequest, 'command' | 'query'>): SourceAnswer => {
    const parameters = parseParameters(request.query)
    const route = Object.hasOwn(routes, request.command) ? routes[request.command] : undefined
    if (route) return route(parameters)
    return host.alerts.answer(request.command, parameters, request.query) ?? textAnswer(404, 'Unsupported v1 API command.')
  }
}

/** `/api/v1/info` (agent-api §4.1): numbers about hardware are strings. */
function infoDocument({ hostname, machineGuid, info, functions, charts, alerts }: ApiHost) {
  const { node, collectors } = info()
  return {
    version: node.agentVersion,
    uid: machineGuid,
    'hosts-available': 1,
    mirrored_hosts: [hostname],
    mirrored_hosts_status: [{ guid: machineGuid, hostname, reachable: true, hops: 0, claim_id: null, node_id: null }],
    alarms: alerts.counts(),
    os_name: node.osName,
    os_id: node.os,
    os_version: node.osVersion,
    kernel_name: node.kernelName,
    kernel_version: node.kernelVersion,
    architecture: node.architecture,
    cores_total: String(node.cpus),
    cpu_freq: node.cpuFrequencyHz,
    ram_total: node.memoryBytes,
    total_disk_space: node.diskSpaceBytes,
    virtualization: node.virtualization,
    container: node.container,
    is_k8s_node: 'false',
    host_labels: node.labels,
    functions: functions(),
    collectors,
    'cloud-enabled': true,
    'cloud-available': true,
    'agent-claimed': true,
    'aclk-available': true,
    'memory-mode': 'ram',
    'release-channel': node.releaseChannel,
    'charts-count': charts.size,
    'metrics-count': [...charts.values()].reduce((count, chart) => count + chart.dimensions.length, 0),
  }
}

/** `/api/v1/charts` (agent-api §5.2). */
function chartsDocument({ hostname, info, charts, alerts }: ApiHost) {
  const { node } = info()
  const documents = Object.fromEntries([...charts.values()].map((chart) => [chart.id, chartDocument(chart, alerts)]))
  return {
    hostname,
    version: node.agentVersion,
    release_channel: node.releaseChannel,
    os: node.os,
    timezone: node.timezone,
    update_every: 1,
    history: historyS,
    memory_mode: 'ram',
    custom_info: '',
    charts: documents,
    charts_count: charts.size,
    dimensions_count: [...charts.values()].reduce((count, chart) => count + chart.dimensions.length, 0),
    alarms_count: alerts.count(),
    hosts_count: 1,
    hosts: [{ hostname }],
  }
}

function chartDocument(chart: Chart, alerts: AlertsApi) {
  const { firstS = 0, lastS = 0 } = chart.history
  return {
    id: chart.id,
    name: chart.id,
    type: chart.id.split('.')[0],
    family: chart.family,
    context: chart.context,
    title: `${chart.title} (${chart.id})`,
    priority: chart.priority,
    plugin: chart.plugin,
    module: chart.module,
    units: chart.units,
    data_url: `/api/v1/data?chart=${chart.id}`,
    chart_type: chart.chartType,
    duration: lastS - firstS + chart.updateEveryS,
    first_entry: firstS,
    last_entry: lastS,
    update_every: chart.updateEveryS,
    dimensions: Object.fromEntries(chart.dimensions.map(({ id, name }) => [id, { name }])),
    chart_variables: {},
    green: null,
    red: null,
    alarms: alerts.ofChart(chart.id),
    chart_labels: chart.labels,
    functions: {},
  }
}

/** Which details of contexts were asked for (agent-api §5.3). */
function details(parameters: ReadonlyMap<string, string>) {
  const options = parseOptions(parameters.get('options'))
  const has = (...names: readonly string[]) => ['full', 'all', ...names].some((name) => options.has(name))
  const dimensions = has('dimensions', 'metrics')
  const labels = has('labels')
  return { charts: has('charts', 'instances') || dimensions || labels, dimensions, labels }
}

type Details = ReturnType<typeof details>

/** `/api/v1/contexts` (agent-api §5.3). */
function contexts(host: ApiHost, parameters: ReadonlyMap<string, string>): SourceAnswer {
  const wanted = details(parameters)
  const groups = groupByContext(host.charts.values())
  return jsonAnswer(
    200,
    JSON.stringify({
      hostname: host.hostname,
      machine_guid: host.machineGuid,
      node_id: '',
      claim_id: '',
      contexts: Object.fromEntries(groups.map((group) => [group.id, contextDocument(group, wanted)])),
    }),
  )
}

function context(host: ApiHost, parameters: ReadonlyMap<string, string>): SourceAnswer {
  const name = firstName(parameters)
  const group = groupByContext(host.charts.values()).find(({ id }) => id === name)
  if (name === undefined) return textAnswer(400, 'No context is given.')
  return group ? jsonAnswer(200, JSON.stringify(contextDocument(group, details(parameters)))) : jsonAnswer(404, '{}')
}

const firstName = (parameters: ReadonlyMap<string, string>) => parameters.get('context') ?? parameters.get('ctx')

function contextDocument(group: ChartGroup, wanted: Details) {
  const times = group.charts.map(({ history }) => history)
  return {
    title: group.title,
    units: group.units,
    family: group.family,
    chart_type: group.chartType,
    priority: group.priority,
    first_time_t: Math.min(...times.map(({ firstS = 0 }) => firstS)),
    last_time_t: Math.max(...times.map(({ lastS = 0 }) => lastS)),
    collected: true,
    ...(wanted.charts ? { charts: Object.fromEntries(group.charts.map((chart) => [chart.id, instanceDocument(chart, wanted)])) } : {}),
  }
}

function instanceDocument(chart: Chart, wanted: Details) {
  const { firstS = 0, lastS = 0 } = chart.history
  const times = { first_time_t: firstS, last_time_t: lastS, collected: true }
  return {
    name: chart.id,
    context: chart.context,
    title: chart.title,
    units: chart.units,
    family: chart.family,
    chart_type: chart.chartType,
    priority: chart.priority,
    update_every: chart.updateEveryS,
    ...times,
    ...(wanted.labels ? { labels: chart.labels } : {}),
    ...(wanted.dimensions ? { dimensions: Object.fromEntries(chart.dimensions.map(({ id, name }) => [id, { name, ...times }])) } : {}),
  }
}

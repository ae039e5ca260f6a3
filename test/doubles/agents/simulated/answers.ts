import { randomUUID } from 'node:crypto'
import type { ReceivedQuestion } from '../../../../src/aclk/query/request.ts'
import { dataV1 } from './data-v1.ts'
import { dataV2, type HeldHost } from './data-v2.ts'
import { callFunction, functionList } from './functions.ts'

/** An answer of a simulated agent. */
export interface SimulatedAnswer {
  readonly httpStatus: number
  readonly body: Uint8Array
  readonly isGzip: boolean
}

const encoder = new TextEncoder()

/**
 * Answers questions as the agent of these hosts would, by the rules of agent-api: v1 for the host of the path (the first one
 * without), v2 and v3 for all of them within `scope_nodes`. `nowS` is epoch seconds.
 */
export function createAnswers(hosts: () => readonly HeldHost[], nowS: () => number): (question: ReceivedQuestion) => SimulatedAnswer {
  const json = (value: object | number, httpStatus = 200): SimulatedAnswer =>
    typeof value === 'number'
      ? { httpStatus: value, body: encoder.encode('No metrics where matched to query.'), isGzip: false }
      : { httpStatus, body: encoder.encode(JSON.stringify(value)), isGzip: false }

  return ({ target, headers }) => {
    const url = new URL(target, 'http://agent')
    const [, name, version = '1', command = ''] = /^(?:\/(?:node|host)\/([^/]+))?\/api\/v([123])\/([a-z_]+)$/.exec(url.pathname) ?? []
    const all = hosts()
    const held =
      name === undefined ? all[0] : all.find(({ nodeId, machineGuid, host }) => [nodeId, machineGuid, host.hostname].includes(name))
    if (held === undefined || command === '') return json(404)
    const { host } = held
    const query = url.searchParams
    if (command === 'data') return json(version === '1' ? dataV1(host, query, nowS()) : dataV2(all, query, nowS(), version === '2' ? 2 : 3))
    if (command === 'contexts') return json(contexts(held, nowS()))
    if (command === 'context') {
      const all = new Map(Object.entries(contexts(held, nowS()).contexts))
      return json(all.get(query.get('context') ?? '') ?? 404)
    }
    if (command === 'info') return json({ version: 'v2.10.4', uid: held.machineGuid, hostname: host.hostname, functions: functionList() })
    if (command === 'alarms') {
      return json({ hostname: host.hostname, latest_alarm_log_unique_id: 0, status: true, now: nowS(), alarms: {} })
    }
    if (command === 'functions') return json({ functions: functionList() })
    if (command === 'function') {
      const { status, body } = callFunction(host, query.get('function') ?? '', Number(headers.get('x-netdata-permissions') ?? 0x1b), nowS())
      return json(body, status)
    }
    if (command === 'weights') return json(weights(all, query))
    if (command === 'alarm_log') return json([])
    if (command === 'config' && query.get('action') === 'tree') return json({ version: 1, agent: {}, attention: {}, tree: {} })
    if (command === 'bearer_get_token') {
      const goesByThese = query.get('node_id') === held.nodeId && query.get('machine_guid') === held.machineGuid
      if (!goesByThese) return json({}, 400)
      return json({ status: 200, mg: held.machineGuid, bearer_protection: false, token: randomUUID(), expiration: nowS() + 86_400 })
    }
    return json(404)
  }
}

/** Weights of one dimension of every host: enough to be joined and ranked (agent-api §6). */
function weights(all: readonly HeldHost[], query: URLSearchParams): object {
  const scope = (query.get('scope_nodes') ?? '').split(/[|,]/)
  const asked = all.filter(({ nodeId }) => scope.includes(nodeId))
  return {
    api: 3,
    schema: { type: 'array' },
    result: asked.map((_, ni) => [0, ni, 0, 0, 0, 1 / (ni + 2)]),
    dictionaries: {
      nodes: asked.map(({ machineGuid, nodeId, host }, ni) => ({ mg: machineGuid, nd: nodeId, nm: host.hostname, ni })),
      contexts: [{ id: 'system.cpu' }],
      instances: [{ id: 'system.cpu' }],
      dimensions: [{ id: 'user' }],
    },
  }
}

/** `/api/v1/contexts` with charts, dimensions and labels (agent-api §5.3). */
function contexts({ host, machineGuid, nodeId }: HeldHost, nowS: number): { readonly contexts: Readonly<Record<string, object>> } {
  const times = { first_time_t: nowS - 86_400, last_time_t: nowS, collected: true }
  const described = host.contexts.map(({ id, title, units, family, chartType, priority, updateEveryS, instances, dimensions }) => {
    const common = { title, units, family, chart_type: chartType, priority, ...times }
    const charts = instances.map(({ chartId, name, labels }) => [
      chartId,
      {
        ...common,
        name,
        context: id,
        update_every: updateEveryS,
        labels,
        dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension.id, { name: dimension.id, ...times }])),
      },
    ])
    return [id, { ...common, charts: Object.fromEntries(charts) }]
  })
  return {
    hostname: host.hostname,
    machine_guid: machineGuid,
    node_id: nodeId,
    claim_id: '',
    contexts: Object.fromEntries(described) as Record<string, object>,
  } as { readonly contexts: Readonly<Record<string, object>> }
}

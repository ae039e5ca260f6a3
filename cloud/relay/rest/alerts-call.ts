import { z } from 'zod'
import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isObject, objectOf } from '../../../src/support/json.ts'
import { textOf } from './data-part.ts'
import { nodeRows, nodesBody, nodesOfBody, readAs, requireAny } from './functions-call.ts'
import { gather } from './gather.ts'
import { agentsTimeMs, askerOf, readingBits, type CallDeps, type RestAnswer, type RoomCall } from './rest-call.ts'
import { restLimits } from './rest-limits.ts'
import type { RestQuestion } from './rest-question.ts'

type Fields = Readonly<Record<string, unknown>>

const texts = z
  .union([
    z
      .string()
      .max(500)
      .transform((text) => [text]),
    z.array(z.string().max(500)).max(restLimits.listItems),
  ])
  .nullish()
  .transform((list) => (list ?? []).filter((text) => text !== ''))
const count = z.number().int().min(0).max(1e6).nullish()

const alertsBody = nodesBody.extend({ options: texts, status: texts, name: texts, alarm_id_filter: texts, offset: count, limit: count })

/** Rows of one answer, unless a client says less. */
const rowsMax = 5_000
const statusWords: Readonly<Record<string, readonly string[]>> = {
  raised: ['WARNING', 'CRITICAL'],
  active: ['WARNING', 'CRITICAL'],
}

const statusesOf = (said: readonly string[]) => new Set(said.flatMap((word) => statusWords[word.toLowerCase()] ?? [word.toUpperCase()]))
const numberOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

/** One alert of one node, and where it stands among the nodes. */
interface Raised {
  readonly ni: number
  readonly alarm: Fields
}

/** The alerts of a room with their values, as their agents tell them now (cloud-api §10.1). */
export async function answerAlerts(deps: CallDeps, call: RoomCall): Promise<RestAnswer> {
  const { reader, signal, budget, version, json } = call
  const body = readAs(alertsBody, json)
  const nodes = nodesOfBody(call.nodes, body)
  const wanted = statusesOf(body.status)
  const isOnlyRaised = wanted.size > 0 && [...wanted].every((status) => status === 'WARNING' || status === 'CRITICAL')
  const timeoutMs = agentsTimeMs(body.timeout || restLimits.defaultTimeoutMs)
  const question = (nodeId: (typeof nodes)[number]['nodeId']) =>
    nodeQuestion(isOnlyRaised ? '/api/v1/alarms' : '/api/v1/alarms?all', nodeId, timeoutMs)
  const errands = nodes.map((node) => ({ about: node, nodeId: node.nodeId, question: question(node.nodeId) }))
  const outcomes = await gather(deps, errands, { asker: askerOf(reader, readingBits), timeoutMs, signal }, (answer) =>
    objectOf(budget.open(answer)['alarms']),
  )
  requireAny(outcomes)
  const isNamed = simplePattern(body.name)
  const ids = new Set(body.alarm_id_filter)
  const all = outcomes.flatMap((outcome, ni): Raised[] =>
    outcome.error !== undefined
      ? []
      : Object.values(outcome.value)
          .filter(isObject)
          .filter(
            (alarm) =>
              isNamed(textOf(alarm['name'])) &&
              (wanted.size === 0 || wanted.has(textOf(alarm['status']))) &&
              (ids.size === 0 || ids.has(String(alarm['id']))),
          )
          .map((alarm) => ({ ni, alarm })),
  )
  const severity = ({ alarm }: Raised) => ['CRITICAL', 'WARNING'].indexOf(textOf(alarm['status']))
  const place = (raised: Raised) => (severity(raised) < 0 ? 2 : severity(raised))
  all.sort((a, b) => place(a) - place(b) || (numberOf(b.alarm['last_status_change']) ?? 0) - (numberOf(a.alarm['last_status_change']) ?? 0))
  const has = (option: string) => body.options.length === 0 || body.options.includes(option)
  const offset = body.offset ?? 0
  const shown = all.slice(offset, offset + Math.min(body.limit || rowsMax, rowsMax))
  return {
    status: 200,
    json: {
      api: version,
      alerts: has('summary') ? summariesOf(all) : [],
      alert_instances: has('instances') || has('values') ? shown.map((raised, gi) => instanceOf(raised, gi + offset, has('values'))) : [],
      nodes: nodeRows(outcomes),
      total: all.length,
      timings: { total_ms: Math.round(Math.max(0, ...outcomes.map(({ ms }) => ms))) },
    },
  }
}

function instanceOf({ ni, alarm }: Raised, gi: number, hasValue: boolean): object {
  const text = (name: string) => textOf(alarm[name])
  return {
    gi,
    ni,
    id: numberOf(alarm['id']),
    nm: text('name'),
    ctx: text('context'),
    ch: text('chart'),
    ch_n: text('chart_name') || text('chart'),
    fami: text('family'),
    st: text('status'),
    info: text('info'),
    sum: text('summary'),
    units: text('units'),
    tr_i: text('last_transition_id') || text('transition_id') || null,
    tr_v: hasValue ? numberOf(alarm['last_status_change_value']) : null,
    tr_t: numberOf(alarm['last_status_change']),
    cfg: text('config_hash_id'),
    src: text('source'),
    exec: text('exec'),
    to: text('recipient'),
    tp: text('type'),
    cm: text('component'),
    cp: text('component'),
    cl: text('class'),
    ...(hasValue ? { v: numberOf(alarm['value']), t: numberOf(alarm['last_updated']) } : {}),
  }
}

/** Alerts of one name over all nodes (agent-api §9.2). */
function summariesOf(all: readonly Raised[]): readonly object[] {
  const byName = new Map<string, Raised[]>()
  for (const raised of all) {
    const name = textOf(raised.alarm['name'])
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [raised])
    else known.push(raised)
  }
  return [...byName].slice(0, rowsMax).map(([nm, raised], ati) => {
    const of = (...statuses: readonly string[]) => raised.filter(({ alarm }) => statuses.includes(textOf(alarm['status']))).length
    const unique = (name: string) => [...new Set(raised.map(({ alarm }) => textOf(alarm[name])).filter((text) => text !== ''))]
    const ni = [...new Set(raised.map((each) => each.ni))]
    return {
      ati,
      nm,
      ni,
      sum: textOf(raised[0]?.alarm['summary']),
      cr: of('CRITICAL'),
      wr: of('WARNING'),
      cl: of('CLEAR'),
      er: of('UNDEFINED', 'UNINITIALIZED'),
      in: raised.length,
      nd: ni.length,
      cfg: unique('config_hash_id').length,
      ctx: unique('context'),
      cls: unique('class'),
      cp: unique('component'),
      ty: unique('type'),
      to: unique('recipient'),
    }
  })
}

const transitionsBody = nodesBody.extend({
  after: z.number(),
  before: z.number().nullish(),
  status: texts,
  alert_names: texts,
  node_ids: texts,
  context: texts,
  limit: count,
  last: count,
})

/** What alerts of a room did lately, as their agents remember it (cloud-api §10.1). */
export async function answerTransitions(deps: CallDeps, call: RoomCall): Promise<RestAnswer> {
  const { reader, signal, budget, version, json } = call
  const body = readAs(transitionsBody, json)
  if (body.after <= 0) throw new ThroughlineError('BODY_MALFORMED', 'after is a time in epoch seconds.')
  const beforeS = body.before !== null && body.before !== undefined && body.before > 0 ? body.before : Infinity
  const nodes = nodesOfBody(call.nodes, {
    scope: { nodes: body.node_ids.length > 0 ? body.node_ids : body.scope.nodes },
    selectors: body.selectors,
  })
  const timeoutMs = agentsTimeMs(body.timeout || restLimits.defaultTimeoutMs)
  const errands = nodes.map((node) => ({
    about: node,
    nodeId: node.nodeId,
    question: nodeQuestion('/api/v1/alarm_log', node.nodeId, timeoutMs),
  }))
  const outcomes = await gather(deps, errands, { asker: askerOf(reader, readingBits), timeoutMs, signal }, (answer) =>
    budget.openList(answer).filter(isObject),
  )
  requireAny(outcomes)
  const [isNamed, isInContext, wanted] = [simplePattern(body.alert_names), simplePattern(body.context), statusesOf(body.status)]
  const most = Math.min(body.limit || body.last || rowsMax, rowsMax)
  const rows = outcomes.flatMap((outcome) => {
    if (outcome.error !== undefined) return []
    const { nodeId, hostname, machineGuid } = outcome.about
    return outcome.value
      .filter((entry) => {
        const whenS = numberOf(entry['when']) ?? 0
        const isWanted = wanted.size === 0 || wanted.has(textOf(entry['status']).toUpperCase())
        return (
          whenS >= body.after && whenS <= beforeS && isWanted && isNamed(textOf(entry['name'])) && isInContext(textOf(entry['context']))
        )
      })
      .map((entry) => transitionOf(entry, { nodeId, hostname, machineGuid }))
  })
  rows.sort((a, b) => b.when - a.when)
  return { status: 200, json: { api: version, transitions: rows.slice(0, most), total: rows.length, nodes: nodeRows(outcomes) } }
}

function transitionOf(entry: Fields, node: { readonly nodeId: string; readonly hostname: string; readonly machineGuid: string }) {
  const text = (name: string) => textOf(entry[name])
  return {
    transition_id: text('transition_id') || `${node.nodeId}/${String(numberOf(entry['unique_id']) ?? 0)}`,
    node_id: node.nodeId,
    machine_guid: node.machineGuid,
    hostname: node.hostname,
    alert: text('name'),
    instance: text('chart'),
    context: text('context'),
    when: numberOf(entry['when']) ?? 0,
    new: { status: text('status'), value: numberOf(entry['value']) },
    old: { status: text('old_status'), value: numberOf(entry['old_value']), duration: numberOf(entry['duration']) },
    summary: text('summary'),
    info: text('info'),
    src: text('source'),
    config_hash_id: text('config_hash_id'),
    component: text('component'),
    classification: text('class'),
    type: text('type'),
    to: text('recipient'),
    units: text('units'),
    exec: text('exec'),
  }
}

function nodeQuestion(target: string, nodeId: RestQuestion['nodeIds'][number], timeoutMs: number): RestQuestion {
  return {
    kind: 'rest',
    route: 'other',
    budget: 'other',
    targets: { A: target, B: target, C: target },
    nodeIds: [nodeId],
    isChange: false,
    timeoutMs,
  }
}

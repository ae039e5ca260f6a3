import type { SourceAnswer } from '../../source.ts'
import { jsonAnswer, textAnswer } from '../../source.ts'
import { valueText } from '../../../../src/health/value-text.ts'
import { timezoneAbbreviation } from '../../timezone.ts'
import type { Chart } from '../chart.ts'
import { entryTransitionId } from './alert-log.ts'
import type { LogEntry, LoggedStatus } from './alert-log.ts'
import { textsOf } from './engine.ts'
import type { AlertEngine, HostAlert } from './engine.ts'
import type { RunningRule } from './running-rule.ts'

/** The alerts of this host in the shapes of API v1 (agent-api §9.1). */
export interface AlertsApiHost {
  readonly hostname: string
  readonly machineGuid: string
  readonly charts: ReadonlyMap<string, Chart>
  readonly nowS: () => number
  readonly engine: AlertEngine
  /** A definition by its hash, also one that is no more. */
  readonly ruleOf: (hash: string) => RunningRule | undefined
  readonly hostVariables: () => Readonly<Record<string, number>>
}

type Parameters = ReadonlyMap<string, string>

/** The reads of alerts, by the last level of `/api/v1/…`; `flags` are the words of the query without a value. */
export function createAlertsApi(host: AlertsApiHost) {
  const { engine, hostname, nowS } = host
  const json = (document: unknown) => jsonAnswer(200, JSON.stringify(document))
  const shown = (flags: ReadonlySet<string>) =>
    engine.alerts().filter(({ state }) => flags.has('all') || state.status === 'warning' || state.status === 'critical')
  const keyOf = ({ chart, rule }: HostAlert) => `${chart.id}.${rule.name}`
  const table = (alerts: readonly HostAlert[], show: (alert: HostAlert) => object) =>
    Object.fromEntries(alerts.map((each) => [keyOf(each), show(each)]))

  const routes: Readonly<Record<string, (parameters: Parameters, flags: ReadonlySet<string>) => SourceAnswer>> = {
    alarms: (_parameters, flags) =>
      json({
        hostname,
        latest_alarm_log_unique_id: engine.log.lastId(),
        status: true,
        now: nowS(),
        alarms: table(shown(flags), (alert) => alertDocument(alert)),
      }),
    alarms_values: (_parameters, flags) =>
      json({
        hostname,
        alarms: table(shown(flags), ({ id, value, evaluatedAtS, state }) => ({
          id,
          value: value ?? null,
          last_updated: evaluatedAtS,
          status: wordOf(state.status),
        })),
      }),
    alarm_count(parameters) {
      const statuses = (parameters.get('status') ?? 'RAISED').toUpperCase().split(/[,|]/)
      const contexts = (parameters.get('context') ?? '').split(/[,|]/).filter((each) => each !== '')
      const counted = engine.alerts().filter(({ chart, state }) => {
        const isRaised = state.status === 'warning' || state.status === 'critical'
        const isWanted = statuses.includes(wordOf(state.status)) || (isRaised && statuses.includes('RAISED'))
        return isWanted && (contexts.length === 0 || contexts.includes(chart.context))
      })
      return jsonAnswer(200, `[${counted.length}]`)
    },
    alarm_log(parameters) {
      const after = Number.parseInt(parameters.get('after') ?? '0', 10) || 0
      const chart = parameters.get('chart')
      const entries = engine.log.entries().filter((entry) => entry.uniqueId > after && (chart === undefined || entry.chart === chart))
      return json(entries.toReversed().map((entry) => logDocument(entry, host)))
    },
    alarm_variables(parameters) {
      const id = parameters.get('chart') ?? ''
      const chart = host.charts.get(id)
      return chart ? json(variablesDocument(chart, host)) : textAnswer(404, 'Chart is not found.')
    },
  }

  return {
    /** Undefined: not one of these reads. */
    answer(command: string, parameters: Parameters, query: string): SourceAnswer | undefined {
      const route = Object.hasOwn(routes, command) ? routes[command] : undefined
      return route?.(parameters, new Set(query.split('&')))
    },
    /** The alerts of one chart, as `/api/v1/charts` lists them. */
    ofChart: (chartId: string) =>
      Object.fromEntries(
        engine
          .alerts()
          .filter(({ chart }) => chart.id === chartId)
          .map(({ id, rule, state }) => [
            rule.name,
            { id, status: wordOf(state.status), units: rule.rule.config.value.units, update_every: rule.compiled.everyS },
          ]),
      ),
    count: () => engine.alerts().length,
    /** As `/api/v1/info` counts them. */
    counts() {
      const count = (wanted: LoggedStatus) => engine.alerts().filter(({ state }) => state.status === wanted).length
      return { normal: count('clear'), warning: count('warning'), critical: count('critical') }
    },
  }
}

export type AlertsApi = ReturnType<typeof createAlertsApi>

/** Statuses in the words of API v1. */
const wordOf = (status: LoggedStatus) => status.toUpperCase()

/** Agents escape expressions and texts for HTML in this API (agent-api §9.1). */
function escaped(text: string): string {
  return text.replace(/[&<>"'/]/g, (character) => entities[character] ?? character)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '/': '&#x2F;' }

const sourceText = ({ origin, name }: RunningRule) => (origin === 'stock' ? `agent-link:${name}` : 'dyncfg')

function alertDocument(alert: HostAlert) {
  const { id, chart, rule, state, value, evaluatedAtS, nextAtS, delayS } = alert
  const { config } = rule.rule
  const { database_lookup: lookup } = config.value
  const { action, conditions } = config
  const { summary, info } = textsOf(alert)
  const expression = (key: string, text: string) => (text === '' ? {} : { [key]: escaped(text), [`${key}_parsed`]: escaped(text) })
  const looked =
    lookup.after < 0
      ? {
          ...(lookup.dimensions === '*' ? {} : { lookup_dimensions: lookup.dimensions }),
          db_after: evaluatedAtS + lookup.before + lookup.after,
          db_before: evaluatedAtS + lookup.before,
          lookup_method: lookup.time_group,
          lookup_after: lookup.after,
          lookup_before: lookup.before,
          lookup_options: lookup.options.join(' '),
        }
      : {}
  return {
    id,
    config_hash_id: rule.hash,
    name: rule.name,
    chart: chart.id,
    family: chart.family,
    class: config.classification || 'Unknown',
    component: config.component || 'Unknown',
    type: config.type || 'Unknown',
    active: true,
    disabled: false,
    silenced: false,
    exec: '',
    recipient: action.recipient,
    source: sourceText(rule),
    units: config.value.units,
    summary,
    info,
    status: wordOf(state.status),
    last_status_change: state.sinceS,
    last_updated: evaluatedAtS,
    next_update: nextAtS,
    update_every: rule.compiled.everyS,
    delay_up_duration: action.delay.up,
    delay_down_duration: action.delay.down,
    delay_max_duration: action.delay.max,
    delay_multiplier: action.delay.multiplier,
    delay: delayS,
    delay_up_to_timestamp: state.heldUntilS,
    warn_repeat_every: String(action.repeat.enabled ? action.repeat.warning : 0),
    crit_repeat_every: String(action.repeat.enabled ? action.repeat.critical : 0),
    value_string: valueText(value, config.value.units),
    last_repeat: '0',
    times_repeat: 0,
    ...(action.options.includes('no-clear-notification') ? { no_clear_notification: true } : {}),
    ...looked,
    ...expression('calc', config.value.calculation),
    ...expression('warn', conditions.warning_condition),
    ...expression('crit', conditions.critical_condition),
    green: null,
    red: null,
    value: value === undefined || !Number.isFinite(value) ? null : value,
  }
}

function logDocument(entry: LogEntry, { hostname, machineGuid, ruleOf, nowS }: AlertsApiHost) {
  const rule = ruleOf(entry.hash)
  const config = rule?.rule.config
  const units = config?.value.units ?? ''
  const number = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? null : value)
  return {
    hostname,
    utc_offset: -60 * new Date(entry.whenS * 1000).getTimezoneOffset(),
    timezone: timezoneAbbreviation(),
    unique_id: entry.uniqueId,
    alarm_id: entry.alarmId,
    alarm_event_id: entry.eventId,
    config_hash_id: entry.hash,
    transition_id: entryTransitionId(machineGuid, entry),
    name: entry.name,
    chart: entry.chart,
    context: entry.context,
    family: entry.family,
    class: config?.classification || 'Unknown',
    component: config?.component || 'Unknown',
    type: config?.type || 'Unknown',
    processed: nowS() >= entry.heldUntilS,
    updated: entry.updatedById !== 0,
    exec_run: 0,
    exec_failed: false,
    exec: '',
    recipient: config?.action.recipient ?? '',
    exec_code: 0,
    source: rule ? sourceText(rule) : '',
    command: '',
    units,
    when: entry.whenS,
    duration: entry.durationS,
    non_clear_duration: entry.nonClearS,
    status: wordOf(entry.status),
    old_status: wordOf(entry.oldStatus),
    delay: entry.delayS,
    delay_up_to_timestamp: entry.heldUntilS,
    updated_by_id: entry.updatedById,
    updates_id: entry.updatesId,
    value_string: escaped(valueText(entry.value, units)),
    old_value_string: escaped(valueText(entry.oldValue, units)),
    last_repeat: '0',
    silenced: 'false',
    summary: escaped(entry.summary),
    info: escaped(entry.info),
    value: number(entry.value),
    old_value: number(entry.oldValue),
  }
}

/** What expressions on a chart may name, with the values of now (agent-api §9.1). */
function variablesDocument(chart: Chart, { hostname, charts, engine, hostVariables }: AlertsApiHost) {
  const newest = (of: Chart, prefix: string) => {
    const { lastS } = of.history
    return of.dimensions.flatMap(({ id, name }, index) => {
      const value = lastS === undefined ? Number.NaN : of.history.at(index, lastS)
      const shown = Number.isNaN(value) ? null : value
      return [...new Set([id, name])].map((each) => [`${prefix}${each}`, shown] as const)
    })
  }
  const siblings = engine.alerts().filter((alert) => alert.chart.id === chart.id)
  const chartVariables = [
    ['last_collected_t', chart.history.lastS ?? null] as const,
    ['green', null] as const,
    ['red', null] as const,
    ['update_every', chart.updateEveryS] as const,
    ...siblings.map(({ rule, value }) => [rule.name, value === undefined || !Number.isFinite(value) ? null : value] as const),
    ...newest(chart, ''),
  ]
  const family = [...charts.values()].filter((each) => each.family === chart.family)
  return {
    chart: chart.id,
    chart_name: chart.id,
    chart_context: chart.context,
    chart_variables: Object.fromEntries(chartVariables),
    family: chart.family,
    family_variables: Object.fromEntries(family.flatMap((each) => newest(each, `${each.id}.`))),
    host: hostname,
    host_variables: Object.fromEntries([
      ...Object.entries(hostVariables()),
      ...[...charts.values()].flatMap((each) => newest(each, `${each.id}.`)),
    ]),
  }
}

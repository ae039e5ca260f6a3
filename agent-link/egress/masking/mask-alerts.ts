import type { SourceAlert, SourceAlertConfig } from '../../sources/source.ts'
import { isList, isObject, mapEntries, type Json, type JsonObject } from './json.ts'
import type { Masker } from './masker.ts'

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** The texts of an alert: the rule for them, or what is left when the names of its chart are masked in them too. */
function alertText(masker: Masker, text: string, chart: string, family: string): string {
  if (text === '') return text
  let named = text
  if (masker.rules.fields['alert-text'].action === 'keep') {
    for (const [name, masked] of [
      [chart, masker.chart(chart)],
      [family, masker.family(chart, family)],
    ] as const) {
      if (name.length > 1 && masked !== name) named = named.replaceAll(name, () => masked)
    }
  }
  return masker.field('alert-text', named)
}

/** An alert as the source tells it; status, times and values are what they were. */
export function maskAlert(masker: Masker, alert: SourceAlert): SourceAlert {
  const { chart, family } = alert
  return {
    ...alert,
    chart: masker.chart(chart),
    context: masker.context(alert.context),
    family: masker.family(chart, family),
    execPath: masker.field('alert-source', alert.execPath),
    configSource: masker.field('alert-source', alert.configSource),
    info: alertText(masker, alert.info, chart, family),
    summary: alertText(masker, alert.summary, chart, family),
  }
}

/** How an alert is defined, by the rules of its members. Where texts of configuration are not kept, only what names and sorts it is. */
export function maskAlertConfig(masker: Masker, config: SourceAlertConfig): SourceAlertConfig {
  if (masker.rules.fields['config-text'].action !== 'keep')
    return Object.fromEntries(Object.entries(config).filter(([key]) => sorting.has(key)))
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? maskDefinition(masker, key, value) : value]),
  )
}

const sorting = new Set(['alarm', 'template', 'classification', 'type', 'component', 'units', 'every', 'pUpdateEvery', 'p_update_every'])

/** One member of a definition, in the spelling of the wire and of the documents of agents. */
export function maskDefinition(masker: Masker, key: string, value: string): string {
  switch (key) {
    case 'info':
    case 'summary':
      return masker.field('alert-text', value)
    case 'source':
    case 'exec':
      return masker.field('alert-source', value)
    case 'recipient':
    case 'to':
      return masker.field('alert-recipient', value)
    case 'hosts':
    case 'host':
      return masker.rules.fields.hostname.action === 'keep' || value === '*' ? masker.text(value) : masker.field('hostname', value, true)
    case 'hostLabels':
    case 'host_labels':
    case 'chartLabels':
    case 'chart_labels':
      return masker.rules.fields['label-value'].action === 'keep' || value === '' || value === '*'
        ? masker.text(value)
        : masker.field('label-value', value)
    case 'onChart':
    case 'on_chart':
      return value === '' ? value : masker.chart(value)
    case 'units':
    case 'alarm':
    case 'template':
    case 'configHash':
      return value
    default:
      return masker.text(value)
  }
}

/** An entry of `/api/v1/alarms`, of its values or of the alert log (agent-api §9.1). */
export function maskAlarm(masker: Masker, entry: Json): Json {
  if (!isObject(entry)) return entry
  const chart = textOf(entry['chart'])
  const family = textOf(entry['family'])
  return mapEntries(entry, (key, value) => {
    if (typeof value !== 'string') return [key, value]
    switch (key) {
      case 'name':
      case 'status':
      case 'old_status':
      case 'config_hash_id':
      case 'transition_id':
      case 'units':
      case 'value_string':
      case 'old_value_string':
        return [key, value]
      case 'chart':
      case 'chart_id':
      case 'chart_name':
        return [key, masker.chart(value)]
      case 'context':
      case 'chart_context':
        return [key, masker.context(value)]
      case 'family':
        return [key, masker.family(chart, value)]
      case 'hostname':
        return [key, masker.field('hostname', value, true)]
      case 'info':
      case 'summary':
        return [key, alertText(masker, value, chart, family)]
      case 'exec':
      case 'source':
        return [key, masker.field('alert-source', value)]
      case 'recipient':
        return [key, masker.field('alert-recipient', value)]
      default:
        return [key, masker.text(value)]
    }
  })
}

/** All alarms by `chart.alarm`. `chartOf` knows the chart of a key, which the short form of an entry does not say. */
export function maskAlarms(masker: Masker, alarms: JsonObject, chartOf: (key: string) => string | undefined): JsonObject {
  return mapEntries(alarms, (key, value) => {
    const said = isObject(value) ? textOf(value['chart']) : ''
    const chart = said !== '' && key.startsWith(`${said}.`) ? said : (chartOf(key) ?? key.slice(0, Math.max(0, key.lastIndexOf('.'))))
    return [chart === '' ? key : `${masker.chart(chart)}${key.slice(chart.length)}`, maskAlarm(masker, value)]
  })
}

/** `/api/v1/alarm_variables`: names of variables, of which those of dimensions may name something (agent-api §9.1). */
export function maskVariables(masker: Masker, document: Json, askedChart: string): Json {
  if (!isObject(document)) return document
  const chart = textOf(document['chart']) || askedChart
  const family = textOf(document['family'])
  return mapEntries(document, (key, value) => {
    if (key === 'chart' || key === 'chart_name' || key === 'chart_id') return [key, masker.chart(textOf(value))]
    if (key === 'context' || key === 'chart_context') return [key, masker.context(textOf(value))]
    if (key === 'family') return [key, masker.family(chart, family)]
    if (key === 'host' || key === 'hostname') return [key, masker.field('hostname', textOf(value), true)]
    if (isObject(value)) return [key, maskVariableGroup(masker, value, chart, key)]
    if (isList(value)) return [key, value.map((each) => (typeof each === 'string' ? masker.text(each) : each))]
    return [key, typeof value === 'string' ? masker.text(value) : value]
  })
}

function maskVariableGroup(masker: Masker, group: JsonObject, chart: string, key: string): JsonObject {
  // Variables of the host and of a family are called after charts: `disk_space._home.used`.
  const isOfCharts = /^(?:host|family|alarms?)/.test(key)
  return mapEntries(group, (name, value) => {
    const masked = isOfCharts ? maskVariableName(masker, name) : masker.dimension(chart, name)
    return [masked, isObject(value) ? maskVariableGroup(masker, value, chart, key) : value]
  })
}

function maskVariableName(masker: Masker, name: string): string {
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || !name.slice(0, dot).includes('.')) return name.includes('.') ? masker.chart(name) : masker.text(name)
  const chart = name.slice(0, dot)
  return `${masker.chart(chart)}.${masker.dimension(chart, name.slice(dot + 1))}`
}

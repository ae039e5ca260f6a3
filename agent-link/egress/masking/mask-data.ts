import { nounOfDimensions } from './chart-names.ts'
import { isList, isObject, mapEntries, type Json, type JsonObject } from './json.ts'
import type { Masker } from './masker.ts'

const textsOf = (value: Json | undefined): string[] =>
  isList(value) ? value.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))) : []

/** What was asked: charts and contexts as the agent names them. */
export interface AskedData {
  readonly charts: readonly string[]
  readonly contexts: readonly string[]
}

/** An answer of `/api/v1/data` in JSON (agent-api §6.2): names of charts and columns; numbers are not looked at. */
export function maskData(masker: Masker, document: Json, asked: AskedData): Json {
  if (!isObject(document)) return document
  const charts = textsOf(document['chart_ids'])
  // One chart asked by its id has no list of charts.
  const only = asked.charts[0] ?? asked.contexts.find((id) => nounOfDimensions(id) !== undefined) ?? asked.contexts[0] ?? ''
  const chartAt = (index: number) => charts[index] ?? only
  const dimensions = (value: Json) => textsOf(value).map((name, index) => masker.dimension(chartAt(index), name))
  const labels = (value: Json) =>
    textsOf(value).map((name, index) => (index === 0 && name === 'time' ? name : columnOf(masker, name, chartAt(index - 1))))
  return mapEntries(document, (key, value) => {
    if (key === 'chart_ids') return [key, charts.map(masker.chart)]
    if (key === 'dimension_names' || key === 'dimension_ids') return [key, dimensions(value)]
    if (key === 'labels') return [key, labels(value)]
    if (key === 'result' || key === 'anomaly_rates') return [key, isObject(value) ? maskResult(value, labels) : value]
    // They repeat what was asked, with the host's name before it.
    if (key === 'id' || key === 'name') return [key, masker.renames ? 'data' : typeof value === 'string' ? masker.text(value) : value]
    if (key === 'chart_labels' || key === 'labels_values') return masker.renames ? undefined : [key, value]
    return [key, typeof value === 'string' ? masker.text(value) : value]
  })
}

function maskResult(result: JsonObject, labels: (value: Json) => string[]): JsonObject {
  return mapEntries(result, (key, value) => [key, key === 'labels' ? labels(value) : value])
}

/** A column is called after its dimension, or after chart and dimension. */
function columnOf(masker: Masker, label: string, chart: string): string {
  if (chart !== '' && label.startsWith(`${chart}.`))
    return `${masker.chart(chart)}.${masker.dimension(chart, label.slice(chart.length + 1))}`
  return masker.dimension(chart, label)
}

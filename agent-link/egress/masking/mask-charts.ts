import { isList, isObject, mapEntries, mapTexts, type Json, type JsonObject } from './json.ts'
import type { Masker } from './masker.ts'

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const labelsOf = (value: Json | undefined): Record<string, string> =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, typeof each === 'string' ? each : JSON.stringify(each)]))
    : {}

/** A chart of `/api/v1/charts`, `/api/v1/chart` or of a context's charts, whose id is `id` (agent-api §5). */
export function maskChart(masker: Masker, id: string, document: Json): Json {
  if (!isObject(document)) return document
  const masked = masker.chart(id)
  const shown = textOf(document['name'])
  const maskedName = shown === '' || shown === id ? masked : masker.chart(shown)
  return mapEntries(document, (key, value) => {
    if (key === 'id') return [key, masked]
    if (key === 'name') return [key, maskedName]
    if (key === 'type') return [key, masked.includes('.') ? masked.slice(0, masked.indexOf('.')) : masked]
    if (key === 'context') return [key, masker.context(textOf(value))]
    if (key === 'family') return [key, masker.family(id, textOf(value))]
    if (key === 'title')
      return [
        key,
        masker.text(
          textOf(value)
            .replaceAll(id, () => masked)
            .replaceAll(shown === '' ? id : shown, () => maskedName),
        ),
      ]
    if (key === 'data_url') return [key, `/api/v1/data?chart=${masked}`]
    if (key === 'labels' || key === 'chart_labels') return [key, masker.chartLabels(id, labelsOf(value))]
    if (key === 'dimensions' && isObject(value)) return [key, maskDimensions(masker, id, value)]
    if (key === 'alarms') return [key, mapTexts(value, masker.text)]
    if (key === 'chart_variables' || key === 'functions') return [key, value]
    return [key, typeof value === 'string' ? masker.text(value) : value]
  })
}

function maskDimensions(masker: Masker, chart: string, dimensions: JsonObject): JsonObject {
  return mapEntries(dimensions, (id, value) => [
    masker.dimension(chart, id),
    isObject(value) ? mapEntries(value, (key, each) => [key, typeof each === 'string' ? masker.dimension(chart, each) : each]) : value,
  ])
}

/** A context of `/api/v1/contexts` or `/api/v1/context`. */
export function maskContext(masker: Masker, id: string, document: Json): Json {
  if (!isObject(document)) return document
  const charts = isObject(document['charts']) ? Object.keys(document['charts']) : []
  return mapEntries(document, (key, value) => {
    if (key === 'title') {
      const named = charts.reduce((title, chart) => title.replaceAll(chart, () => masker.chart(chart)), textOf(value))
      return [key, masker.text(named.replaceAll(id, () => masker.context(id)))]
    }
    if (key === 'family') return [key, masker.family(id, textOf(value))]
    if (key === 'charts' && isObject(value))
      return [key, mapEntries(value, (chart, each) => [masker.chart(chart), maskChart(masker, chart, each)])]
    if (key === 'dimensions' && isObject(value)) return [key, maskDimensions(masker, id, value)]
    if (key === 'labels') return [key, mapTexts(value, masker.text)]
    return [key, typeof value === 'string' ? masker.text(value) : value]
  })
}

/** `/api/v1/contexts`, `/api/v1/charts`, `/api/v1/info`: the host around them. */
export function maskHost(masker: Masker, key: string, value: Json): Json | undefined {
  if (key === 'hostname') return masker.field('hostname', textOf(value), true)
  if (key === 'mirrored_hosts' && isList(value)) return value.map((each) => masker.field('hostname', textOf(each), true))
  if ((key === 'mirrored_hosts_status' || key === 'hosts') && isList(value)) {
    return value.map((each) =>
      isObject(each)
        ? mapEntries(each, (name, text) => [name, name === 'hostname' ? masker.field('hostname', textOf(text), true) : text])
        : each,
    )
  }
  if (key === 'host_labels') return masker.hostLabels(labelsOf(value))
  return undefined
}

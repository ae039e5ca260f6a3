import type { QueryResult } from './data.ts'

/** A value as agents print it: seven decimals at most, `null` for none. */
export function renderValue(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  // Beyond this the product leaves the integers a number can hold, and decimals mean nothing anyway.
  return Math.abs(value) > 1e8 ? String(value) : String(Math.round(value * 1e7) / 1e7)
}

/** The JSON text of a query's answer (agent-api §6.2), with the wrapper when `options` has `jsonwrap`. */
export function renderData(result: QueryResult, options: ReadonlySet<string>, hasChartIds: boolean, id: string): string {
  const table = renderTable(result, options)
  if (!options.has('jsonwrap')) return table
  const { columns, window, rows } = result
  const newest = rows[0] ?? []
  const values = rows.flat().filter((value) => !Number.isNaN(value))
  const latest = columns.map(({ chart, index }) => renderValue(chart.history.at(index, chart.history.lastS ?? 0)))
  const members: [string, string][] = [
    ['api', '1'],
    ['id', JSON.stringify(id)],
    ['name', JSON.stringify(id)],
    ['view_update_every', String(window.stepS)],
    ['update_every', String(result.updateEveryS)],
    ['first_entry', String(result.firstS)],
    ['last_entry', String(result.lastS)],
    ['before', String(window.beforeS)],
    ['after', String(window.beforeS - window.points * window.stepS + result.updateEveryS)],
    ['group', JSON.stringify(result.group)],
    ['options', JSON.stringify([...options, 'natural-points'].join(','))],
    ['dimension_names', JSON.stringify(columns.map(({ dimension }) => dimension.name))],
    ['dimension_ids', JSON.stringify(columns.map(({ dimension }) => dimension.id))],
    ['functions', '[]'],
    ...(hasChartIds ? [['chart_ids', JSON.stringify(columns.map(({ chart }) => chart.id))] as [string, string]] : []),
    ['latest_values', `[${latest.join(',')}]`],
    ['view_latest_values', `[${newest.map(renderValue).join(',')}]`],
    ['dimensions', String(columns.length)],
    ['points', String(rows.length)],
    ['format', '"json"'],
    ['db_points_per_tier', `[${rows.length * window.group * columns.length}]`],
    ['result', table],
    ['min', renderValue(values.reduce((low, value) => Math.min(low, value), values[0] ?? 0))],
    ['max', renderValue(values.reduce((high, value) => Math.max(high, value), values[0] ?? 0))],
  ]
  return `{${members.map(([name, text]) => `"${name}":${text}`).join(',')}}`
}

function renderTable({ columns, times, rows }: QueryResult, options: ReadonlySet<string>): string {
  const labels = ['time', ...columns.map(({ dimension }) => dimension.name)]
  const isMilliseconds = options.has('ms') || options.has('milliseconds')
  const asObjects = options.has('objectrows')
  const keys = labels.map((label) => `${JSON.stringify(label)}:`)
  const lines = rows.map((row, index) => {
    const time = String((times[index] ?? 0) * (isMilliseconds ? 1000 : 1))
    const cells = [time, ...row.map(renderValue)]
    return asObjects ? `{${cells.map((cell, at) => `${keys[at]}${cell}`).join(',')}}` : `[${cells.join(',')}]`
  })
  if (options.has('flip') || options.has('reversed')) lines.reverse()
  return `{"labels":${JSON.stringify(labels)},"data":[${lines.join(',')}]}`
}

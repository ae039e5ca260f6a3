import { isObject, listOf, objectOf } from '../json.ts'
import { numberOr, textOr, textsOf } from './reading.ts'
import { isSeverity, type Severity } from './severity.ts'

/** What a column holds; agents' words (agent-api §12.3). An unknown word is `string`. */
export const columnTypes = [
  'none',
  'integer',
  'boolean',
  'string',
  'detail-string',
  'bar-with-integer',
  'duration',
  'timestamp',
  'array',
  'float',
] as const
export type ColumnType = (typeof columnTypes)[number]
const visualizations = ['value', 'bar', 'pill', 'richValue', 'rowOptions'] as const
export type Visualization = (typeof visualizations)[number]
const transforms = ['none', 'number', 'duration', 'datetime', 'datetime_usec', 'xml'] as const
export type Transform = (typeof transforms)[number]
export const summaries = ['count', 'uniqueCount', 'sum', 'min', 'max', 'mean', 'median'] as const
export type Summary = (typeof summaries)[number]
const filterKinds = ['none', 'range', 'multiselect', 'facet'] as const
export type FilterKind = (typeof filterKinds)[number]

/** A column of a function's table. */
export interface FunctionColumn {
  readonly id: string
  readonly name: string
  /** Where its value stands in a row. */
  readonly index: number
  readonly type: ColumnType
  readonly visualization: Visualization
  readonly transform: Transform
  readonly units: string
  readonly decimals: number
  /** Shown in place of a missing value, or ''. */
  readonly placeholder: string
  /** What a full bar is worth; undefined when the agent did not say. */
  readonly max: number | undefined
  readonly isKey: boolean
  readonly isVisible: boolean
  readonly isSticky: boolean
  readonly isSortable: boolean
  readonly firstSort: 'ascending' | 'descending'
  readonly summary: Summary
  readonly filter: FilterKind
  readonly isFilterOpen: boolean
  /** The main text of a row: it takes the width there is. */
  readonly isWide: boolean
}

/** A row; `cells` are addressed by a column's index and may hold anything. */
export interface FunctionRow {
  /** The same for the same thing in the next answer, and no two rows of one answer have the same. */
  readonly key: string
  readonly cells: readonly unknown[]
  readonly severity: Severity
}

/** A way to group rows that the agent offers, outermost column first. */
export interface GroupOffer {
  readonly id: string
  readonly name: string
  readonly columnIds: readonly string[]
}

/** A quick chart: these columns added up for each value of another, or over all rows. */
export interface ChartOffer {
  readonly id: string
  readonly name: string
  readonly columnIds: readonly string[]
  readonly isOverAll: boolean
}

export interface FunctionTable {
  readonly columns: readonly FunctionColumn[]
  readonly rows: readonly FunctionRow[]
  readonly defaultSortId: string | undefined
  readonly groups: readonly GroupOffer[]
  readonly charts: readonly ChartOffer[]
  /** Chart id and the column it is grouped by, in the agent's order. */
  readonly defaultCharts: readonly (readonly [chartId: string, columnId: string | undefined])[]
  /** Rows that were left out because there were too many. */
  readonly cutRows: number
}

export const maxRows = 100_000
const maxColumns = 300

/** Reads the table of an answer (agent-api §12.3). Columns without a usable index and rows that are no lists are left out. */
export function readFunctionTable(answer: Readonly<Record<string, unknown>>): FunctionTable {
  const columns = Object.entries(objectOf(answer['columns']))
    .slice(0, maxColumns)
    .flatMap(([id, column]) => columnOf(id, objectOf(column)) ?? [])
    .sort((a, b) => a.index - b.index)
  const known = new Set(columns.map(({ id }) => id))
  const data = listOf(answer['data'])
  const usable = data.filter((row): row is unknown[] => Array.isArray(row))
  const charts = Object.entries(objectOf(answer['charts'])).flatMap(([id, chart]) => chartOf(id, objectOf(chart), known) ?? [])
  const defaultSortId = textOr(answer['default_sort_column'], '')
  return {
    columns,
    rows: rowsOf(usable.slice(0, maxRows), columns),
    defaultSortId: known.has(defaultSortId) ? defaultSortId : undefined,
    groups: groupsOf(answer['group_by'], known),
    charts,
    defaultCharts: listOf(answer['default_charts']).flatMap((item) => {
      const [chartId, columnId] = textsOf(item)
      if (chartId === undefined || !charts.some(({ id }) => id === chartId)) return []
      return [[chartId, columnId !== undefined && known.has(columnId) ? columnId : undefined] as const]
    }),
    cutRows: Math.max(0, usable.length - maxRows),
  }
}

const oneOf = <T extends string>(words: readonly T[], value: unknown, fallback: T): T => words.find((word) => word === value) ?? fallback

function columnOf(id: string, column: Readonly<Record<string, unknown>>): FunctionColumn | undefined {
  const index = numberOr(column['index'], -1)
  if (!Number.isInteger(index) || index < 0 || index > 10_000) return undefined
  const options = objectOf(column['value_options'])
  const flags = new Set(textsOf(column['options']))
  const type = oneOf(columnTypes, column['type'], 'string')
  const visualization = oneOf(visualizations, column['visualization'], 'value')
  const max = numberOr(column['max'], undefined)
  const isHidden = visualization === 'rowOptions' || column['dummy'] === true || type === 'none'
  return {
    id,
    name: textOr(column['name'], id, 200) || id,
    index,
    type,
    visualization,
    transform: oneOf(transforms, options['transform'] ?? column['transform'], type === 'timestamp' ? 'datetime' : 'none'),
    units: textOr(options['units'] ?? column['units'], '', 40),
    decimals: Math.min(10, Math.max(0, Math.round(numberOr(options['decimal_points'], 0)))),
    placeholder: textOr(options['default_value'], '', 100),
    max: max !== undefined && max > 0 ? max : undefined,
    isKey: column['unique_key'] === true,
    isVisible: !isHidden && (column['visible'] === true || flags.has('visible')),
    isSticky: column['sticky'] === true || flags.has('sticky'),
    isSortable: column['sortable'] !== false && !isHidden,
    firstSort: textOr(column['sort'], '').startsWith('desc') ? 'descending' : 'ascending',
    summary: oneOf(summaries, column['summary'], 'count'),
    filter: isHidden ? 'none' : oneOf(filterKinds, column['filter'], 'none'),
    isFilterOpen: column['default_expanded_filter'] === true,
    isWide: column['full_width'] === true || flags.has('full_width') || flags.has('main_text'),
  }
}

/** Whether a column is shown to people at all; the others tell the page how to draw a row. */
export function isShowable({ type, visualization }: Pick<FunctionColumn, 'type' | 'visualization'>): boolean {
  return type !== 'none' && visualization !== 'rowOptions'
}

function rowsOf(data: readonly (readonly unknown[])[], columns: readonly FunctionColumn[]): readonly FunctionRow[] {
  const keyColumns = columns.filter(({ isKey }) => isKey)
  const optionColumns = columns.filter(({ visualization }) => visualization === 'rowOptions')
  const seen = new Map<string, number>()
  return data.map((cells, place) => {
    const bare = keyColumns.length === 0 ? `#${place}` : keyColumns.map(({ index }) => keyText(cells[index])).join('\u0000')
    const times = seen.get(bare) ?? 0
    seen.set(bare, times + 1)
    return { key: times === 0 ? bare : `${bare}\u0000#${times}`, cells, severity: severityOf(cells, optionColumns) }
  })
}

function keyText(value: unknown): string {
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…${value.length}` : value
  return JSON.stringify(value ?? null).slice(0, 200)
}

/** The severity stands in the dummy column, or in an object at the end of the row. */
function severityOf(cells: readonly unknown[], optionColumns: readonly FunctionColumn[]): Severity {
  for (const { index } of optionColumns) {
    const options = objectOf(cells[index])
    const severity = options['severity'] ?? objectOf(options['rowOptions'])['severity']
    if (isSeverity(severity)) return severity
  }
  const last = objectOf(objectOf(cells.at(-1))['rowOptions'])['severity']
  return isSeverity(last) ? last : 'normal'
}

function groupsOf(value: unknown, known: ReadonlySet<string>): readonly GroupOffer[] {
  const flat = objectOf(value)
  const nested = listOf(flat['aggregated'])
    .filter(isObject)
    .map((item) => [textOr(item['id'], ''), { name: item['name'], columns: [item['column']] }] as const)
  return [...Object.entries(flat), ...nested].flatMap(([id, item]) => {
    const columnIds = textsOf(objectOf(item)['columns']).filter((column) => known.has(column))
    if (id === '' || columnIds.length === 0) return []
    return [{ id, name: textOr(objectOf(item)['name'], id, 200), columnIds: [...new Set(columnIds)].slice(0, 5) }]
  })
}

function chartOf(id: string, chart: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): ChartOffer | undefined {
  const columnIds = textsOf(chart['columns']).filter((column) => known.has(column))
  if (columnIds.length === 0) return undefined
  return { id, name: textOr(chart['name'], id, 200), columnIds: columnIds.slice(0, 12), isOverAll: chart['groupBy'] === 'all' }
}

import { cellNumber } from './cell-format.ts'
import type { FunctionColumn, FunctionTable } from './function-table.ts'
import { isObject, listOf, objectOf } from '../json.ts'
import { numberOr, textOr, textsOf } from './reading.ts'
import { severityOfWord, type Severity } from './severity.ts'

/** A log entry; `fields` by column id, as they came. Entries of one page need not have the columns of another. */
export interface LogEntry {
  readonly key: string
  /** Epoch microseconds. */
  readonly timeUs: number
  readonly severity: Severity
  readonly fields: ReadonlyMap<string, unknown>
}

/** A field entries can be chosen by, with how many have each value. */
export interface LogFacet {
  readonly id: string
  readonly name: string
  readonly options: readonly { readonly id: string; readonly name: string; readonly count: number }[]
}

/** How many entries there are over time, for each value of a facet. */
export interface LogHistogram {
  readonly id: string
  readonly name: string
  readonly labels: readonly string[]
  /** Beginning of each slot, epoch milliseconds, oldest first. */
  readonly timesMs: readonly number[]
  /** By slot, then by label. */
  readonly counts: readonly (readonly number[])[]
  readonly stepMs: number
}

/** What a log function answered: a page of entries, newest first, and what comes with it. */
export interface LogPage {
  readonly columns: readonly FunctionColumn[]
  readonly entries: readonly LogEntry[]
  /** Undefined when the answer had none (`data_only`). */
  readonly facets: readonly LogFacet[] | undefined
  readonly facetsDelta: readonly LogFacet[] | undefined
  readonly histogram: LogHistogram | undefined
  readonly histogramDelta: LogHistogram | undefined
  readonly histograms: readonly { readonly id: string; readonly name: string }[]
  /** Entries that matched, and how many of them were sent at most; undefined when the answer did not say. */
  readonly matched: number | undefined
  readonly matchedDelta: number | undefined
  readonly pageSize: number | undefined
  readonly lastModifiedUs: number | undefined
  /** The agent's note about this answer, such as that it is incomplete; or ''. */
  readonly note: string
}

const maxFacets = 200
const maxOptions = 1_000
const maxSlots = 2_000

/** Reads what a table of logs has besides its table (agent-api §12.3). Anything of the wrong shape is left out. */
export function readLogPage(answer: Readonly<Record<string, unknown>>, table: FunctionTable): LogPage {
  const items = objectOf(answer['items'])
  const delta = objectOf(answer['items_delta'])
  const message = objectOf(answer['message'])
  return {
    columns: table.columns,
    entries: entriesOf(table, textOr(objectOf(answer['pagination'])['column'], 'timestamp')),
    facets: Array.isArray(answer['facets']) ? facetsOf(answer['facets']) : undefined,
    facetsDelta: Array.isArray(answer['facets_delta']) ? facetsOf(answer['facets_delta']) : undefined,
    histogram: histogramOf(answer['histogram']),
    histogramDelta: histogramOf(answer['histogram_delta']),
    histograms: named(answer['available_histograms']),
    matched: numberOr(items['matched'], undefined),
    matchedDelta: numberOr(delta['matched'], undefined),
    pageSize: numberOr(items['max_to_return'] ?? delta['max_to_return'], undefined),
    lastModifiedUs: numberOr(answer['last_modified'] ?? objectOf(answer['anchor'])['last_modified'], undefined),
    note: [textOr(message['title'], ''), textOr(message['description'], '')].filter((text) => text.trim() !== '').join(' '),
  }
}

/** Whether a column says how grave an entry is. */
export function isLevel({ filter, name }: Pick<FunctionColumn, 'filter' | 'name'>): boolean {
  return filter === 'facet' && /priority|severity|level/iu.test(name)
}

function entriesOf({ columns, rows }: FunctionTable, timeColumnId: string): readonly LogEntry[] {
  const timeColumn = columns.find(({ id }) => id === timeColumnId) ?? columns.find(({ type }) => type === 'timestamp')
  const levels = columns.filter(isLevel)
  const toUs = timeColumn?.transform === 'datetime' ? 1_000 : 1
  const seen = new Map<number, number>()
  return rows
    .flatMap((row): LogEntry[] => {
      const time = timeColumn === undefined ? undefined : cellNumber(row.cells[timeColumn.index])
      if (time === undefined) return []
      const timeUs = Math.round(time * toUs)
      const times = seen.get(timeUs) ?? 0
      seen.set(timeUs, times + 1)
      const fields = new Map(columns.map((column) => [column.id, row.cells[column.index]]))
      // The level that was written says it better than the agent's colour for the row.
      const severity = levels.reduce<Severity | undefined>((found, { index }) => found ?? severityOfWord(row.cells[index]), undefined)
      return [{ key: times === 0 ? String(timeUs) : `${timeUs}#${times}`, timeUs, severity: severity ?? row.severity, fields }]
    })
    .sort((a, b) => b.timeUs - a.timeUs)
}

function named(value: unknown): readonly { readonly id: string; readonly name: string; readonly order: number }[] {
  return listOf(value)
    .filter(isObject)
    .slice(0, maxFacets)
    .flatMap((item) => {
      const id = textOr(item['id'], '')
      return id === '' ? [] : [{ id, name: textOr(item['name'], id, 200), order: numberOr(item['order'], Number.MAX_SAFE_INTEGER) }]
    })
    .sort((a, b) => a.order - b.order)
}

function facetsOf(value: unknown): readonly LogFacet[] {
  const items = new Map(
    listOf(value)
      .filter(isObject)
      .map((item) => [item['id'], item]),
  )
  return named(value).map(({ id, name }) => ({
    id,
    name,
    options: listOf(items.get(id)?.['options'])
      .filter(isObject)
      .slice(0, maxOptions)
      .flatMap((option) => {
        const optionId = textOr(option['id'], '')
        if (optionId === '') return []
        return [{ id: optionId, name: textOr(option['name'], optionId, 300), count: Math.max(0, numberOr(option['count'], 0)) }]
      }),
  }))
}

/** The chart inside is an answer of v2 data: times in milliseconds, each point a list whose first number is the value. */
function histogramOf(value: unknown): LogHistogram | undefined {
  if (!isObject(value)) return undefined
  const chart = objectOf(value['chart'])
  const result = objectOf(chart['result'])
  const labels = textsOf(result['labels']).slice(1)
  const slots = listOf(result['data'])
    .slice(0, maxSlots)
    .flatMap((row) => {
      const [time, ...points] = listOf(row)
      const timeMs = numberOr(time, undefined)
      if (timeMs === undefined) return []
      const counts = labels.map((_, place) => {
        const point = points[place]
        return Math.max(0, numberOr(Array.isArray(point) ? point[0] : point, 0))
      })
      // A time too small to be milliseconds is in seconds.
      return [{ timeMs: timeMs < 1e11 ? timeMs * 1_000 : timeMs, counts }]
    })
    .sort((a, b) => a.timeMs - b.timeMs)
  const stepS = numberOr(objectOf(chart['view'])['update_every'], numberOr(objectOf(chart['db'])['update_every'], 0))
  const between = slots.length > 1 ? (slots[1]?.timeMs ?? 0) - (slots[0]?.timeMs ?? 0) : 1_000
  return {
    id: textOr(value['id'], ''),
    name: textOr(value['name'], '', 200),
    labels,
    timesMs: slots.map(({ timeMs }) => timeMs),
    counts: slots.map(({ counts }) => counts),
    stepMs: stepS > 0 ? stepS * 1_000 : between,
  }
}

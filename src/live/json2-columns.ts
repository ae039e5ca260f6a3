import { isObject, listOf, objectOf } from '../support/json.ts'
import { isRowTime, rowStepS } from './row-times.ts'

type Fields = Readonly<Record<string, unknown>>

/** One series of an answer of `/api/v2|v3/data`. A NaN value is a gap. */
export interface Json2Column {
  /** As the agent writes it: the parts joined by commas. */
  readonly id: string
  readonly name: string
  readonly units: string
  /** Metrics in it. */
  readonly volume: number
  readonly values: Float64Array
  /** How many metrics are in each value, which is not divided then; undefined in an answer without `raw`. */
  readonly counts: Float64Array | undefined
  /** Anomaly rates as the agent gives them: divided by nothing in an answer with `raw`. */
  readonly anomalies: Float64Array
  /** 1 where the agent had fewer sources than usual. */
  readonly partial: Float64Array
}

/** The table of a json2 answer in columns, oldest row first (agent-api §8.3). */
export interface Json2Columns {
  readonly stepS: number
  /** How often the fastest of its metrics is collected. */
  readonly updateEveryS: number
  readonly timesS: Float64Array
  readonly series: readonly Json2Column[]
  readonly title: string
  readonly units: string
  readonly chartType: string
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const numberOr = (value: unknown, fallback: number): number => (typeof value === 'number' && Number.isFinite(value) ? value : fallback)

const partialBit = 4

/** Reads the table of a json2 answer; undefined when there is none. Nothing matched is a table without rows. */
export function json2Columns(answer: Fields): Json2Columns | undefined {
  const result = answer['result']
  if (!isObject(result)) return undefined
  const view = objectOf(answer['view'])
  const point = objectOf(result['point'])
  const place = (field: string): number => numberOr(point[field], -1)
  const [valueAt, partialAt, countAt, anomalyAt] = [Math.max(0, place('value')), place('pa'), place('count'), place('arp')]
  const rows = listOf(result['data'])
    .filter((row): row is unknown[] => Array.isArray(row) && isRowTime(row[0]))
    // v2 and v3 keep no order of rows, whatever the options (agent-api §16).
    .sort((a, b) => Number(a[0]) - Number(b[0]))
  const viewDimensions = objectOf(view['dimensions'])
  const [names, units, aggregated] = ['names', 'units', 'aggregated'].map((field) => listOf(viewDimensions[field]))
  const viewUnits = textOf(listOf(view['units'])[0]) || textOf(view['units'])
  const column = (index: number, at: number): Float64Array =>
    Float64Array.from(rows, (row) => {
      const cell = row[index + 1]
      return numberOr(Array.isArray(cell) ? cell[at] : at === valueAt ? cell : undefined, Number.NaN)
    })
  const series = listOf(result['labels'])
    .slice(1)
    .map((label, index): Json2Column => {
      const id = textOf(label)
      const bits = partialAt < 0 ? new Float64Array(rows.length) : column(index, partialAt)
      return {
        id,
        name: textOf(names?.[index]) || id,
        volume: numberOr(aggregated?.[index], 1),
        units: textOf(units?.[index]) || viewUnits,
        values: column(index, valueAt),
        counts: countAt < 0 ? undefined : column(index, countAt),
        anomalies: anomalyAt < 0 ? new Float64Array(rows.length) : column(index, anomalyAt),
        partial: bits.map((value) => (value & partialBit ? 1 : 0)),
      }
    })
  return {
    stepS: rowStepS(numberOr(view['update_every'], 1)),
    updateEveryS: rowStepS(numberOr(objectOf(answer['db'])['update_every'], 1)),
    timesS: Float64Array.from(rows, (row) => Number(row[0])),
    series,
    title: textOf(view['title']),
    units: viewUnits,
    chartType: textOf(view['chart_type']),
  }
}

import { createSeriesTable, type SeriesBlock } from '../feed/series-table.ts'
import type { AggregateAnswer, AggregateSeries } from './aggregate-answer.ts'

/** What a series of the table is, without its values. */
export type TableSeries = Omit<AggregateSeries, 'values' | 'counts' | 'partial'>

/** Aggregated values of one question over time, in the order in which its series appeared. */
export interface AggregateTable {
  readonly length: number
  readonly labelKeys: readonly string[]
  /** How often the fastest of its metrics is collected, as far as known. */
  readonly paceS: number
  series(): readonly TableSeries[]
  timesS(): Float64Array
  stepsS(): Float64Array
  /** Views, valid until the next merge or trim. */
  values(series: TableSeries): { readonly sums: Float64Array; readonly counts: Float64Array | undefined; readonly partial: Float64Array }
  /** Adds an answer; answers whether anything changed. Series of other units than the first are left out. */
  merge(answer: AggregateAnswer): boolean
  trimBefore(timeS: number): void
  /** Series left out because they measure in other units. */
  strangers(): number
}

/** Three columns a series: sum, count and flag. */
const columnsMax = 3 * 20_000

/** A table of at most so many rows. */
export function createAggregateTable(maxRows: number, labelKeys: readonly string[]): AggregateTable {
  const table = createSeriesTable(maxRows, columnsMax)
  const known = new Map<string, TableSeries>()
  const columns = new Map<string, number>()
  let list: readonly TableSeries[] = []
  let units: string | undefined
  let paceS = 1
  let strangers = 0

  const columnOf = (id: string, what: string) => columns.get(`${what} ${id}`)
  const note = (series: AggregateSeries) => {
    const { values: _values, counts: _counts, partial: _partial, ...rest } = series
    const before = known.get(series.id)
    known.set(series.id, before === undefined || before.volume <= rest.volume ? rest : { ...rest, volume: before.volume })
  }

  return {
    get length() {
      return table.length
    },
    labelKeys,
    get paceS() {
      return paceS
    },
    series: () => list,
    timesS: () => table.timesS(),
    stepsS: () => table.stepsS(),
    values({ id }) {
      const counts = columnOf(id, 'counts')
      return {
        sums: table.values(columnOf(id, 'values') ?? -1),
        counts: counts === undefined ? undefined : table.values(counts),
        partial: table.values(columnOf(id, 'partial') ?? -1),
      }
    },
    merge(answer) {
      units ??= answer.series[0]?.units
      const own = answer.series.filter((series) => series.units === units)
      strangers = answer.series.length - own.length
      if (answer.timesS.length > 0) paceS = answer.updateEveryS
      const blockColumns = own.flatMap((series) => {
        note(series)
        const column = (what: string, values: Float64Array) => ({ chartId: series.id, dimensionId: what, name: '', values })
        return [
          column('values', series.values),
          ...(series.counts
            ? [
                column(
                  'counts',
                  series.counts.map((count, row) => (Number.isNaN(series.values[row]) ? Number.NaN : count)),
                ),
              ]
            : []),
          // A later answer may find what was missing before: the flag is written with every value, and only then.
          column(
            'partial',
            series.partial.map((bit, row) => (Number.isNaN(series.values[row]) ? Number.NaN : bit)),
          ),
        ]
      })
      const block: SeriesBlock = { stepS: answer.stepS, timesS: answer.timesS, columns: blockColumns }
      const isChanged = table.merge(block)
      columns.clear()
      table.columns.forEach(({ chartId, dimensionId }, index) => columns.set(`${dimensionId} ${chartId}`, index))
      // What the table had no room for any more is no series either.
      for (const id of known.keys()) if (columnOf(id, 'values') === undefined) known.delete(id)
      list = [...known.values()]
      return isChanged
    },
    trimBefore: (timeS) => table.trimBefore(timeS),
    strangers: () => strangers,
  }
}

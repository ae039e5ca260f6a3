import type { DataAnswer } from './agent-answer.ts'

/** A column of the table: one dimension of one instance. */
export interface SeriesColumn {
  readonly chartId: string
  readonly dimensionId: string
  readonly name: string
}

/** Rows to merge: one context's share of an answer. */
export interface SeriesBlock {
  readonly stepS: number
  readonly timesS: Float64Array
  readonly columns: readonly (SeriesColumn & { readonly values: Float64Array })[]
}

/**
 * The values of one context in typed columns, rows in order of time. Capacity is bounded; the oldest rows leave first, and with too
 * many columns those that have been silent longest.
 * Rows remember their step, so that fine rows are never replaced by averages of a longer interval.
 */
export interface SeriesTable {
  readonly length: number
  readonly columns: readonly SeriesColumn[]
  /** Views, valid until the next merge or trim. */
  timesS(): Float64Array
  stepsS(): Float64Array
  /** One column, as a view in the order of `columns`; NaN is a gap. */
  values(columnIndex: number): Float64Array
  /** Adds rows; equal times are overwritten by a later answer of the same or a finer step. Answers whether anything changed. */
  merge(block: SeriesBlock): boolean
  /** Forgets rows before a time. */
  trimBefore(timeS: number): void
}

const firstCapacity = 256
/** Columns of one table; an agent that names its metrics anew with every answer fills no more than this. */
export const tableColumnsMax = 8_192

/** A table that keeps at most so many rows and columns. */
export function createSeriesTable(maxRows: number, maxColumns: number = tableColumnsMax): SeriesTable {
  const columns: SeriesColumn[] = []
  const indexOfKey = new Map<string, number>()
  let times = new Float64Array(firstCapacity)
  let steps = new Float64Array(firstCapacity)
  let data: Float64Array[] = []
  let start = 0
  let length = 0

  const columnIndex = (column: SeriesColumn): number => {
    const key = keyOf(column)
    const known = indexOfKey.get(key)
    if (known !== undefined) return known
    columns.push({ chartId: column.chartId, dimensionId: column.dimensionId, name: column.name })
    data.push(new Float64Array(times.length).fill(Number.NaN))
    indexOfKey.set(key, columns.length - 1)
    return columns.length - 1
  }

  /** When the block brings more columns than there is room for, half of the room is left to those that had a value last. */
  const makeColumnRoom = (block: SeriesBlock) => {
    const own = new Set(block.columns.map(keyOf))
    let fresh = 0
    for (const key of own) if (!indexOfKey.has(key)) fresh++
    if (columns.length + fresh <= maxColumns) return
    const lastRow = (column: Float64Array): number => {
      let row = start + length - 1
      while (row >= start && Number.isNaN(column[row])) row--
      return row
    }
    const kept = columns
      .map((column, index) => ({ column, values: data[index] as Float64Array, isOwn: own.has(keyOf(column)) }))
      .map((entry) => ({ ...entry, row: entry.isOwn ? Infinity : lastRow(entry.values) }))
      .sort((a, b) => b.row - a.row)
      .slice(0, Math.max(own.size - fresh, Math.floor(maxColumns / 2) - fresh))
    columns.splice(0, columns.length, ...kept.map(({ column }) => column))
    data = kept.map(({ values }) => values)
    indexOfKey.clear()
    columns.forEach((column, index) => indexOfKey.set(keyOf(column), index))
  }

  /** Room for one more row at the end: forget the oldest, slide back to the front, or double. */
  const makeRoom = () => {
    if (length >= maxRows) {
      start += 1
      length -= 1
    }
    if (start + length < times.length) return
    const grown = start === 0 || length > times.length / 2 ? times.length * 2 : times.length
    const moved = (from: Float64Array, empty: number) => {
      const to = grown === from.length ? from : new Float64Array(grown)
      if (to === from) to.copyWithin(0, start, start + length)
      else to.set(from.subarray(start, start + length))
      return to.fill(empty, length)
    }
    times = moved(times, 0) as Float64Array<ArrayBuffer>
    steps = moved(steps, 0) as Float64Array<ArrayBuffer>
    data = data.map((column) => moved(column, Number.NaN))
    start = 0
  }

  /** The first row whose time is not before `timeS`. */
  const lowerBound = (timeS: number): number => {
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((times[start + middle] ?? 0) < timeS) low = middle + 1
      else high = middle
    }
    return low
  }

  const append = (timeS: number, stepS: number) => {
    makeRoom()
    times[start + length] = timeS
    steps[start + length] = stepS
    for (const column of data) column[start + length] = Number.NaN
    length += 1
    return start + length - 1
  }

  /** Merges rows that do not simply follow or match the ones there are, into storage written anew. */
  const rebuild = (block: SeriesBlock, rows: readonly number[], targets: readonly number[]) => {
    const oldTimes = times.slice(start, start + length)
    const oldSteps = steps.slice(start, start + length)
    const oldData = data.map((column) => column.slice(start, start + length))
    const firstNewS = (block.timesS[rows[0] ?? 0] ?? 0) - block.stepS
    const lastNewS = block.timesS[rows.at(-1) ?? 0] ?? 0
    // An average over a longer interval gives way where finer rows arrive.
    const kept: number[] = []
    oldTimes.forEach((timeS, old) => {
      if ((oldSteps[old] ?? 1) <= block.stepS || timeS <= firstNewS || timeS > lastNewS) kept.push(old)
    })
    const added = withoutCovered(block, rows, kept, oldTimes, oldSteps)
    start = 0
    length = 0
    let next = 0
    for (const old of kept) {
      const timeS = oldTimes[old] ?? 0
      for (; next < added.length && timeOf(block, added, next) < timeS; next++) addRow(block, added[next] ?? 0, targets)
      const at = append(timeS, oldSteps[old] ?? 1)
      oldData.forEach((column, index) => {
        const target = data[index]
        if (target) target[at] = column[old] ?? Number.NaN
      })
      if (next < added.length && timeOf(block, added, next) === timeS) writeRow(block, added[next++] ?? 0, at, targets)
    }
    for (; next < added.length; next++) addRow(block, added[next] ?? 0, targets)
  }

  const addRow = (block: SeriesBlock, row: number, targets: readonly number[]) =>
    writeRow(block, row, append(block.timesS[row] ?? 0, block.stepS), targets)

  const writeRow = (block: SeriesBlock, row: number, at: number, targets: readonly number[]): boolean => {
    let isChanged = false
    steps[at] = Math.min(steps[at] || block.stepS, block.stepS)
    targets.forEach((target, index) => {
      const value = block.columns[index]?.values[row] ?? Number.NaN
      const column = data[target]
      if (Number.isNaN(value) || column === undefined || column[at] === value) return
      column[at] = value
      isChanged = true
    })
    return isChanged
  }

  return {
    get length() {
      return length
    },
    columns,
    timesS: () => times.subarray(start, start + length),
    stepsS: () => steps.subarray(start, start + length),
    values: (index) => (data[index] ?? new Float64Array(0)).subarray(start, start + length),
    merge(all) {
      const block = all.columns.length <= maxColumns ? all : { ...all, columns: all.columns.slice(0, maxColumns) }
      makeColumnRoom(block)
      const targets = block.columns.map(columnIndex)
      const rows: number[] = []
      for (let row = 0; row < block.timesS.length; row++) {
        if (block.columns.some((column) => !Number.isNaN(column.values[row] ?? Number.NaN))) rows.push(row)
      }
      let isChanged = false
      for (const [position, row] of rows.entries()) {
        const timeS = block.timesS[row] ?? 0
        if (length === 0 || timeS > (times[start + length - 1] ?? 0)) {
          writeRow(block, row, append(timeS, block.stepS), targets)
          isChanged = true
          continue
        }
        const at = lowerBound(timeS)
        if (times[start + at] !== timeS || (steps[start + at] ?? 1) > block.stepS) {
          rebuild(block, rows.slice(position), targets)
          return true
        }
        if ((steps[start + at] ?? 1) >= block.stepS) isChanged = writeRow(block, row, start + at, targets) || isChanged
      }
      return isChanged
    },
    trimBefore(timeS) {
      const at = lowerBound(timeS)
      start += at
      length -= at
    },
  }
}

/** The rows of a table that are newer than a time, all said to be of one step; undefined when there is none. Copies. */
export function rowsAfter(table: SeriesTable, timeS: number, stepS: number): SeriesBlock | undefined {
  const times = table.timesS()
  let first = times.length
  while (first > 0 && (times[first - 1] ?? 0) > timeS) first -= 1
  if (first === times.length) return undefined
  const columns = table.columns.map((column, index) => ({ ...column, values: table.values(index).slice(first) }))
  return { stepS, timesS: times.slice(first), columns }
}

const keyOf = ({ chartId, dimensionId }: SeriesColumn): string => `${chartId}\u0000${dimensionId}`

const timeOf = (block: SeriesBlock, rows: readonly number[], at: number): number => block.timesS[rows[at] ?? 0] ?? 0

/** The rows of a block in whose interval no finer row is kept. */
function withoutCovered(
  block: SeriesBlock,
  rows: readonly number[],
  kept: readonly number[],
  oldTimes: Float64Array,
  oldSteps: Float64Array,
): number[] {
  let passed = 0
  return rows.filter((row) => {
    const timeS = block.timesS[row] ?? 0
    while (passed < kept.length && (oldTimes[kept[passed] ?? 0] ?? 0) <= timeS) passed += 1
    const before = kept[passed - 1]
    return before === undefined || (oldTimes[before] ?? 0) <= timeS - block.stepS || (oldSteps[before] ?? 1) >= block.stepS
  })
}

/**
 * One context's share of an answer, or of several contexts' answers: columns are told apart by chart id.
 * A column without a known context is left to `onUnknown`.
 */
export function splitByContext(
  answer: DataAnswer,
  contextOf: (chartId: string | undefined) => string | undefined,
  onUnknown?: (chartId: string) => void,
): Map<string, SeriesBlock> {
  const blocks = new Map<string, { stepS: number; timesS: Float64Array; columns: (SeriesColumn & { values: Float64Array })[] }>()
  for (const column of answer.columns) {
    const contextId = contextOf(column.chartId)
    if (contextId === undefined) {
      onUnknown?.(column.chartId ?? '')
      continue
    }
    let block = blocks.get(contextId)
    if (block === undefined) blocks.set(contextId, (block = { stepS: answer.stepS, timesS: answer.timesS, columns: [] }))
    block.columns.push({ chartId: column.chartId ?? contextId, dimensionId: column.dimensionId, name: column.name, values: column.values })
  }
  return blocks
}

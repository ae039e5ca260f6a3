import { gapSteps, placeRows, rowGrid, type GridRows, type RowGrid } from './row-grid.ts'

/** How values of several metrics become one. */
export type Aggregation = 'average' | 'sum' | 'min' | 'max'

/** One column on its way into a series. NaN is a gap. */
export interface MergeMember {
  /** Place of its series in the frame. */
  readonly series: number
  readonly values: Float64Array
  /** Seconds between its samples; rows finer than that hold the way from one to the next. */
  readonly paceS: number
  /** How many metrics stand behind each value, which is their sum then; undefined: one. */
  readonly counts: Float64Array | undefined
  /** Rows in which the agent itself missed something; above zero. */
  readonly partial: Float64Array | undefined
  readonly volume: number
}

/** A table of one node or one agent, and what is taken from it. */
export interface MergeSource extends GridRows {
  readonly members: readonly MergeMember[]
  /** All its members are collected at one pace, so its own rows may be drawn as they are. */
  readonly isUniform: boolean
  /** Seconds between two of its answers: so much later than the others it may be. */
  readonly cadenceS: number
}

export interface MergeWish {
  readonly sources: readonly MergeSource[]
  readonly seriesCount: number
  readonly aggregation: Aggregation
  readonly fromS: number
  readonly toS: number
}

/** Rows of a frame; a row of nulls marks a gap. */
export interface MergedRows {
  readonly timesS: readonly number[]
  readonly values: readonly (readonly (number | null)[])[]
  readonly isPartial: readonly boolean[]
  /** The first row before which no source begins that begins right after the window does. */
  readonly wholeFromS: number
  /** For each series, how many metrics gave it values. */
  readonly volumes: readonly number[]
}

/** A source may be this much later than the others before its absence counts, beside two steps: clocks and links differ. */
const lateS = 3
/** Answers that come this often are no later than that. */
const oftenS = 2

/** Written anew by every merge; kept so that thirty charts a second leave no garbage behind. */
let places = new Int32Array(1024)
let sums = new Float64Array(4096)
let weights = new Float64Array(4096)
let present = new Int32Array(1024)
let expected = new Int32Array(1024)
let flagged = new Uint8Array(1024)

/**
 * Columns of several tables as series: rows laid over each other by time, then values joined by the aggregation, with their signs.
 * Several rows of a column within one interval are their mean first, or the last of them where they are finer than it is collected. The newest rows that a source still owes are left out.
 */
export function mergeRows({ sources, seriesCount, aggregation, fromS, toS }: MergeWish): MergedRows {
  const [only] = sources.length === 1 ? sources : []
  const own = only?.isUniform === true ? ownGrid(only, fromS, toS) : undefined
  const grid: RowGrid = own?.grid ?? rowGrid(sources, fromS, toS)
  const rows = grid.endsS.length
  makeRoom(rows, seriesCount, Math.max(0, ...sources.map(({ timesS }) => timesS.length)))
  const initial = aggregation === 'min' ? Infinity : aggregation === 'max' ? -Infinity : 0
  sums.fill(initial, 0, rows * seriesCount)
  weights.fill(0, 0, rows * seriesCount)
  present.fill(0, 0, rows)
  expected.fill(0, 0, rows + 1)
  flagged.fill(0, 0, rows)

  const edgeS = grid.endsS[rows - 1] ?? 0
  const volumes = Array.from<number>({ length: seriesCount }).fill(0)
  let completeRows = rows
  let firstRow = 0
  for (const source of sources) {
    if (own === undefined) placeRows(grid, source, places)
    else
      for (let row = 0; row < source.timesS.length; row++) places[row] = row < own.first || row >= own.first + rows ? -1 : row - own.first
    const placed = placedRows(source.timesS.length)
    const firstOfSource = placed.end === 0 ? 0 : (places[placed.first] ?? 0)
    if (isLateStart(grid, firstOfSource, fromS)) firstRow = Math.max(firstRow, firstOfSource)
    const lastOfSource = placed.end === 0 ? -1 : (places[placed.end - 1] ?? -1)
    const ownStepS = source.stepsS[source.stepsS.length - 1] ?? 1
    const isWhole = own !== undefined || isComplete(grid, lastOfSource, source.timesS[source.timesS.length - 1] ?? 0, ownStepS)
    for (const member of source.members) {
      const [first, last] = addMember(member, placed, source.stepsS, rows, aggregation)
      if (first === -1) continue
      volumes[member.series] = (volumes[member.series] ?? 0) + member.volume
      const stepS = grid.stepsS[last] ?? 1
      const behindS = edgeS - (grid.endsS[last] ?? 0)
      const graceS = 2 * stepS + lateS + Math.max(0, source.cadenceS - oftenS)
      // What ended while its source went on has ended for good; what ended with its source, or just now, is missed.
      const isEnded = last < lastOfSource && behindS > graceS
      expected[first] = (expected[first] ?? 0) + 1
      if (isEnded) expected[last + 1] = (expected[last + 1] ?? 0) - 1
      if (!isEnded && behindS <= graceS) completeRows = Math.min(completeRows, last === lastOfSource && !isWhole ? last : last + 1)
    }
  }
  const wholeFromS = grid.endsS[firstRow] ?? 0
  return { ...collect(grid, withoutOwed(grid, completeRows), seriesCount, aggregation, fromS, volumes), wholeFromS }
}

/** Whether the past of a source begins right after the window does: it was asked a moment later than that of the others. */
const isLateStart = ({ endsS, stepsS }: RowGrid, row: number, fromS: number): boolean =>
  row > 0 && (endsS[row] ?? 0) - fromS <= 2 * (stepsS[row] ?? 1) + lateS

/** Without the newest rows that an agent flagged a moment ago: what it still waits for comes soon. What it misses for longer is shown. */
function withoutOwed({ endsS, stepsS }: RowGrid, completeRows: number): number {
  let rows = completeRows
  while (rows > 0 && flagged[rows - 1] === 1) rows--
  const owedS = (endsS[completeRows - 1] ?? 0) - (endsS[rows - 1] ?? -Infinity)
  return owedS <= 2 * (stepsS[completeRows - 1] ?? 1) + lateS ? rows : completeRows
}

/** A single table keeps its own rows. */
function ownGrid(source: MergeSource, fromS: number, toS: number): { grid: RowGrid; first: number } {
  const { timesS } = source
  let first = 0
  while (first < timesS.length && (timesS[first] ?? 0) < fromS) first++
  first = Math.max(0, first - 1)
  let end = timesS.length
  while (end > first && (timesS[end - 1] ?? 0) > toS) end--
  const stepsS: number[] = []
  for (let row = first; row < end; row++) stepsS.push(Math.max(source.stepsS[row] ?? 1, source.paceS, 1))
  return { grid: { endsS: [...timesS.subarray(first, end)], stepsS }, first }
}

function makeRoom(rows: number, seriesCount: number, longest: number): void {
  if (places.length < longest) places = new Int32Array(2 * longest)
  if (sums.length < rows * seriesCount) {
    sums = new Float64Array(2 * rows * seriesCount)
    weights = new Float64Array(2 * rows * seriesCount)
  }
  if (present.length <= rows) {
    present = new Int32Array(2 * rows)
    expected = new Int32Array(2 * rows)
    flagged = new Uint8Array(2 * rows)
  }
}

/** The rows of a source that have a place, and whether each has one of its own. */
interface Placed {
  readonly first: number
  readonly end: number
  readonly isOneToOne: boolean
}

function placedRows(count: number): Placed {
  let end = count
  while (end > 0 && (places[end - 1] as number) < 0) end--
  let first = 0
  while (first < end && (places[first] as number) < 0) first++
  let isOneToOne = true
  for (let row = first; row + 1 < end; row++) {
    const place = places[row] as number
    if (place < 0 || place === places[row + 1]) isOneToOne = false
  }
  return { first, end, isOneToOne }
}

/** Forgets what the last merge left behind, for those who may keep nothing. */
export function forgetMergedRows(): void {
  places = new Int32Array(1024)
  sums = new Float64Array(4096)
  weights = new Float64Array(4096)
  present = new Int32Array(1024)
  expected = new Int32Array(1024)
  flagged = new Uint8Array(1024)
}

/** Whether no further row of the source can fall into the interval. */
function isComplete({ endsS }: RowGrid, place: number, timeS: number, stepS: number): boolean {
  return place < 0 || timeS + stepS / 2 > (endsS[place] ?? 0)
}

/** Adds a column to its series; answers the first and last row it gave a value, or -1. */
function addMember(
  member: MergeMember,
  placed: Placed,
  stepsS: Float64Array,
  rows: number,
  aggregation: Aggregation,
): readonly [number, number] {
  const base = member.series * rows
  if (placed.isOneToOne && member.counts === undefined && aggregation !== 'min' && aggregation !== 'max') {
    return addPlain(member.values, placed, base)
  }
  return addAny(member, placed, stepsS, base, aggregation)
}

/** The common case in as few steps as there are values: one row an interval, to be added up. */
function addPlain(values: Float64Array, { first: firstRow, end }: Placed, base: number): readonly [number, number] {
  let first = -1
  let last = -1
  for (let row = firstRow; row < end; row++) {
    const value = values[row] as number
    if (value !== value) continue
    const place = places[row] as number
    const at = base + place
    sums[at] = (sums[at] as number) + value
    weights[at] = (weights[at] as number) + 1
    present[place] = (present[place] as number) + 1
    if (first === -1) first = place
    last = place
  }
  return [first, last]
}

function addAny(
  { values, counts, partial, paceS }: MergeMember,
  { first: firstRow, end }: Placed,
  stepsS: Float64Array,
  base: number,
  aggregation: Aggregation,
): readonly [number, number] {
  let first = -1
  let last = -1
  let place = -1
  let sum = 0
  let weight = 0
  let samples = 0
  for (let row = firstRow; row <= end; row++) {
    const next = row === end ? -2 : (places[row] as number)
    if (next !== place) {
      if (samples > 0) {
        const value = samples === 1 ? sum : sum / samples
        const at = base + place
        const before = sums[at] as number
        if (aggregation === 'min') sums[at] = value < before ? value : before
        else if (aggregation === 'max') sums[at] = value > before ? value : before
        else sums[at] = before + value
        weights[at] = (weights[at] as number) + (samples === 1 ? weight : weight / samples)
        present[place] = (present[place] as number) + 1
        if (first === -1) first = place
        last = place
      }
      place = next
      sum = 0
      weight = 0
      samples = 0
    }
    if (next < 0) continue
    const value = values[row] as number
    const metrics = counts === undefined ? 1 : (counts[row] as number)
    if (value !== value || !(metrics > 0)) continue
    if ((stepsS[row] as number) < paceS) {
      sum = 0
      weight = 0
      samples = 0
    }
    sum += value
    weight += metrics
    samples += 1
    if (partial !== undefined && (partial[row] as number) > 0) flagged[next] = 1
  }
  return [first, last]
}

function collect(
  { endsS, stepsS }: RowGrid,
  completeRows: number,
  seriesCount: number,
  aggregation: Aggregation,
  fromS: number,
  volumes: readonly number[],
): Omit<MergedRows, 'wholeFromS'> {
  const rows = endsS.length
  // An interval without any value is no row: silence between rows is drawn as one row of nulls.
  const kept: number[] = []
  const timesS: number[] = []
  const isPartial: boolean[] = []
  let wanted = 0
  for (let row = 0; row < completeRows; row++) {
    wanted += expected[row] ?? 0
    if ((present[row] ?? 0) === 0) continue
    const endS = endsS[row] ?? 0
    const before = kept.at(-1)
    if (before !== undefined) {
      const allowedS = gapSteps * Math.max(stepsS[row] ?? 1, stepsS[before] ?? 1)
      const beforeS = endsS[before] ?? 0
      if (endS - beforeS > allowedS) {
        kept.push(-1)
        timesS.push(beforeS + (stepsS[row] ?? 1))
        isPartial.push(false)
      }
    }
    kept.push(row)
    timesS.push(endS)
    isPartial.push((present[row] ?? 0) < wanted || flagged[row] === 1)
  }
  // Of what lies before the window one row is enough.
  let skip = 0
  while (skip + 1 < timesS.length && (timesS[skip + 1] ?? 0) < fromS) skip++
  if (skip > 0) for (const list of [kept, timesS, isPartial]) list.splice(0, skip)
  const isMean = aggregation === 'average'
  const values: (number | null)[][] = []
  for (let series = 0; series < seriesCount; series++) {
    const base = series * rows
    const line: (number | null)[] = []
    for (const row of kept) {
      const weight = row < 0 ? 0 : (weights[base + row] as number)
      if (weight === 0) line.push(null)
      else line.push(isMean ? (sums[base + row] as number) / weight : (sums[base + row] as number))
    }
    values.push(line)
  }
  return { timesS, values, isPartial, volumes }
}

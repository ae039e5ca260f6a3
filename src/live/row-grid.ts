/** Rows of one table: ends of intervals in epoch seconds, oldest first, and how long each is. */
export interface GridRows {
  readonly timesS: Float64Array
  readonly stepsS: Float64Array
  /** No interval is shorter than this: the slowest pace of what is taken from the table. */
  readonly paceS: number
}

/** Intervals of time, none overlapping: `endsS[i] - stepsS[i]` up to and with `endsS[i]`. Silence between two of them is a gap. */
export interface RowGrid {
  readonly endsS: readonly number[]
  readonly stepsS: readonly number[]
}

/** Rows farther apart than this many steps have a gap between them. */
export const gapSteps = 1.5

const stepOf = (rows: GridRows, row: number): number => Math.max(rows.stepsS[row] ?? 1, rows.paceS, 1)

/**
 * The intervals on which several tables can be laid over each other: at each time the coarsest step that any of them has there,
 * in the phase of the first that has it. Covers one interval before `fromS`, so that lines enter from outside.
 */
export function rowGrid(tables: readonly GridRows[], fromS: number, toS: number): RowGrid {
  const events: GridEvent[] = []
  for (const rows of tables) addSegments(rows, fromS, toS, events)
  events.sort((a, b) => a.timeS - b.timeS)
  const active = new Map<number, { count: number; phaseS: number }>()
  const endsS: number[] = []
  const stepsS: number[] = []
  events.forEach(({ timeS, stepS, phaseS, by }, index) => {
    const known = active.get(stepS) ?? { count: 0, phaseS }
    known.count += by
    if (known.count === 0) active.delete(stepS)
    else active.set(stepS, known)
    const untilS = events[index + 1]?.timeS
    if (untilS === undefined || untilS === timeS || active.size === 0) return
    const coarsestS = Math.max(...active.keys())
    const offsetS = active.get(coarsestS)?.phaseS ?? 0
    for (let endS = (Math.floor((timeS - offsetS) / coarsestS) + 1) * coarsestS + offsetS; endS - coarsestS < untilS; endS += coarsestS) {
      if (endS <= (endsS.at(-1) ?? -Infinity)) continue
      endsS.push(endS)
      stepsS.push(coarsestS)
    }
  })
  const first = Math.max(0, endsS.findIndex((endS) => endS >= fromS) - 1)
  let last = endsS.length
  while (last > first && (endsS[last - 1] ?? 0) > toS) last--
  return { endsS: endsS.slice(first, last), stepsS: stepsS.slice(first, last) }
}

interface GridEvent {
  readonly timeS: number
  readonly stepS: number
  readonly phaseS: number
  readonly by: 1 | -1
}

/** Spans in which a table has rows of one step without a gap. */
function addSegments(rows: GridRows, fromS: number, toS: number, events: GridEvent[]): void {
  const { timesS } = rows
  let startS: number | undefined
  let endS = 0
  let stepS = 0
  let isFiner = false
  const close = () => {
    if (startS === undefined) return
    // Rows finer than what is collected end where they happen to; samples are kept at multiples of their pace.
    const phaseS = isFiner ? 0 : endS % stepS
    events.push({ timeS: startS, stepS, phaseS, by: 1 }, { timeS: endS, stepS, phaseS, by: -1 })
    startS = undefined
  }
  for (let row = 0; row < timesS.length; row++) {
    const timeS = timesS[row] ?? 0
    const own = stepOf(rows, row)
    // Enough to the left that a coarse interval around the edge is whole.
    if (timeS < fromS - 3 * own) continue
    if (timeS - own >= toS) break
    if (startS !== undefined && (own !== stepS || timeS - endS > gapSteps * own)) close()
    if (startS === undefined) {
      startS = Math.max(timeS - own, endS)
      stepS = own
      isFiner = (rows.stepsS[row] ?? 1) < own
    }
    endS = timeS
  }
  close()
}

/**
 * The interval of the grid that each row belongs to, by the middle of the row's own interval; -1 for a row outside. Written into
 * `into`, which holds at least as many places as there are rows.
 */
export function placeRows({ endsS, stepsS }: RowGrid, rows: GridRows, into: Int32Array): void {
  let at = 0
  for (let row = 0; row < rows.timesS.length; row++) {
    const middleS = (rows.timesS[row] ?? 0) - (rows.stepsS[row] ?? 1) / 2
    while (at < endsS.length && (endsS[at] ?? 0) < middleS) at++
    const isInside = at < endsS.length && middleS > (endsS[at] ?? 0) - (stepsS[at] ?? 0)
    into[row] = isInside ? at : -1
  }
}

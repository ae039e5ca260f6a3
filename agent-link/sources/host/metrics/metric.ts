import type { ChartDefinition } from '../chart.ts'
import type { KernelFiles } from '../kernel/files.ts'

/** What a metric writes to during one collection. */
export interface Sampling {
  readonly files: KernelFiles
  /** The second this sample belongs to. */
  readonly timeS: number
  /** Time since the epoch of no one, in seconds, that never goes back: counters become rates by its differences. */
  readonly monotonicS: number
  /** Keeps one row of a chart; the chart appears at its first row. Of several rows within a chart's step the first counts. */
  readonly set: (definition: ChartDefinition, values: readonly number[]) => void
}

/** One group of charts. Each keeps what it needs of the previous sample. */
export interface Metric {
  readonly module: string
  readonly everyS: number
  collect(sampling: Sampling): void | Promise<void>
}

/**
 * Turns growing counters into rates per second. The first sample, a counter that went back (a reset) and a file that vanished give
 * no rate: `rate` is then undefined.
 */
export function createRates() {
  const previous = new Map<string, { counters: readonly number[]; atS: number }>()
  return {
    rate(key: string, counters: readonly number[], nowS: number): number[] | undefined {
      const before = previous.get(key)
      previous.set(key, { counters, atS: nowS })
      if (before === undefined || nowS <= before.atS) return undefined
      const rates = counters.map((counter, index) => (counter - (before.counters[index] ?? counter)) / (nowS - before.atS))
      return rates.some((rate) => rate < 0) ? undefined : rates
    },
  }
}

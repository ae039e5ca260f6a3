import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { ChartSet } from './chart.ts'
import type { KernelFiles } from './kernel/files.ts'
import type { Metric, Sampling } from './metrics/metric.ts'

export interface CollectorDeps {
  readonly metrics: readonly Metric[]
  readonly files: KernelFiles
  readonly charts: ChartSet
  readonly clock: Clock
  readonly log: Log
  /** After every round of collection, with its second. */
  readonly onSampled: (timeS: number) => void
}

/** Samples start this long after a wall second begins, so that a timer that fires a little early does not repeat the second before. */
const afterSecondMs = 5

/** Collects once a wall second, every metric at its own pace. Starting or stopping twice is harmless. */
export function createCollector({ metrics, files, charts, clock, log, onSampled }: CollectorDeps) {
  let cancel: (() => void) | undefined
  const busy = new Set<Metric>()
  const failed = new Set<Metric>()
  let isFirst = true

  /** One round. A metric that is still at work from the last one is left out. */
  function sample(): void {
    const timeS = Math.floor(clock.nowMs() / 1000)
    const monotonicS = clock.monotonicMs() / 1000
    const sampling: Sampling = {
      files,
      timeS,
      monotonicS,
      set(definition, values) {
        const chart = charts.ensure(definition)
        chart?.history.write(Math.floor(timeS / chart.updateEveryS) * chart.updateEveryS, values)
      },
    }
    for (const metric of metrics) {
      // The first round asks everything, so that the set of charts is complete soon and the same after every start.
      if ((timeS % metric.everyS !== 0 && !isFirst) || busy.has(metric)) continue
      try {
        const work = metric.collect(sampling)
        if (work === undefined) continue
        busy.add(metric)
        work.catch((cause: unknown) => complain(metric, cause)).finally(() => busy.delete(metric))
      } catch (cause) {
        complain(metric, cause)
      }
    }
    isFirst = false
    onSampled(timeS)
  }

  /** Once a metric: a broken kernel file would otherwise fill the log every second. */
  function complain(metric: Metric, cause: unknown): void {
    if (failed.has(metric)) return
    failed.add(metric)
    log.warn('host_metric_failed', { module: metric.module, reason: cause instanceof Error ? cause.name : 'unknown' })
  }

  function schedule(): void {
    const untilNextMs = 1000 - (clock.nowMs() % 1000) + afterSecondMs
    cancel = clock.after(untilNextMs, () => {
      schedule()
      sample()
    })
  }

  return {
    start(): void {
      if (cancel !== undefined) return
      sample()
      schedule()
    },
    stop(): void {
      cancel?.()
      cancel = undefined
    },
  }
}

import { expect, it } from 'vitest'
import { createFakeKernel } from '../../../test/doubles/hosts/fake-kernel.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createChartSet } from './chart.ts'
import { createCollector } from './collector.ts'
import type { Metric } from './metrics/metric.ts'

function scene(metrics: (rounds: number[]) => readonly Metric[], log: Log = silentLog) {
  const clock = createHandClock(1_800_000_000_400)
  const rounds: number[] = []
  const sampled: number[] = []
  const collector = createCollector({
    metrics: metrics(rounds),
    files: createFakeKernel({}),
    charts: createChartSet(() => undefined),
    clock,
    log,
    onSampled: (timeS) => void sampled.push(timeS - 1_800_000_000),
  })
  return { clock, rounds, sampled, collector }
}

const note = (rounds: number[], everyS: number): Metric => ({
  module: 'm',
  everyS,
  collect: ({ timeS }) => void rounds.push(timeS - 1_800_000_000),
})

it('[HS10] samples at once and then just after every wall second; starting twice is once, stopping ends it', () => {
  const { clock, sampled, collector } = scene(() => [])
  collector.start()
  collector.start()
  clock.advance(604)
  expect(sampled).toEqual([0])
  clock.advance(1)
  expect(sampled).toEqual([0, 1])
  clock.advance(3_000)
  expect(sampled).toEqual([0, 1, 2, 3, 4])
  collector.stop()
  collector.stop()
  clock.advance(5_000)
  expect(sampled.length).toBe(5)
})

it('[HS10] asks slow metrics in the first round and then at their pace', () => {
  const { clock, rounds, collector } = scene((list) => [note(list, 5)])
  collector.start()
  clock.advance(11_000)
  expect(rounds).toEqual([0, 5, 10])
})

it('[HS10] leaves out a metric that is still at work, and goes on after failures, telling each once', async () => {
  const warnings: unknown[] = []
  let finish = () => {}
  const slow: Metric = { module: 'slow', everyS: 1, collect: () => new Promise<void>((resolve) => (finish = resolve)) }
  let slowRounds = 0
  const counted: Metric = { ...slow, collect: (sampling) => (slowRounds++, slow.collect(sampling)) }
  const broken: Metric = {
    module: 'broken',
    everyS: 1,
    collect() {
      throw new TypeError('value 42')
    },
  }
  const { clock, rounds, collector } = scene((list) => [counted, broken, note(list, 1)], {
    ...silentLog,
    warn: (event, fields) => void warnings.push([event, fields]),
  })
  collector.start()
  clock.advance(2_000)
  expect(slowRounds).toBe(1)
  expect(rounds).toEqual([0, 1, 2])
  expect(warnings).toEqual([['host_metric_failed', { module: 'broken', reason: 'TypeError' }]])
  finish()
  await new Promise(setImmediate)
  clock.advance(1_000)
  expect(slowRounds).toBe(2)
})

import type { ChartDefinition } from '../chart.ts'
import { parseStat } from '../kernel/parse-stat.ts'
import type { CpuTicks } from '../kernel/parse-stat.ts'
import { createRates } from './metric.ts'
import type { Metric } from './metric.ts'

const module = '/proc/stat'
const cpuDimensions = ['guest_nice', 'guest', 'steal', 'softirq', 'irq', 'user', 'system', 'nice', 'iowait']

const total: ChartDefinition = {
  id: 'system.cpu',
  context: 'system.cpu',
  family: 'cpu',
  title: 'Total CPU utilization',
  units: 'percentage',
  priority: 100,
  chartType: 'stacked',
  module,
  dimensions: cpuDimensions,
}
const core = (name: string, index: number): ChartDefinition => ({
  ...total,
  id: `cpu.${name}`,
  context: 'cpu.cpu',
  family: 'utilization',
  title: 'Core utilization',
  priority: 1001 + index,
  labels: { cpu: name },
})
const counter = (id: string, family: string, title: string, units: string, priority: number, dimension: string): ChartDefinition => ({
  id,
  context: id,
  family,
  title,
  units,
  priority,
  chartType: 'line',
  module,
  dimensions: [dimension],
})
const interrupts = counter('system.intr', 'interrupts', 'CPU Interrupts', 'interrupts/s', 900, 'interrupts')
const switches = counter('system.ctxt', 'processes', 'CPU Context Switches', 'context switches/s', 800, 'switches')
const forks = counter('system.forks', 'processes', 'Started Processes', 'processes/s', 700, 'started')
const processes: ChartDefinition = {
  ...counter('system.processes', 'processes', 'System Processes', 'processes', 600, 'running'),
  dimensions: ['running', 'blocked'],
}

/** Everything /proc/stat tells: shares of CPU time as percentages of all ticks, and per-second counters. */
export function createCpuMetric(): Metric {
  let previous = new Map<string, CpuTicks>()
  const rates = createRates()
  return {
    module,
    everyS: 1,
    collect(sampling) {
      const text = sampling.files.read('proc/stat')
      if (text === undefined) return
      const stat = parseStat(text)
      const now = new Map<string, CpuTicks>([...(stat.total ? [['cpu', stat.total] as const] : []), ...stat.cores])
      for (const [name, ticks] of now) {
        const before = previous.get(name)
        const shares = before && cpuShares(before, ticks)
        if (shares) sampling.set(name === 'cpu' ? total : core(name, Number(name.slice(3))), shares)
      }
      previous = now
      const perSecond = (definition: ChartDefinition, value: number | undefined) => {
        const rate = value === undefined ? undefined : rates.rate(definition.id, [value], sampling.monotonicS)
        if (rate) sampling.set(definition, rate)
      }
      perSecond(interrupts, stat.interrupts)
      perSecond(switches, stat.contextSwitches)
      perSecond(forks, stat.forks)
      if (stat.running !== undefined) sampling.set(processes, [stat.running, stat.blocked ?? 0])
    },
  }
}

/** Percentages of the ticks between two samples, in the order of the chart's dimensions; idle is the rest. A tick that went back counts as none. */
export function cpuShares(before: CpuTicks, now: CpuTicks): number[] | undefined {
  const delta = (key: keyof CpuTicks) => Math.max(0, now[key] - before[key])
  const parts = [
    delta('guestNice'),
    delta('guest'),
    delta('steal'),
    delta('softirq'),
    delta('irq'),
    delta('user'),
    delta('system'),
    delta('nice'),
    delta('iowait'),
  ]
  const all = parts.reduce((sum, part) => sum + part, delta('idle'))
  return all > 0 ? parts.map((part) => (part * 100) / all) : undefined
}

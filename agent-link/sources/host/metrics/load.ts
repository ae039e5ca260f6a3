import { readdirSync, readFileSync } from 'node:fs'
import type { ChartDefinition } from '../chart.ts'
import { parseLoadavg, parsePressure, parseProcessState, parseUptime } from '../kernel/parse-small.ts'
import type { ProcessState } from '../kernel/parse-small.ts'
import { createRates } from './metric.ts'
import type { Metric } from './metric.ts'

/** The kernel renews the averages every five seconds; asking more often shows nothing new. */
const loadEveryS = 5
const load: ChartDefinition = {
  id: 'system.load',
  context: 'system.load',
  family: 'load',
  title: 'System Load Average',
  units: 'load',
  priority: 100,
  chartType: 'line',
  module: '/proc/loadavg',
  updateEveryS: loadEveryS,
  dimensions: ['load1', 'load5', 'load15'],
}
const active: ChartDefinition = {
  id: 'system.active_processes',
  context: 'system.active_processes',
  family: 'processes',
  title: 'System Active Processes',
  units: 'processes',
  priority: 750,
  chartType: 'line',
  module: '/proc/loadavg',
  dimensions: ['active'],
}

/** Load averages and the number of scheduling entities. */
export function createLoadMetric(): Metric {
  return {
    module: '/proc/loadavg',
    everyS: 1,
    collect({ files, set }) {
      const values = parseLoadavg(files.read('proc/loadavg') ?? '')
      if (values === undefined) return
      set(load, [values.load1, values.load5, values.load15])
      set(active, [values.active])
    },
  }
}

const uptime: ChartDefinition = {
  id: 'system.uptime',
  context: 'system.uptime',
  family: 'uptime',
  title: 'System Uptime',
  units: 'seconds',
  priority: 1000,
  chartType: 'line',
  module: '/proc/uptime',
  dimensions: ['uptime'],
}

export function createUptimeMetric(): Metric {
  return {
    module: '/proc/uptime',
    everyS: 1,
    collect({ files, set }) {
      const seconds = parseUptime(files.read('proc/uptime') ?? '')
      if (seconds !== undefined) set(uptime, [seconds])
    },
  }
}

const pressures = [
  { file: 'cpu', name: 'cpu', title: 'CPU', family: 'cpu', priority: 140 },
  { file: 'memory', name: 'memory', title: 'Memory', family: 'ram', priority: 240 },
  { file: 'io', name: 'io', title: 'I/O', family: 'disk', priority: 190 },
] as const
/** The kernel renews its averages every two seconds. */
const pressureEveryS = 2

/** Pressure stall information, where the kernel has it. `full` for CPU is left out: on the whole system it is always zero. */
export function createPressureMetric(): Metric {
  const rates = createRates()
  return {
    module: '/proc/pressure',
    everyS: pressureEveryS,
    collect({ files, set, monotonicS }) {
      for (const { file, name, title, family, priority } of pressures) {
        const text = files.read(`proc/pressure/${file}`)
        if (text === undefined) continue
        const lines = parsePressure(text)
        for (const kind of ['some', 'full'] as const) {
          const line = lines[kind]
          if (line === undefined || (kind === 'full' && file === 'cpu')) continue
          const id = `system.${name}_${kind}_pressure`
          const first = priority + (kind === 'some' ? 0 : 10)
          const shared = { family, module: '/proc/pressure', updateEveryS: pressureEveryS, chartType: 'line' } as const
          const dimensions = [`${kind} 10`, `${kind} 60`, `${kind} 300`]
          set({ ...shared, id, context: id, title: `${title} ${kind} pressure`, units: 'percentage', priority: first, dimensions }, [
            line.avg10,
            line.avg60,
            line.avg300,
          ])
          const stall = rates.rate(id, [line.totalUs / 1000], monotonicS)
          const stallTitle = `${title} ${kind} pressure stall time`
          if (stall) {
            set(
              {
                ...shared,
                id: `${id}_stall_time`,
                context: `${id}_stall_time`,
                title: stallTitle,
                units: 'ms',
                priority: first + 5,
                dimensions: ['time'],
              },
              stall,
            )
          }
        }
      }
    },
  }
}

const processStates: readonly ProcessState[] = ['running', 'sleeping_interruptible', 'sleeping_uninterruptible', 'zombie', 'stopped']

/** How often all processes are looked at, so that looking stays cheap on hosts with many. Seconds. */
export function processScanEveryS(processes: number): number {
  if (processes <= 300) return 5
  if (processes <= 1_000) return 15
  return 60
}

/** Counts processes by state. `procRoot` is where they are listed; `everyS` is decided once, from their number at the start. */
export function createProcessesMetric(procRoot: string): Metric {
  const list = () => {
    try {
      return readdirSync(procRoot).filter((name) => /^\d+$/.test(name))
    } catch {
      return []
    }
  }
  const everyS = processScanEveryS(list().length)
  const definition: ChartDefinition = {
    id: 'system.processes_state',
    context: 'system.processes_state',
    family: 'processes',
    title: 'System Processes State',
    units: 'processes',
    priority: 601,
    chartType: 'line',
    plugin: 'apps.plugin',
    module: '',
    updateEveryS: everyS,
    dimensions: processStates,
  }
  return {
    module: '',
    everyS,
    collect({ set }) {
      const counts = new Map<ProcessState, number>(processStates.map((state) => [state, 0]))
      for (const pid of list()) {
        const state = processState(`${procRoot}/${pid}/stat`)
        if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1)
      }
      set(definition, [...counts.values()])
    },
  }
}

function processState(path: string): ProcessState | undefined {
  try {
    return parseProcessState(readFileSync(path, 'latin1'))
  } catch {
    // The process ended between listing and reading.
    return undefined
  }
}

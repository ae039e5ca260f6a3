import type { Context } from '../../../../src/domain/model.ts'

/** One thing a simulated host measures, with its dimensions. */
export interface SimulatedInstance {
  readonly chartId: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** A kind of metric of a simulated host. Values move between `low` and `high`; a negative range is outbound traffic. */
export interface SimulatedContext {
  readonly id: string
  readonly title: string
  readonly units: string
  readonly family: string
  readonly priority: number
  readonly chartType: string
  readonly updateEveryS: number
  readonly instances: readonly SimulatedInstance[]
  readonly dimensions: readonly { readonly id: string; readonly low: number; readonly high: number }[]
}

/** A host whose every value follows from its name and the time, so that a test can compute what a page must show. */
export interface SimulatedHost {
  readonly hostname: string
  readonly contexts: readonly SimulatedContext[]
  /** The value of a dimension at one second. */
  value(context: SimulatedContext, instance: SimulatedInstance, dimensionId: string, timeS: number): number
}

/** How long back simulated hosts remember, seconds. */
export const simulatedHistoryS = 40 * 86_400

const one = (chartId: string, labels: Record<string, string> = {}): readonly SimulatedInstance[] => [{ chartId, name: chartId, labels }]
const many = (context: string, key: string, names: readonly string[]): readonly SimulatedInstance[] =>
  names.map((name) => ({ chartId: `${context}.${name}`, name: `${context}.${name}`, labels: { [key]: name } }))
const range = (low: number, high: number, ...ids: readonly string[]) => ids.map((id) => ({ id, low, high }))

const disks = ['sda', 'sdb', 'nvme0n1']
const interfaces = ['eth0', 'eth1', 'docker0']
const cores = Array.from({ length: 8 }, (_, core) => `cpu${core}`)

/** What every simulated host measures: the contexts a Linux host has, under the names agents give them. */
export const hostContexts: readonly SimulatedContext[] = [
  {
    id: 'system.cpu',
    title: 'Total CPU utilization',
    units: 'percentage',
    family: 'cpu',
    priority: 100,
    chartType: 'stacked',
    updateEveryS: 1,
    instances: one('system.cpu'),
    dimensions: [...range(2, 35, 'user'), ...range(1, 12, 'system'), ...range(0, 4, 'iowait', 'softirq')],
  },
  {
    id: 'system.load',
    title: 'System Load Average',
    units: 'load',
    family: 'load',
    priority: 110,
    chartType: 'line',
    updateEveryS: 5,
    instances: one('system.load'),
    dimensions: range(0, 8, 'load1', 'load5', 'load15'),
  },
  {
    id: 'system.ram',
    title: 'System RAM',
    units: 'MiB',
    family: 'ram',
    priority: 200,
    chartType: 'stacked',
    updateEveryS: 1,
    instances: one('system.ram'),
    dimensions: [...range(4_000, 8_000, 'free'), ...range(6_000, 18_000, 'used'), ...range(2_000, 5_000, 'cached')],
  },
  {
    id: 'system.io',
    title: 'Disk I/O',
    units: 'KiB/s',
    family: 'disk',
    priority: 150,
    chartType: 'area',
    updateEveryS: 1,
    instances: one('system.io'),
    dimensions: [...range(0, 20_000, 'in'), ...range(-30_000, 0, 'out')],
  },
  {
    id: 'system.net',
    title: 'Physical Network Interfaces Aggregated Bandwidth',
    units: 'kilobits/s',
    family: 'network',
    priority: 500,
    chartType: 'area',
    updateEveryS: 1,
    instances: one('system.net'),
    dimensions: [...range(0, 90_000, 'received'), ...range(-60_000, 0, 'sent')],
  },
  {
    id: 'system.processes',
    title: 'System Processes',
    units: 'processes',
    family: 'processes',
    priority: 600,
    chartType: 'line',
    updateEveryS: 1,
    instances: one('system.processes'),
    dimensions: range(0, 6, 'running', 'blocked'),
  },
  {
    id: 'cpu.cpu',
    title: 'Core utilization',
    units: 'percentage',
    family: 'utilization',
    priority: 1_000,
    chartType: 'stacked',
    updateEveryS: 1,
    instances: many('cpu.cpu', 'cpu', cores),
    dimensions: range(0, 40, 'user', 'system'),
  },
  {
    id: 'disk.io',
    title: 'Disk I/O Bandwidth',
    units: 'KiB/s',
    family: 'disk',
    priority: 2_000,
    chartType: 'area',
    updateEveryS: 1,
    instances: many('disk', 'device', disks),
    dimensions: [...range(0, 9_000, 'reads'), ...range(-9_000, 0, 'writes')],
  },
  {
    id: 'disk.util',
    title: 'Disk Utilization Time',
    units: '% of time working',
    family: 'disk',
    priority: 2_004,
    chartType: 'area',
    updateEveryS: 1,
    instances: many('disk_util', 'device', disks),
    dimensions: range(0, 100, 'utilization'),
  },
  {
    id: 'net.net',
    title: 'Bandwidth',
    units: 'kilobits/s',
    family: 'net',
    priority: 7_000,
    chartType: 'area',
    updateEveryS: 1,
    instances: many('net', 'interface', interfaces),
    dimensions: [...range(0, 40_000, 'received'), ...range(-40_000, 0, 'sent')],
  },
  {
    id: 'web.latency',
    title: 'Request latency',
    units: 'requests/s',
    family: 'web',
    priority: 20_000,
    chartType: 'heatmap',
    updateEveryS: 1,
    instances: one('web.latency'),
    dimensions: range(0, 50, '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '+Inf'),
  },
]

/** More contexts, so that there are `count` in all. */
export function hostContextsOf(count: number): readonly SimulatedContext[] {
  const more = Array.from({ length: Math.max(0, count - hostContexts.length) }, (_, place): SimulatedContext => {
    const area = ['app', 'mysql', 'nginx', 'redis', 'sensors', 'systemd'][place % 6] ?? 'app'
    return {
      id: `${area}.metric_${place}`,
      title: `${area} metric ${place}`,
      units: ['operations/s', 'milliseconds', 'KiB', 'percentage'][place % 4] ?? 'value',
      family: area,
      priority: 40_000 + place,
      chartType: ['line', 'area', 'stacked'][place % 3] ?? 'line',
      updateEveryS: place % 5 === 4 ? 5 : 1,
      instances: one(`${area}.metric_${place}`),
      dimensions: range(0, 100, 'first', 'second', 'third'),
    }
  })
  return [...hostContexts, ...more].slice(0, count)
}

/** A host of this name. */
export function simulatedHost(hostname: string, contexts: readonly SimulatedContext[] = hostContexts): SimulatedHost {
  return {
    hostname,
    contexts,
    value(context, instance, dimensionId, timeS) {
      const dimension = context.dimensions.find(({ id }) => id === dimensionId)
      if (dimension === undefined) return Number.NaN
      const seed = hash(`${hostname} ${instance.chartId} ${dimensionId}`)
      const phase = (seed % 628) / 100
      const wave = (Math.sin(timeS / (40 + (seed % 200)) + phase) + Math.sin(timeS / 7 + phase * 3) / 3) / 2.7 + 0.5
      const share = Math.min(1, Math.max(0, wave * 0.85 + (hash(`${seed} ${timeS}`) % 100) / 660))
      const exact = dimension.low + (dimension.high - dimension.low) * share
      return Math.round(exact * 1e4) / 1e4
    },
  }
}

/** What the host tells the cloud of its contexts. */
export function announcedContexts({ contexts }: SimulatedHost, startS: number): Context[] {
  return contexts.map(({ id, title, units, family, priority, chartType }) => ({
    id,
    version: BigInt(startS),
    firstEntryS: BigInt(startS - simulatedHistoryS),
    lastEntryS: 0n,
    title,
    priority,
    chartType,
    units,
    family,
  }))
}

/** FNV-1a. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return (state ^ (state >>> 15)) >>> 0
}

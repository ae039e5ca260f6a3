import type { AlertDocument, AlertRule, AlertRuleConfig } from '../../../../src/health/alert-document.ts'
import { blankRule } from '../../../../src/health/blank-rule.ts'
import { composeHysteresis } from '../../../../src/health/hysteresis.ts'
import type { Comparison } from '../../../../src/health/hysteresis.ts'

/** Raised at the first number, clear again at the second. */
type Threshold = readonly [raiseAt: number, clearAt: number]

interface StockAlert {
  readonly name: string
  /** A context. */
  readonly on: string
  readonly instanceLabels?: string
  readonly summary: string
  readonly info: string
  readonly component: string
  readonly classification: 'Utilization' | 'Latency' | 'Errors' | 'Workload'
  readonly lookup?: Lookup
  readonly calculation?: string
  readonly units: string
  readonly everyS: number
  readonly comparison: Comparison
  readonly warning: Threshold
  readonly critical?: Threshold
  /** Seconds an end is held back, so that what comes and goes is told once. */
  readonly calmS?: number
}

const minutes = (count: number) => count * 60
type Lookup = Partial<AlertRuleConfig['value']['database_lookup']>
const over = (spanS: number, dimensions: string, more: Lookup = {}): Lookup => {
  return { after: -spanS, options: ['unaligned'], dimensions, ...more }
}

/**
 * The alerts a host has from the first minute. None of them is raised by a healthy machine that has nothing to do; each says what is
 * the matter in words, and lets go at another value than it took hold.
 */
const stock: readonly StockAlert[] = [
  {
    name: 'cpu_usage_10min',
    on: 'system.cpu',
    summary: 'CPU is busy',
    info: 'Mean use of all CPUs over the last 10 minutes, without waiting for disks.',
    component: 'CPU',
    classification: 'Utilization',
    lookup: over(minutes(10), 'user,nice,system,softirq,irq,guest,guest_nice'),
    units: '%',
    everyS: 60,
    comparison: '>',
    warning: [90, 80],
    critical: [97, 90],
  },
  {
    name: 'cpu_iowait_10min',
    on: 'system.cpu',
    summary: 'CPU waits for disks',
    info: 'Mean share of time the CPUs had nothing to do but wait for disks, over the last 10 minutes.',
    component: 'CPU',
    classification: 'Latency',
    lookup: over(minutes(10), 'iowait'),
    units: '%',
    everyS: 60,
    comparison: '>',
    warning: [40, 20],
  },
  {
    name: 'cpu_steal_20min',
    on: 'system.cpu',
    summary: 'CPU time is taken by other machines',
    info: 'Mean share of CPU time the hypervisor gave to others while this host wanted it, over the last 20 minutes.',
    component: 'CPU',
    classification: 'Latency',
    lookup: over(minutes(20), 'steal'),
    units: '%',
    everyS: 300,
    comparison: '>',
    warning: [10, 5],
  },
  {
    name: 'load_per_cpu_15min',
    on: 'system.load',
    summary: 'More work is waiting than the CPUs can do',
    info: 'Load average of 15 minutes for each CPU. Above 1 work waits.',
    component: 'Load',
    classification: 'Workload',
    calculation: '$load15 / $processors',
    units: 'per CPU',
    everyS: 60,
    comparison: '>',
    warning: [2, 1.5],
    critical: [4, 3],
  },
  {
    name: 'memory_available',
    on: 'mem.available',
    summary: 'Memory is running out',
    info: 'Share of memory that programs can still get without swapping.',
    component: 'Memory',
    classification: 'Utilization',
    calculation: '$avail * 100 / ($system.ram.free + $system.ram.used + $system.ram.cached + $system.ram.buffers)',
    units: '%',
    everyS: 10,
    comparison: '<',
    warning: [10, 15],
    critical: [4, 7],
  },
  {
    name: 'memory_pressure_5min',
    on: 'system.memory_full_pressure',
    summary: 'Programs stand still for lack of memory',
    info: 'Share of time in which every program waited for memory, averaged over the last 5 minutes.',
    component: 'Memory',
    classification: 'Latency',
    lookup: over(minutes(5), 'full 60'),
    units: '%',
    everyS: 30,
    comparison: '>',
    warning: [10, 5],
    critical: [40, 20],
  },
  {
    name: 'swap_used',
    on: 'system.swap',
    summary: 'Swap is nearly full',
    info: 'Share of swap space in use.',
    component: 'Memory',
    classification: 'Utilization',
    calculation: '($used + $free) > 0 ? $used * 100 / ($used + $free) : 0',
    units: '%',
    everyS: 30,
    comparison: '>',
    warning: [90, 80],
    critical: [98, 90],
  },
  {
    name: 'oom_kills_30min',
    on: 'mem.oom_kill',
    summary: 'Programs were killed for lack of memory',
    info: 'Programs the kernel killed in the last 30 minutes because memory had run out.',
    component: 'Memory',
    classification: 'Workload',
    lookup: over(minutes(30), 'kills', { time_group: 'sum' }),
    units: 'kills',
    everyS: 10,
    comparison: '>',
    warning: [0.5, 0.5],
    calmS: 0,
  },
  {
    name: 'disk_space_used',
    on: 'disk.space',
    summary: 'Disk ${label:mount_point} is filling up',
    info: 'Share of the space of ${label:mount_point} in use.',
    component: 'Disk',
    classification: 'Utilization',
    calculation: '$used * 100 / ($avail + $used)',
    units: '%',
    everyS: 60,
    comparison: '>',
    warning: [90, 85],
    critical: [97, 95],
  },
  {
    name: 'disk_inodes_used',
    on: 'disk.inodes',
    summary: 'Disk ${label:mount_point} is running out of files',
    info: 'Share of the inodes of ${label:mount_point} in use: at 100 % no file can be made, whatever space is left.',
    component: 'Disk',
    classification: 'Utilization',
    calculation: '$used * 100 / ($avail + $used)',
    units: '%',
    everyS: 60,
    comparison: '>',
    warning: [90, 85],
    critical: [97, 95],
  },
  {
    name: 'disk_full_in',
    on: 'disk.space',
    summary: 'Disk ${label:mount_point} will be full soon',
    info: 'Hours until ${label:mount_point} is full if it goes on filling as in the last 50 minutes. Only disks that are more than half full count.',
    component: 'Disk',
    classification: 'Utilization',
    lookup: over(minutes(10), 'avail', { before: -minutes(49) }),
    // What is left, by how much less it is than it was: that is GiB an hour.
    calculation: '$this > $avail && $used > $avail ? $avail / (($this - $avail) * 3600 / ($now - ($after + $before) / 2)) : inf',
    units: 'hours',
    everyS: 60,
    comparison: '<',
    warning: [8, 24],
    critical: [2, 6],
  },
  {
    name: 'disk_busy_10min',
    on: 'disk.util',
    instanceLabels: 'device_type=physical',
    summary: 'Disk ${label:device} is busy all the time',
    info: 'Mean share of time ${label:device} had something to do, over the last 10 minutes.',
    component: 'Disk',
    classification: 'Utilization',
    lookup: over(minutes(10), 'utilization'),
    units: '%',
    everyS: 60,
    comparison: '>',
    warning: [98, 80],
  },
  {
    name: 'disk_pressure_5min',
    on: 'system.io_full_pressure',
    summary: 'Programs stand still because of slow disks',
    info: 'Share of time in which every program waited for disks, averaged over the last 5 minutes.',
    component: 'Disk',
    classification: 'Latency',
    lookup: over(minutes(5), 'full 60'),
    units: '%',
    everyS: 30,
    comparison: '>',
    warning: [60, 40],
  },
  {
    name: 'network_errors_10min',
    on: 'net.errors',
    summary: 'Interface ${label:device} has errors',
    info: 'Packets of ${label:device} that were damaged or could not be sent in the last 10 minutes.',
    component: 'Network',
    classification: 'Errors',
    lookup: over(minutes(10), 'inbound,outbound', { time_group: 'sum', options: ['unaligned', 'absolute'] }),
    units: 'packets',
    everyS: 60,
    comparison: '>',
    warning: [50, 10],
  },
  {
    name: 'network_drops_10min',
    on: 'net.drops',
    summary: 'Interface ${label:device} drops packets',
    info: 'Packets a second that ${label:device} dropped, averaged over the last 10 minutes.',
    component: 'Network',
    classification: 'Errors',
    lookup: over(minutes(10), 'inbound,outbound', { options: ['unaligned', 'absolute'] }),
    units: 'packets/s',
    everyS: 60,
    comparison: '>',
    warning: [50, 20],
  },
  {
    name: 'clock_not_synchronized',
    on: 'system.clock_sync_state',
    summary: 'The clock is not synchronized',
    info: 'The time service has not been able to put the clock right for 20 minutes. Wrong time breaks certificates and logs.',
    component: 'Clock',
    classification: 'Errors',
    lookup: over(minutes(20), 'state', { time_group: 'max' }),
    units: 'status',
    everyS: 60,
    comparison: '<',
    warning: [0.5, 0.5],
  },
]

/** The stock alerts as documents, made with {@link blankRule}. */
export function stockAlerts(): readonly AlertDocument[] {
  return stock.map((alert) => ({ format_version: 1, name: alert.name, rules: [ruleOf(alert)] }))
}

function ruleOf(alert: StockAlert): AlertRule {
  const { config, ...blank } = blankRule()
  const condition = (level: 'warning' | 'critical', threshold: Threshold | undefined) =>
    threshold === undefined ? '' : composeHysteresis(level, { comparison: alert.comparison, raiseAt: threshold[0], clearAt: threshold[1] })
  const down = alert.calmS ?? minutes(5)
  return {
    ...blank,
    type: 'template',
    config: {
      ...config,
      match: { on: alert.on, host_labels: '*', instance_labels: alert.instanceLabels ?? '*' },
      summary: alert.summary,
      info: alert.info,
      type: 'System',
      component: alert.component,
      classification: alert.classification,
      value: {
        database_lookup: { ...config.value.database_lookup, ...alert.lookup },
        calculation: alert.calculation ?? '',
        units: alert.units,
        update_every: alert.everyS,
      },
      conditions: { warning_condition: condition('warning', alert.warning), critical_condition: condition('critical', alert.critical) },
      action: {
        ...config.action,
        recipient: 'sysadmin',
        delay: { up: 0, down, max: down === 0 ? 0 : minutes(60), multiplier: down === 0 ? 1 : 1.5 },
      },
    },
  }
}

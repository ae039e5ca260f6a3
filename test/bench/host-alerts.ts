import { createAlertEngine } from '../../agent-link/sources/host/alerts/engine.ts'
import { runningRules } from '../../agent-link/sources/host/alerts/running-rule.ts'
import { stockAlerts } from '../../agent-link/sources/host/alerts/stock-alerts.ts'
import { createChartSet } from '../../agent-link/sources/host/chart.ts'
import type { ChartDefinition } from '../../agent-link/sources/host/chart.ts'
import type { Row } from './table.ts'

/** Disks, mounts and interfaces of the measured host. */
const devices = 20
const startS = 1_800_000_000
const hourS = 3_600

/** Charts of every context a stock alert is for, of a host with many devices. */
function definitions(): readonly ChartDefinition[] {
  const chart = (id: string, context: string, dimensions: readonly string[], updateEveryS = 1): ChartDefinition => {
    const labels = { device: id, mount_point: id, device_type: 'physical' }
    return {
      id,
      context,
      family: 'f',
      title: 't',
      units: 'u',
      priority: 1,
      chartType: 'line',
      module: 'm',
      updateEveryS,
      dimensions,
      labels,
    }
  }
  const cpu = ['guest_nice', 'guest', 'steal', 'softirq', 'irq', 'user', 'system', 'nice', 'iowait']
  const each = Array.from({ length: devices }, (_, n) => [
    chart(`disk_space.${n}`, 'disk.space', ['avail', 'used', 'reserved'], 10),
    chart(`disk_inodes.${n}`, 'disk.inodes', ['avail', 'used', 'reserved'], 10),
    chart(`disk_util.${n}`, 'disk.util', ['utilization']),
    chart(`net_errors.${n}`, 'net.errors', ['inbound', 'outbound']),
    chart(`net_drops.${n}`, 'net.drops', ['inbound', 'outbound']),
  ])
  return [
    chart('system.cpu', 'system.cpu', cpu),
    chart('system.load', 'system.load', ['load1', 'load5', 'load15'], 5),
    chart('system.ram', 'system.ram', ['free', 'used', 'cached', 'buffers']),
    chart('mem.available', 'mem.available', ['avail']),
    chart('mem.oom_kill', 'mem.oom_kill', ['kills']),
    chart('system.swap', 'system.swap', ['free', 'used']),
    ...each.flat(),
  ]
}

/** What a second of alerts costs a host: stock alerts on a full hour of history, ten minutes of seconds. */
export function measureHostAlerts(): readonly Row[] {
  let nowS = startS
  const charts = createChartSet(() => undefined)
  const engine = createAlertEngine({
    charts: charts.charts,
    hostLabels: () => ({}),
    hostVariables: () => ({ processors: 4 }),
    nowS: () => nowS,
    onChange: () => undefined,
  })
  const all = definitions()
  const write = () => {
    for (const definition of all) {
      const chart = charts.ensure(definition)
      if (nowS % (definition.updateEveryS ?? 1) === 0)
        chart?.history.write(
          nowS,
          definition.dimensions.map((_, index) => 5 + ((nowS + index) % 7)),
        )
    }
  }
  for (; nowS < startS + hourS; nowS++) write()
  engine.setRules(stockAlerts().flatMap((document) => runningRules(document, 'stock')))
  const seconds = 600
  let spentMs = 0
  for (let second = 0; second < seconds; second++, nowS++) {
    write()
    const beganMs = performance.now()
    engine.tick(nowS)
    spentMs += performance.now() - beganMs
  }
  const what = `a second of ${engine.alerts().length} alerts on a host with ${all.length} charts (agent-link)`
  return [{ what, unit: 'ms', ours: spentMs / seconds, target: { of: 'ours', atMost: 5 } }]
}

import type { HostFunctions } from '../../functions/host-functions.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MachineGuid } from '../../../src/domain/ids.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import type { Context } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { Source, SourceChange, SourceInfo } from '../source.ts'
import { createHostAlerts } from './alerts/host-alerts.ts'
import type { KeptHostAlerts } from './alerts/host-alerts.ts'
import { createApi } from './api.ts'
import { contextsOf, groupByContext } from './catalogue.ts'
import { createChartSet } from './chart.ts'
import { createCollector } from './collector.ts'
import { readNodeInfo } from './host-info.ts'
import { openKernelFiles } from './kernel/files.ts'
import type { KernelFiles } from './kernel/files.ts'
import { createClockSyncMetric } from './metrics/clock-sync.ts'
import { createCpuMetric } from './metrics/cpu.ts'
import { createDisksMetric, createSpaceMetric } from './metrics/disks.ts'
import { createLoadMetric, createPressureMetric, createProcessesMetric, createUptimeMetric } from './metrics/load.ts'
import { createMemoryMetric, createVmstatMetric } from './metrics/memory.ts'
import type { Metric } from './metrics/metric.ts'
import { createNetworkMetric } from './metrics/network.ts'

export interface HostSourceDeps {
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly agentVersion: string
  /** Since when this host is watched, epoch seconds; the same after every restart. */
  readonly sinceS: number
  /** What `/api/v1/info` lists as functions; they are served by the session. */
  readonly functions?: Pick<HostFunctions, 'list'> | undefined
  readonly clock: Clock
  readonly log: Log
  readonly files?: KernelFiles
  readonly metrics?: readonly Metric[]
  readonly platform?: string
  /** What an earlier run left of alerts, and where this one keeps them; undefined keeps nothing. */
  readonly keptAlerts?: KeptHostAlerts | undefined
  readonly stockAlerts?: readonly AlertDocument[] | undefined
}

/** All metrics of this host. */
export function hostMetrics(): readonly Metric[] {
  return [
    createCpuMetric(),
    createLoadMetric(),
    createMemoryMetric(),
    createVmstatMetric(),
    createPressureMetric(),
    createDisksMetric(),
    createSpaceMetric(),
    createNetworkMetric(),
    createUptimeMetric(),
    createClockSyncMetric(),
    createProcessesMetric('/proc'),
  ]
}

/** The first charts take two samples: rates are differences. Changes are told together once they have settled for this long. */
const settleS = 1

/** The built-in collector of this host: values from the kernel's own files every second, the last hour in memory, API v1 on top. */
export function createHostSource(deps: HostSourceDeps): Source {
  const { machineGuid, hostname, agentVersion, sinceS, clock, log, platform = process.platform } = deps
  const files = deps.files ?? openKernelFiles()
  const listeners = new Set<(change: SourceChange) => void>()
  const collectors = new Map<string, { plugin: string; module: string }>()
  let info: SourceInfo | undefined
  let newChartAtS: number | undefined
  let isSettled = false
  let onSettled = () => {}
  let contexts: readonly Context[] = []

  const charts = createChartSet((chart) => {
    collectors.set(`${chart.plugin} ${chart.module}`, { plugin: chart.plugin, module: chart.module })
    newChartAtS = Math.floor(clock.nowMs() / 1000)
    alerts.addChart(chart)
  })
  const metrics = deps.metrics ?? hostMetrics()
  const collector = createCollector({
    metrics,
    files,
    charts,
    clock,
    log,
    onSampled(timeS) {
      announce(timeS)
      alerts.tick(timeS)
    },
  })
  const sourceInfo = (): SourceInfo => {
    info ??= { node: readNodeInfo(files, agentVersion, hostname), collectors: [] }
    return { ...info, collectors: [...collectors.values()] }
  }
  const alerts = createHostAlerts({
    machineGuid,
    hostname,
    kept: deps.keptAlerts,
    charts: charts.charts,
    hostLabels: () => ({ ...sourceInfo().node.labels, _os: 'linux', _hostname: hostname }),
    hostVariables: () => ({ processors: sourceInfo().node.cpus, active_processors: sourceInfo().node.cpus }),
    clock,
    log,
    onChange() {
      for (const listener of listeners) listener('alerts')
    },
    stock: deps.stockAlerts,
  })
  const answer = createApi({
    alerts: alerts.api,
    hostname,
    machineGuid,
    info: sourceInfo,
    functions: () => deps.functions?.list() ?? {},
    charts: charts.charts,
    nowS: () => Math.floor(clock.nowMs() / 1000),
  })

  /** Tells of new contexts when none has appeared for a moment, so that a start is one message and not ten. */
  function announce(timeS: number): void {
    if (newChartAtS === undefined || timeS < newChartAtS + settleS) return
    newChartAtS = undefined
    const known = new Set(contexts.map(({ id }) => id))
    contexts = contextsOf(groupByContext(charts.charts.values()), sinceS)
    if (!isSettled) {
      isSettled = true
      onSettled()
    } else if (contexts.some(({ id }) => !known.has(id))) {
      for (const listener of listeners) listener('contexts')
    }
  }

  return {
    kind: 'host',
    hasAlerts: true,
    machineGuid,
    async start() {
      if (platform !== 'linux') {
        throw new ThroughlineError(
          'SOURCE_UNAVAILABLE',
          `The built-in collector reads the files of a Linux kernel; this is ${platform}. Use the netdata source.`,
        )
      }
      const settled = new Promise<void>((resolve) => (onSettled = resolve))
      collector.start()
      if (charts.charts.size === 0) {
        collector.stop()
        throw new ThroughlineError('SOURCE_UNAVAILABLE', "None of the kernel's files under /proc can be read on this host.")
      }
      if (!isSettled) await settled
    },
    async stop() {
      collector.stop()
      files.close()
      await alerts.stop()
    },
    info: sourceInfo,
    contexts: () => contexts,
    alerts: alerts.alerts,
    alertLog: alerts.log,
    alertConfig: (hash) => alerts.config(hash),
    configure: (request) => alerts.configure(request),
    answer: (request) => Promise.resolve(answer(request)),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

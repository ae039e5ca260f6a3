import type { ChartDefinition } from '../chart.ts'
import { parseNamedNumbers } from '../kernel/parse-memory.ts'
import { createRates } from './metric.ts'
import type { Metric } from './metric.ts'

const base = { module: '/proc/meminfo', units: 'MiB', chartType: 'stacked' } as const
const ram: ChartDefinition = {
  ...base,
  id: 'system.ram',
  context: 'system.ram',
  family: 'ram',
  title: 'System RAM',
  priority: 200,
  dimensions: ['free', 'used', 'cached', 'buffers'],
}
const swap: ChartDefinition = {
  ...base,
  id: 'system.swap',
  context: 'system.swap',
  family: 'swap',
  title: 'System Swap',
  priority: 201,
  dimensions: ['free', 'used'],
}
const available: ChartDefinition = {
  ...base,
  id: 'mem.available',
  context: 'mem.available',
  family: 'system',
  title: 'Available RAM for applications',
  priority: 1010,
  chartType: 'area',
  dimensions: ['MemAvailable=avail'],
}
const committed: ChartDefinition = {
  ...base,
  id: 'mem.committed',
  context: 'mem.committed',
  family: 'system',
  title: 'Committed (Allocated) Memory',
  priority: 1030,
  chartType: 'area',
  dimensions: ['Committed_AS'],
}
const writeback: ChartDefinition = {
  ...base,
  id: 'mem.writeback',
  context: 'mem.writeback',
  family: 'kernel',
  title: 'Writeback Memory',
  priority: 1100,
  chartType: 'line',
  dimensions: ['Dirty', 'Writeback', 'FuseWriteback', 'NfsWriteback', 'Bounce'],
}
const kernel: ChartDefinition = {
  ...base,
  id: 'mem.kernel',
  context: 'mem.kernel',
  family: 'kernel',
  title: 'Memory Used by Kernel',
  priority: 1101,
  dimensions: ['Slab', 'KernelStack', 'PageTables', 'VmallocUsed', 'Percpu'],
}
const slab: ChartDefinition = {
  ...base,
  id: 'mem.slab',
  context: 'mem.slab',
  family: 'slab',
  title: 'Reclaimable Kernel Memory',
  priority: 1200,
  dimensions: ['reclaimable', 'unreclaimable'],
}

/** Memory as /proc/meminfo tells it, in MiB. Cached includes reclaimable slab and leaves out shared memory, as Netdata counts it. */
export function createMemoryMetric(): Metric {
  return {
    module: base.module,
    everyS: 1,
    collect({ files, set }) {
      const text = files.read('proc/meminfo')
      if (text === undefined) return
      const kib = parseNamedNumbers(text)
      const mib = (name: string) => (kib.get(name) ?? 0) / 1024
      const cached = mib('Cached') + mib('SReclaimable') - mib('Shmem')
      const used = mib('MemTotal') - mib('MemFree') - cached - mib('Buffers')
      if (kib.has('MemTotal')) set(ram, [mib('MemFree'), used, cached, mib('Buffers')])
      if (mib('SwapTotal') > 0) set(swap, [mib('SwapFree'), mib('SwapTotal') - mib('SwapFree')])
      if (kib.has('MemAvailable')) set(available, [mib('MemAvailable')])
      if (kib.has('Committed_AS')) set(committed, [mib('Committed_AS')])
      if (kib.has('Dirty')) set(writeback, [mib('Dirty'), mib('Writeback'), mib('WritebackTmp'), mib('NFS_Unstable'), mib('Bounce')])
      if (!kib.has('Slab')) return
      set(kernel, [mib('Slab'), mib('KernelStack'), mib('PageTables'), mib('VmallocUsed'), mib('Percpu')])
      set(slab, [mib('SReclaimable'), mib('SUnreclaim')])
    },
  }
}

const vmstatModule = '/proc/vmstat'
const paging: ChartDefinition = {
  id: 'system.pgpgio',
  context: 'system.pgpgio',
  family: 'disk',
  title: 'Memory Paged from/to disk',
  units: 'KiB/s',
  priority: 151,
  chartType: 'area',
  module: vmstatModule,
  dimensions: ['in', 'out'],
}
const faults: ChartDefinition = {
  id: 'mem.pgfaults',
  context: 'mem.pgfaults',
  family: 'system',
  title: 'Memory Page Faults',
  units: 'faults/s',
  priority: 1040,
  chartType: 'line',
  module: vmstatModule,
  dimensions: ['minor', 'major'],
}
const swapIo: ChartDefinition = {
  ...paging,
  id: 'system.swapio',
  context: 'system.swapio',
  family: 'swap',
  title: 'Swap I/O',
  priority: 250,
}
const oomKills: ChartDefinition = {
  id: 'mem.oom_kill',
  context: 'mem.oom_kill',
  family: 'OOM kills',
  title: 'Out of Memory Kills',
  units: 'kills/s',
  priority: 1006,
  chartType: 'line',
  module: vmstatModule,
  dimensions: ['kills'],
}
/** Swap moves in pages of this many KiB. */
const pageKib = 4

/** Paging, page faults, swapping and kills for lack of memory of /proc/vmstat; what goes out is negative. */
export function createVmstatMetric(): Metric {
  const rates = createRates()
  let hasSwapped = false
  return {
    module: vmstatModule,
    everyS: 1,
    collect({ files, set, monotonicS }) {
      const text = files.read('proc/vmstat')
      if (text === undefined) return
      const counters = parseNamedNumbers(text)
      const perSecond = (key: string, ...names: readonly string[]) =>
        names.every((name) => counters.has(name))
          ? rates.rate(
              key,
              names.map((name) => counters.get(name) ?? 0),
              monotonicS,
            )
          : undefined
      const paged = perSecond('paging', 'pgpgin', 'pgpgout')
      if (paged) set(paging, [paged[0] ?? 0, -(paged[1] ?? 0)])
      const faulted = perSecond('faults', 'pgfault', 'pgmajfault')
      if (faulted) set(faults, [(faulted[0] ?? 0) - (faulted[1] ?? 0), faulted[1] ?? 0])
      const killed = perSecond('oom', 'oom_kill')
      if (killed) set(oomKills, killed)
      const swapped = perSecond('swap', 'pswpin', 'pswpout')
      hasSwapped ||= (counters.get('pswpin') ?? 0) + (counters.get('pswpout') ?? 0) > 0
      if (swapped && hasSwapped) set(swapIo, [(swapped[0] ?? 0) * pageKib, -(swapped[1] ?? 0) * pageKib])
    },
  }
}

import { statfs } from 'node:fs/promises'
import type { ChartDefinition } from '../chart.ts'
import { parseDiskstats, parseMounts } from '../kernel/parse-disks.ts'
import type { DiskCounters } from '../kernel/parse-disks.ts'
import type { KernelFiles } from '../kernel/files.ts'
import { deviceDefinition, type DeviceChart } from './device-chart.ts'
import { createRates } from './metric.ts'
import type { Metric, Sampling } from './metric.ts'

const module = '/proc/diskstats'
const total: ChartDefinition = {
  id: 'system.io',
  context: 'system.io',
  family: 'disk',
  title: 'Disk I/O',
  units: 'KiB/s',
  priority: 150,
  chartType: 'area',
  module,
  dimensions: ['in', 'out'],
}

const perDisk = {
  io: ['disk', 'disk.io', 'Disk I/O Bandwidth', 'KiB/s', 'area', 2000, ['reads', 'writes']],
  ops: ['disk_ops', 'disk.ops', 'Disk Completed I/O Operations', 'operations/s', 'line', 2010, ['reads', 'writes']],
  backlog: ['disk_backlog', 'disk.backlog', 'Disk Backlog', 'milliseconds', 'area', 2020, ['backlog']],
  busy: ['disk_busy', 'disk.busy', 'Disk Busy Time', 'milliseconds', 'area', 2030, ['busy']],
  util: ['disk_util', 'disk.util', 'Disk Utilization Time', '% of time working', 'area', 2040, ['utilization']],
  await: ['disk_await', 'disk.await', 'Average Completed I/O Operation Time', 'milliseconds/operation', 'line', 2050, ['reads', 'writes']],
  mops: ['disk_mops', 'disk.mops', 'Disk Merged Operations', 'merged operations/s', 'line', 2080, ['reads', 'writes']],
  iotime: ['disk_iotime', 'disk.iotime', 'Disk Total I/O Time', 'milliseconds/s', 'line', 2090, ['reads', 'writes']],
} as const satisfies Record<string, DeviceChart>

function definitionOf(kind: keyof typeof perDisk, disk: string, type: DiskType): ChartDefinition {
  return deviceDefinition(perDisk[kind], { name: disk, module, labels: { device: disk, device_type: type } })
}

type DiskType = 'physical' | 'virtual' | 'partition'

/** Disk activity of /proc/diskstats: physical disks, and virtual ones that have been used. Writes are negative; partitions are left out. */
export function createDisksMetric(): Metric {
  const rates = createRates()
  const types = new Map<string, DiskType>()
  const typeOf = (files: KernelFiles, disk: string): DiskType => {
    const known = types.get(disk)
    if (known !== undefined) return known
    // Slashes in device names appear as exclamation marks in /sys.
    const folder = `sys/block/${disk.replaceAll('/', '!')}`
    const type = files.exists(`${folder}/device`) ? 'physical' : files.exists(folder) ? 'virtual' : 'partition'
    types.set(disk, type)
    return type
  }
  return {
    module,
    everyS: 1,
    collect(sampling) {
      const text = sampling.files.read('proc/diskstats')
      if (text === undefined) return
      let readKib = 0
      let writtenKib = 0
      let hasRates = false
      for (const [disk, counters] of parseDiskstats(text)) {
        const type = typeOf(sampling.files, disk)
        if (type === 'partition' || (type === 'virtual' && counters.reads + counters.writes === 0)) continue
        const kib = collectDisk(sampling, rates, disk, type, counters)
        if (kib === undefined || type !== 'physical') continue
        hasRates = true
        readKib += kib.read
        writtenKib += kib.written
      }
      if (hasRates) sampling.set(total, [readKib, -writtenKib])
    },
  }
}

function collectDisk(
  { set, monotonicS }: Sampling,
  rates: ReturnType<typeof createRates>,
  disk: string,
  type: DiskType,
  counters: DiskCounters,
): { read: number; written: number } | undefined {
  const list = [
    counters.reads,
    counters.writes,
    counters.readSectors,
    counters.writeSectors,
    counters.readMs,
    counters.writeMs,
    counters.busyMs,
    counters.backlogMs,
    counters.readsMerged,
    counters.writesMerged,
  ]
  const rate = rates.rate(disk, list, monotonicS)
  if (rate === undefined) return undefined
  const [
    reads = 0,
    writes = 0,
    readSectors = 0,
    writeSectors = 0,
    readMs = 0,
    writeMs = 0,
    busyMs = 0,
    backlogMs = 0,
    readsMerged = 0,
    writesMerged = 0,
  ] = rate
  const put = (kind: keyof typeof perDisk, values: readonly number[]) => set(definitionOf(kind, disk, type), values)
  put('io', [readSectors / 2, -writeSectors / 2])
  put('ops', [reads, -writes])
  put('backlog', [backlogMs])
  put('busy', [busyMs])
  put('util', [Math.min(100, busyMs / 10)])
  put('await', [reads > 0 ? readMs / reads : 0, writes > 0 ? -writeMs / writes : 0])
  put('mops', [readsMerged, -writesMerged])
  put('iotime', [readMs, -writeMs])
  return { read: readSectors / 2, written: writeSectors / 2 }
}

/** Space changes slowly, and asking a file system may wake a disk. */
const spaceEveryS = 10
const gib = 1024 ** 3
/** No more file systems than this are asked. */
const mountLimit = 50

/** Space and inodes of the local file systems, asked off the main thread. */
export function createSpaceMetric(): Metric {
  return {
    module: 'diskspace.plugin',
    everyS: spaceEveryS,
    async collect({ files, set }) {
      const mounts = parseMounts(files.readOnce('proc/self/mounts') ?? '').slice(0, mountLimit)
      for (const { mountPoint, fileSystem } of mounts) {
        const stats = await statfs(mountPoint).catch(() => undefined)
        if (stats === undefined || stats.blocks === 0) continue
        const shared = {
          family: mountPoint,
          chartType: 'stacked',
          plugin: 'diskspace.plugin',
          module: '',
          updateEveryS: spaceEveryS,
          dimensions: ['avail', 'used', 'reserved_for_root=reserved for root'],
          labels: { mount_point: mountPoint, filesystem: fileSystem },
        } as const
        const suffix = mountPoint.replaceAll('/', '_')
        const space = (blocks: number) => (blocks * stats.bsize) / gib
        const reserved = Math.max(0, stats.bfree - stats.bavail)
        const id = { id: `disk_space.${suffix}`, context: 'disk.space', title: 'Disk Space Usage', units: 'GiB', priority: 2023 }
        set({ ...shared, ...id }, [space(stats.bavail), space(stats.blocks - stats.bfree), space(reserved)])
        if (stats.files === 0) continue
        const inodes = {
          id: `disk_inodes.${suffix}`,
          context: 'disk.inodes',
          title: 'Disk Files (inodes) Usage',
          units: 'inodes',
          priority: 2024,
        }
        set({ ...shared, ...inodes }, [stats.ffree, stats.files - stats.ffree, 0])
      }
    },
  }
}

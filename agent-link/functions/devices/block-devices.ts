import type { Clock } from '../../../src/support/clock.ts'
import { parseDiskstats } from '../../sources/host/kernel/parse-disks.ts'
import type { DiskCounters } from '../../sources/host/kernel/parse-disks.ts'
import { harmlessAccess } from '../access.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { HostFunction } from '../host-function.ts'
import { createIntervals } from '../host/intervals.ts'
import { perSecond, round2 } from '../host/rate.ts'
import { rowOptionsColumn } from '../table/column.ts'
import type { Column } from '../table/column.ts'
import type { Cell } from '../table/table.ts'

const bar = { type: 'bar-with-integer', visualization: 'bar', decimals: 2 } as const

const columns = [
  { id: 'Device', name: 'Device', type: 'string', isKey: true, isSticky: true, filter: 'none' },
  { id: 'Type', name: 'Type', type: 'string' },
  { id: 'Medium', name: 'Medium', type: 'string' },
  { id: 'Model', name: 'Model', type: 'string', isHidden: true },
  { id: 'Size', name: 'Size', ...bar, units: 'GiB', summary: 'sum' },
  { id: 'State', name: 'State', type: 'string', visualization: 'pill' },
  { id: 'Util', name: 'Utilisation', ...bar, units: '%', max: 100, summary: 'max' },
  { id: 'Reads', name: 'Reads', ...bar, units: 'KiB/s', summary: 'sum' },
  { id: 'Writes', name: 'Writes', ...bar, units: 'KiB/s', summary: 'sum' },
  { id: 'ReadOps', name: 'Read operations', ...bar, units: 'operations/s', summary: 'sum' },
  { id: 'WriteOps', name: 'Write operations', ...bar, units: 'operations/s', summary: 'sum' },
  { id: 'ReadAwait', name: 'Time a read takes', ...bar, units: 'ms', summary: 'max' },
  { id: 'WriteAwait', name: 'Time a write takes', ...bar, units: 'ms', summary: 'max' },
  { id: 'AvgRead', name: 'Size of a read', ...bar, units: 'KiB', isHidden: true, summary: 'mean' },
  { id: 'AvgWrite', name: 'Size of a write', ...bar, units: 'KiB', isHidden: true, summary: 'mean' },
  { id: 'Queue', name: 'Waiting operations', ...bar, units: 'operations', isHidden: true, summary: 'sum' },
  rowOptionsColumn,
] as const satisfies readonly Column[]

export interface BlockDevicesDeps {
  readonly files: HostFiles
  readonly clock: Clock
}

/** Storage arrays have many devices; more than this are not shown. */
const deviceLimit = 2_000

/** The disks of this host, the ones made of them and their partitions: what they are and what is read and written now. */
export function createBlockDevicesFunction({ files, clock }: BlockDevicesDeps): HostFunction {
  const read = () => parseDiskstats(files.read('proc/diskstats', 4 * 1024 * 1024) ?? '')
  const intervals = createIntervals({ clock, take: () => Promise.resolve(read()) })

  /** What /sys tells of a device; slashes of names are exclamation marks there. */
  function factsOf(name: string) {
    const folder = `sys/class/block/${name.replaceAll('/', '!')}`
    const fact = (file: string) => files.read(`${folder}/${file}`)?.trim()
    const isPartition = files.exists(`${folder}/partition`)
    const isKnown = files.exists(folder)
    const rotational = fact('queue/rotational')
    const isPhysical = files.exists(`${folder}/device`)
    return {
      type: !isKnown ? 'unknown' : isPartition ? 'partition' : isPhysical ? 'disk' : 'virtual',
      // Virtual machines are told that every disk rotates.
      medium: rotational === undefined || !isPhysical || /^x?vd/.test(name) ? null : rotational === '1' ? 'rotating' : 'solid state',
      model: fact('device/model') ?? null,
      sectors: Number(fact('size') ?? Number.NaN),
      state: fact('ro') === '1' ? 'read-only' : (fact('device/state') ?? (isKnown ? 'in use' : 'unknown')),
    }
  }

  function rowOf(name: string, now: DiskCounters, before: DiskCounters | undefined, seconds: number): readonly Cell[] {
    const facts = factsOf(name)
    const rate = (counter: keyof DiskCounters) => perSecond(now[counter], before?.[counter], seconds)
    const each = (total: number | null, count: number | null) => (total === null || count === null ? null : count === 0 ? 0 : total / count)
    const kib = (counter: 'readSectors' | 'writeSectors') => {
      const sectors = rate(counter)
      return sectors === null ? null : sectors / 2
    }
    const busyMs = rate('busyMs')
    const backlogMs = rate('backlogMs')
    const util = busyMs === null ? null : Math.min(100, busyMs / 10)
    const isTroubled = /^(?:offline|blocked|transport-offline|quiesce)$/.test(facts.state)
    return [
      name,
      facts.type,
      facts.medium,
      facts.model,
      round2((facts.sectors * 512) / 1024 ** 3),
      facts.state,
      round2(util),
      round2(kib('readSectors')),
      round2(kib('writeSectors')),
      round2(rate('reads')),
      round2(rate('writes')),
      round2(each(rate('readMs'), rate('reads'))),
      round2(each(rate('writeMs'), rate('writes'))),
      round2(each(kib('readSectors'), rate('reads'))),
      round2(each(kib('writeSectors'), rate('writes'))),
      round2(backlogMs === null ? null : backlogMs / 1000),
      { severity: isTroubled ? 'critical' : (util ?? 0) >= 98 ? 'notice' : 'normal' },
    ]
  }

  return {
    name: 'block-devices',
    help: 'The disks of this host: size, state, and what is read and written now.',
    tags: 'storage',
    priority: 25,
    timeoutS: 10,
    updateEveryS: 2,
    access: harmlessAccess,
    hasHistory: false,
    acceptedParameters: [],
    requiredParameters: [],
    isOffered: () => read().size > 0,
    async call({ signal }) {
      const { before, now, seconds } = await intervals.measure(signal)
      const devices = [...now].slice(0, deviceLimit)
      return {
        kind: 'table',
        table: {
          columns,
          rows: devices.map(([name, counters]) => rowOf(name, counters, before.get(name), seconds)),
          defaultSortColumn: 'Util',
          charts: {
            Utilisation: { name: 'Utilisation', type: 'bar', columns: ['Util'] },
            Throughput: { name: 'Throughput', type: 'stacked-bar', columns: ['Reads', 'Writes'] },
            Operations: { name: 'Operations', type: 'stacked-bar', columns: ['ReadOps', 'WriteOps'] },
          },
          defaultCharts: [
            ['Throughput', 'Device'],
            ['Utilisation', 'Device'],
          ],
          groupBy: ['Device', 'Type', 'Medium', 'State'],
        },
      }
    },
  }
}

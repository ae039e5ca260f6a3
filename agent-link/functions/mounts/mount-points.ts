import { statfs as readStatfs } from 'node:fs/promises'
import { harmlessAccess } from '../access.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { HostFunction } from '../host-function.ts'
import type { Patience } from '../host/patience.ts'
import { rowOptionsColumn } from '../table/column.ts'
import type { Column } from '../table/column.ts'
import type { Cell, Severity } from '../table/table.ts'
import { isRemote, parseMountTable } from './parse-mounts.ts'
import type { MountEntry } from './parse-mounts.ts'

/** No more file systems than this are asked and shown; a host of containers may have thousands. */
export const mountLimit = 1_000

const gib = 1024 ** 3

const columns = [
  { id: 'MountPoint', name: 'Mount point', type: 'string', isKey: true, isSticky: true, filter: 'none' },
  { id: 'Type', name: 'File system', type: 'string' },
  { id: 'Device', name: 'Device', type: 'string' },
  { id: 'Usage', name: 'Used', type: 'bar-with-integer', visualization: 'bar', units: '%', decimals: 2, max: 100, summary: 'max' },
  { id: 'Size', name: 'Size', type: 'bar-with-integer', visualization: 'bar', units: 'GiB', decimals: 2, summary: 'sum' },
  { id: 'Occupied', name: 'Space used', type: 'bar-with-integer', visualization: 'bar', units: 'GiB', decimals: 2, summary: 'sum' },
  { id: 'Available', name: 'Space available', type: 'bar-with-integer', visualization: 'bar', units: 'GiB', decimals: 2, summary: 'sum' },
  {
    id: 'Reserved',
    name: 'Reserved for root',
    type: 'bar-with-integer',
    visualization: 'bar',
    units: 'GiB',
    decimals: 2,
    isHidden: true,
    summary: 'sum',
  },
  {
    id: 'InodesUsage',
    name: 'Inodes used',
    type: 'bar-with-integer',
    visualization: 'bar',
    units: '%',
    decimals: 2,
    max: 100,
    summary: 'max',
  },
  { id: 'Inodes', name: 'Inodes', type: 'integer', isHidden: true, summary: 'sum' },
  { id: 'InodesFree', name: 'Inodes free', type: 'integer', isHidden: true, summary: 'sum' },
  { id: 'ReadOnly', name: 'Read-only', type: 'boolean', visualization: 'pill' },
  { id: 'Network', name: 'Over a network', type: 'boolean', visualization: 'pill', isHidden: true },
  { id: 'Status', name: 'Status', type: 'string', visualization: 'pill' },
  { id: 'Options', name: 'Options', type: 'string', isHidden: true, isWide: true, filter: 'none' },
  rowOptionsColumn,
] as const satisfies readonly Column[]

/** What `statfs` tells; a test may hand in one that hangs. */
export type Statfs = (path: string) => Promise<{
  readonly bsize: number
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}>

export interface MountPointsDeps {
  readonly files: HostFiles
  readonly patience: Patience
  readonly statfs?: Statfs
}

/** The file systems of this host and how full they are. A dead network mount is shown as one that does not answer and holds nothing up. */
export function createMountPointsFunction({ files, patience, statfs = readStatfs }: MountPointsDeps): HostFunction {
  async function rowOf(mount: MountEntry): Promise<readonly Cell[]> {
    const stats = await patience.attempt(`statfs ${mount.mountPoint}`, () => statfs(mount.mountPoint))
    const { mountPoint, fileSystem, device, options } = mount
    const isReadOnly = options.split(',').includes('ro')
    const before: Cell[] = [mountPoint, fileSystem, device]
    const after = (status: string, severity: Severity): Cell[] => [isReadOnly, isRemote(mount), status, options, { severity }]
    if (stats === undefined) return [...before, ...Array.from({ length: 8 }, () => null), ...after('no answer', 'warning')]
    const used = stats.blocks - stats.bfree
    // As df does: what only root may still use counts neither as used nor as available.
    const usage = used + stats.bavail === 0 ? null : round((used / (used + stats.bavail)) * 100)
    const inodesUsage = stats.files === 0 ? null : round(((stats.files - stats.ffree) / stats.files) * 100)
    const space = (blocks: number) => (stats.blocks === 0 ? null : round((blocks * stats.bsize) / gib))
    const [status, severity] = isReadOnly ? (['read-only', 'normal'] as const) : fullness(Math.max(usage ?? 0, inodesUsage ?? 0))
    return [
      ...before,
      usage,
      space(stats.blocks),
      space(used),
      space(stats.bavail),
      space(Math.max(0, stats.bfree - stats.bavail)),
      inodesUsage,
      stats.files === 0 ? null : stats.files,
      stats.files === 0 ? null : stats.ffree,
      ...after(status, severity),
    ]
  }

  return {
    name: 'mount-points',
    help: 'The file systems of this host, with their space and inodes.',
    tags: 'storage',
    priority: 20,
    timeoutS: 10,
    updateEveryS: 5,
    access: harmlessAccess,
    hasHistory: false,
    acceptedParameters: [],
    requiredParameters: [],
    isOffered: () => files.exists('proc/self/mounts'),
    async call({ signal }) {
      const mounts = parseMountTable(files.read('proc/self/mounts', 4 * 1024 * 1024) ?? '').slice(0, mountLimit)
      // Those that may hang come last, so that the others have been asked by then.
      const rows: (readonly Cell[])[] = []
      for (const mount of [...mounts.filter((one) => !isRemote(one)), ...mounts.filter(isRemote)]) {
        if (signal.aborted) break
        rows.push(await rowOf(mount))
      }
      return {
        kind: 'table',
        table: {
          columns,
          rows,
          defaultSortColumn: 'Usage',
          charts: {
            Usage: { name: 'Used', type: 'bar', columns: ['Usage', 'InodesUsage'] },
            Space: { name: 'Space', type: 'stacked-bar', columns: ['Occupied', 'Available', 'Reserved'] },
          },
          defaultCharts: [
            ['Usage', 'MountPoint'],
            ['Space', 'MountPoint'],
          ],
          groupBy: ['MountPoint', 'Type', 'Device', 'Status'],
        },
      }
    },
  }
}

function fullness(percent: number): readonly [status: string, severity: Severity] {
  if (percent >= 98) return ['full', 'critical']
  return percent >= 90 ? ['nearly full', 'warning'] : ['ok', 'normal']
}

const round = (value: number) => Math.round(value * 100) / 100

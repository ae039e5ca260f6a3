/** One device of /proc/diskstats; sectors are 512 bytes, times milliseconds. */
export interface DiskCounters {
  readonly reads: number
  readonly readsMerged: number
  readonly readSectors: number
  readonly readMs: number
  readonly writes: number
  readonly writesMerged: number
  readonly writeSectors: number
  readonly writeMs: number
  readonly busyMs: number
  readonly backlogMs: number
}

/** Reads /proc/diskstats, leaving out what is never a disk: loop, ram and compressed-memory devices. */
export function parseDiskstats(text: string): ReadonlyMap<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>()
  for (const line of text.split('\n')) {
    const words = line.trim().split(/ +/)
    const name = words[2]
    if (words.length < 14 || name === undefined || /^(?:loop|ram|zram|fd|sr)\d/.test(name)) continue
    const at = (index: number) => Number(words[index])
    disks.set(name, {
      reads: at(3),
      readsMerged: at(4),
      readSectors: at(5),
      readMs: at(6),
      writes: at(7),
      writesMerged: at(8),
      writeSectors: at(9),
      writeMs: at(10),
      busyMs: at(12),
      backlogMs: at(13),
    })
  }
  return disks
}

/** A mounted file system. */
export interface Mount {
  readonly device: string
  readonly mountPoint: string
  readonly fileSystem: string
}

const excludedFileSystems =
  /^(?:proc|sysfs|cgroup2?|devpts|devtmpfs|securityfs|debugfs|tracefs|pstore|bpf|configfs|mqueue|hugetlbfs|autofs|binfmt_misc|fusectl|efivarfs|nsfs|ramfs|rpc_pipefs|overlay|squashfs|iso9660|selinuxfs|nfs.*|cifs|smb.*|9p|fuse\..*|ceph|gluster.*|afs)$/
const excludedPaths = /^\/(?:proc|sys|dev|snap|run\/user|run\/credentials|var\/run\/user|var\/lib\/(?:docker|containers|kubelet))(?:\/|$)/

/**
 * File systems of /proc/self/mounts whose space is worth knowing: not the kernel's own, none that is read-only, none over a network (asking them can hang),
 * each device once. A container's overlay root counts when nothing else is mounted at `/`.
 */
export function parseMounts(text: string): readonly Mount[] {
  const mounts = new Map<string, Mount>()
  for (const line of text.split('\n')) {
    const [device = '', rawPoint = '', fileSystem = '', options = ''] = line.split(' ')
    const mountPoint = rawPoint.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    if (!mountPoint.startsWith('/') || excludedPaths.test(mountPoint) || options.split(',').includes('ro')) continue
    if (excludedFileSystems.test(fileSystem) && !(fileSystem === 'overlay' && mountPoint === '/')) continue
    const key = device.startsWith('/') ? device : mountPoint
    const known = mounts.get(key)
    if (known === undefined || mountPoint.length < known.mountPoint.length) mounts.set(key, { device, mountPoint, fileSystem })
  }
  return [...mounts.values()]
}

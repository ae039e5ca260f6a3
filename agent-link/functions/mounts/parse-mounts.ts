/** A mounted file system, as /proc/self/mounts lists it. */
export interface MountEntry {
  readonly device: string
  readonly mountPoint: string
  readonly fileSystem: string
  readonly options: string
}

/** The kernel's own file systems, which hold no one's files; asking an autofs would even mount something. */
const pseudo =
  /^(?:proc|sysfs|cgroup2?|devpts|devtmpfs|securityfs|debugfs|tracefs|pstore|bpf|configfs|mqueue|hugetlbfs|autofs|binfmt_misc|fusectl|efivarfs|nsfs|ramfs|rpc_pipefs|selinuxfs|fuse\.(?:gvfsd-fuse|portal|lxcfs)|nfsd|smackfs|rootfs)$/
/** File systems behind another machine or program: asking them can take for ever. */
const remote = /^(?:nfs\d?|cifs|smb\w*|9p|fuse(?:\..*)?|fuseblk|ceph|gluster\w*|afs|lustre|gfs2?|ocfs2|ncpfs|sshfs|coda|beegfs|virtiofs)$/

/** Whether asking it can hang. */
export function isRemote({ fileSystem }: MountEntry): boolean {
  return remote.test(fileSystem)
}

/** Every file system that holds files, in the order of mounting; of several at one point the last, which hides the others. */
export function parseMountTable(text: string): readonly MountEntry[] {
  const mounts = new Map<string, MountEntry>()
  for (const line of text.split('\n')) {
    const [device, point, fileSystem, options] = line.split(' ').map(unescape)
    if (device === undefined || point === undefined || fileSystem === undefined || options === undefined) continue
    mounts.delete(point)
    if (point.startsWith('/') && !pseudo.test(fileSystem)) mounts.set(point, { device, mountPoint: point, fileSystem, options })
  }
  return [...mounts.values()]
}

/** White space and backslashes are octal there. */
function unescape(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

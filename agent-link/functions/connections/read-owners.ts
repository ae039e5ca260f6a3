import type { HostFiles } from '../host/host-files.ts'
import { inTurns } from '../host/turns.ts'
import { parseProcessStat } from '../processes/parse-process.ts'
import { listPids } from '../processes/read-processes.ts'

/** The process that holds a socket. */
export interface SocketOwner {
  readonly pid: number
  readonly name: string
}

/** Reading a link is this much cheaper than reading a file. */
const linksPerLook = 8
/** Descriptors looked at in one call; on a host with more, some sockets have no known owner. */
const descriptorLimit = 500_000

/**
 * Which process holds which socket, by the socket's inode, for the inodes wanted. Of several processes that share one the one with the
 * smallest pid counts: it is the parent. Processes the agent may not look into are left out.
 */
export async function readOwners(
  files: HostFiles,
  wanted: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, SocketOwner>> {
  const owners = new Map<number, SocketOwner>()
  const pids = [...listPids(files)].sort((a, b) => a - b)
  let looked = 0
  await inTurns(pids, signal, (pid) => {
    if (looked >= descriptorLimit) return 0
    let name: string | undefined
    const descriptors = files.list(`proc/${pid}/fd`) ?? []
    looked += descriptors.length
    for (const descriptor of descriptors) {
      const inode = Number(/^socket:\[(\d+)\]$/.exec(files.link(`proc/${pid}/fd/${descriptor}`) ?? '')?.[1] ?? -1)
      if (!wanted.has(inode) || owners.has(inode)) continue
      name ??= parseProcessStat(files.read(`proc/${pid}/stat`) ?? '')?.name ?? ''
      owners.set(inode, { pid, name })
    }
    return 1 + descriptors.length / linksPerLook
  })
  return owners
}

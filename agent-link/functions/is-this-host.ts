import { readFileSync } from 'node:fs'
import { hostname, release } from 'node:os'
import type { Source } from '../sources/source.ts'

/** Where netdata keeps the id it was given at its first start. */
const guidFile = '/var/lib/netdata/registry/netdata.public.unique.id'

/**
 * Whether a started source speaks of the host we run on. An agent on loopback may be another machine's, behind a tunnel: ours has our
 * kernel, and our name or the id that lies on our disk.
 */
export function isThisHost(source: Pick<Source, 'kind' | 'info' | 'machineGuid'>, files = { guid: guidFile }): boolean {
  if (source.kind === 'host') return true
  const { node } = source.info()
  if (node.kernelVersion !== release()) return false
  return node.hostname === hostname() || (source.machineGuid !== undefined && readId(files.guid) === source.machineGuid)
}

function readId(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim().toLowerCase()
  } catch {
    return undefined
  }
}

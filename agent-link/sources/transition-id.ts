import { createHash } from 'node:crypto'
import type { SourceAlert } from './source.ts'

/** A hash in the form of a UUID: `version` is its digit for the kind of UUID. */
export function hashUuid(version: 4 | 5, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${version}${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/** The id of a transition: the same for the same transition, also after a restart and in the log of the host. */
export function transitionId(
  machineGuid: string,
  { chart, name, whenS, status }: Pick<SourceAlert, 'chart' | 'name' | 'whenS' | 'status'>,
): string {
  return hashUuid(4, JSON.stringify([machineGuid, chart, name, whenS, status]))
}

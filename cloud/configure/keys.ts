import { createHash } from 'node:crypto'
import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import { spacePartition } from '../metadata/keys.ts'
import type { ItemKey } from '../store/port.ts'

/** Where what is kept of alert configuration lies, all of it in the space's partition. */
export const documentPrefix = 'alert-document/'
export const nodeStatePrefix = 'alert-document-node/'

export const documentKey = (spaceId: SpaceId, documentId: string): ItemKey => inSpace(spaceId, `${documentPrefix}${documentId}`)
export const nodeStateKey = (spaceId: SpaceId, documentId: string, nodeId: NodeId): ItemKey =>
  inSpace(spaceId, `${nodeStatePrefix}${documentId}/${nodeId}`)
export const runKey = (spaceId: SpaceId, runId: string): ItemKey => inSpace(spaceId, `alert-run/${runId}`)

/**
 * The id of the document of an alert's name: agents know one definition a name, so a space keeps one, and its id follows from the name.
 * Two people who make it at once meet at one item.
 */
export function documentIdOf(name: string): string {
  const hex = createHash('sha256').update(`alert-document\n${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function inSpace(spaceId: SpaceId, sort: string): ItemKey {
  return { partition: spacePartition(spaceId), sort }
}

import { randomBytes } from 'node:crypto'
import type { SpaceId } from '../../src/domain/ids.ts'
import type { ItemKey } from '../store/port.ts'

/** The partition of a space; what notifications keep goes with it. */
const inSpace = (spaceId: SpaceId, sort: string): ItemKey => ({ partition: `space/${spaceId}`, sort })

/** Where what is kept of targets and their messages lies. */
export const notifyKeys = {
  /** Which spaces have messages, so that a start finds what is pending. */
  spaces: 'message-spaces',
  space: (spaceId: SpaceId): ItemKey => ({ partition: notifyKeys.spaces, sort: spaceId }),
  partition: (spaceId: SpaceId): string => inSpace(spaceId, '').partition,
  trayPrefix: 'message/tray/',
  tray: (spaceId: SpaceId, targetId: string): ItemKey => inSpace(spaceId, `${notifyKeys.trayPrefix}${targetId}`),
  keptPrefix: 'message/kept/',
  /** The newest first in the order of the store: the time in the id, turned around. */
  kept: (spaceId: SpaceId, messageId: string): ItemKey => inSpace(spaceId, keptSort(messageId)),
} as const

/** A new id of a message: a UUID of version 7 (RFC 9562 §5.7), which begins with its time. */
export function newMessageId(nowMs: number): string {
  const hex = Math.max(0, Math.trunc(nowMs)).toString(16).padStart(12, '0').slice(-12) + randomBytes(10).toString('hex')
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The sort key of a kept message. */
export function keptSort(messageId: string): string {
  const time = BigInt(`0x${messageId.slice(0, 8)}${messageId.slice(9, 13)}`)
  return `${notifyKeys.keptPrefix}${(0xffffffffffffn - time).toString(16).padStart(12, '0')}-${messageId}`
}

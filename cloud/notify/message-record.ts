import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { ItemWrite, StoredItem } from '../store/port.ts'
import { notifyKeys } from './message-id.ts'
import type { Message } from './ports.ts'

export type KeptState = 'waiting' | 'sent' | 'failed' | 'dropped'

/** A sealed message and what became of it. Its contents never change again. */
export interface KeptMessage {
  readonly messageId: string
  readonly targetId: string
  readonly targetName: string
  readonly slug: string
  /** Whose browser it goes to; null for a channel. */
  readonly personId: PersonId | null
  readonly kind: Message['kind']
  readonly state: KeptState
  /** How many changes it stands for. */
  readonly changes: number
  /** Attempts since it was sealed, or since somebody wanted it tried again. */
  readonly attempts: number
  /** One sentence of ours. */
  readonly problem: string | null
  readonly createdAtMs: number
  /** Null when it is not tried any more. */
  readonly nextAttemptAtMs: number | null
  readonly sentAtMs: number | null
}

const unpackedBytesMax = 8 * 1024 * 1024

/** The item of a message; `untilMs` is when it leaves the log. */
export function messageItem(spaceId: SpaceId, kept: KeptMessage, message: Message, untilMs: number | undefined): ItemWrite {
  return {
    ...notifyKeys.kept(spaceId, kept.messageId),
    kind: 'message',
    data: { ...kept },
    blob: deflateRawSync(JSON.stringify(message)),
    ...(untilMs === undefined ? {} : { expiresAtMs: untilMs }),
  }
}

/** What became of the message of an item. */
export function keptOf({ data }: Pick<StoredItem, 'data'>): KeptMessage {
  return data as unknown as KeptMessage
}

/** What the message says. */
export function messageOf({ blob }: Pick<StoredItem, 'blob'>): Message {
  return JSON.parse(inflateRawSync(blob ?? new Uint8Array(), { maxOutputLength: unpackedBytesMax }).toString('utf8')) as Message
}

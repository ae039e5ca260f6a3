import { createHash } from 'node:crypto'
import type { MemberId, PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { ItemKey, ItemWrite, StoredItem } from '../../store/port.ts'
import type { NoticeOption } from '../ports.ts'

/** Where a browser is reached (Push API, W3C): what it gave when its person allowed it. */
export interface Subscription {
  readonly endpoint: string
  /** The browser's public key and shared secret, base64url. */
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** A browser that a person is notified on, without its address. */
export interface PushBrowser {
  readonly pushId: string
  readonly personId: PersonId
  /** Of this membership alone: who leaves and returns begins anew. */
  readonly memberId: MemberId
  readonly name: string
  readonly options: readonly NoticeOption[]
  /** Null: every room the person sees. */
  readonly roomIds: readonly RoomId[] | null
  /** SHA-256 of the address, hex: by it a browser finds itself. The address cannot be guessed. */
  readonly endpointHash: string
  readonly createdAtMs: number
}

type PushData = {
  personId: PersonId
  memberId: MemberId
  name: string
  options: NoticeOption[]
  roomIds: RoomId[] | null
  endpointHash: string
  createdAtMs: number
  sealed: string
}

const prefix = 'push/'

export const pushKeys = {
  partition: (spaceId: SpaceId) => `space/${spaceId}`,
  prefix,
  one: (spaceId: SpaceId, pushId: string): ItemKey => ({ partition: `space/${spaceId}`, sort: `${prefix}${pushId}` }),
}

export const endpointHashOf = (endpoint: string) => createHash('sha256').update(endpoint).digest('hex')

/** The same browser of the same person is the same in a space, however often it subscribes: a UUID made of the three. */
export function pushIdOf(spaceId: SpaceId, personId: PersonId, endpoint: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify(['push', spaceId, personId, endpoint]))
    .digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function browserOf({ sort, data }: Pick<StoredItem, 'sort' | 'data'>): PushBrowser {
  const { sealed: _sealed, ...row } = data as PushData
  return { pushId: sort.slice(prefix.length), ...row }
}

export const sealedOf = ({ data }: Pick<StoredItem, 'data'>) => (data as PushData).sealed

export function browserItem(key: ItemKey, browser: PushBrowser, sealed: string): ItemWrite {
  const { pushId: _id, options, roomIds, ...row } = browser
  return { ...key, kind: 'push-target', data: { ...row, options: [...options], roomIds: roomIds === null ? null : [...roomIds], sealed } }
}

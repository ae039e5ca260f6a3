import type { ChannelId, RoomId } from '../../../src/domain/ids.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

/** What a channel can tell people of (cloud-api §8). */
export const channelOptions = ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE'] as const
export type ChannelOption = (typeof channelOptions)[number]

/** Where notifications of a space go, without what is secret of it. */
export interface Channel {
  readonly channelId: ChannelId
  readonly name: string
  /** Which integration it is. */
  readonly slug: string
  readonly isEnabled: boolean
  /** Null: every room, also those to come. A list of none notifies of nothing. Rooms that are no more may still stand in it. */
  readonly roomIds: readonly RoomId[] | null
  /** In the order they were given. */
  readonly options: readonly ChannelOption[]
  /** After how many minutes a notification is repeated; 0: never. */
  readonly repeatMin: number
  /** Whether messages say the value of an alert, which is asked from its agent when they leave. */
  readonly includesValue: boolean
  readonly createdAtMs: number
  readonly changedAtMs: number
}

/** A channel is one item; its secrets stand in it sealed, bound to it. */
type ChannelRecord = {
  name: string
  slug: string
  isEnabled: boolean
  roomIds: RoomId[] | null
  options: ChannelOption[]
  repeatMin: number
  /** Left out by older versions: no. */
  includesValue?: boolean
  createdAtMs: number
  changedAtMs: number
  sealed: string
}

export const channelPrefix = 'channel/'

/** The channel an item holds. */
export function channelOf({ sort, data }: Pick<StoredItem, 'sort' | 'data'>): Channel {
  const { sealed: _sealed, ...record } = data as ChannelRecord
  return { channelId: sort.slice(channelPrefix.length) as ChannelId, includesValue: false, ...record }
}

/** The sealed secrets of a channel's item. */
export const sealedOf = ({ data }: Pick<StoredItem, 'data'>): string => (data as ChannelRecord).sealed

/** The content of a channel's item. */
export function channelContent({ channelId: _id, roomIds, options, ...rest }: Channel, sealed: string): ItemContent {
  const data: ChannelRecord = { ...rest, roomIds: roomIds === null ? null : [...roomIds], options: [...options], sealed }
  return { kind: 'channel', data }
}

import { randomUUID } from 'node:crypto'
import { canonicalUuid, type ChannelId, type RoomId, type SpaceId } from '../../../src/domain/ids.ts'
import type { Seals } from '../../../src/domain/seals.ts'
import { channelPlace } from '../../../src/domain/self-sealed.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { cleanText } from '../text-rules.ts'
import { channelContent, channelOf, channelOptions, channelPrefix, sealedOf, type Channel, type ChannelOption } from './channel-record.ts'
import { secretsOf, valuesOf, type ChannelSecrets, type FieldValues } from './channel-secrets.ts'
import { bury } from '../deleted/bury.ts'
import { integrationOf, type Integration } from './integrations.ts'

/** What is said of a channel; undefined leaves it as it is. */
export interface ChannelWish {
  readonly name?: string | undefined
  readonly isEnabled?: boolean | undefined
  readonly roomIds?: readonly string[] | null | undefined
  readonly options?: readonly string[] | undefined
  readonly repeatMin?: number | undefined
  readonly includesValue?: boolean | undefined
}

/** What a channel is told: as clients send it, or by the names of its fields, where null takes one away. */
export type Told = { readonly secrets: unknown } | { readonly fields: Readonly<Record<string, unknown>> }

/**
 * Notification channels of a space (cloud-api §8). A channel is one item and every change one conditional write. Secrets are sealed
 * for that item; nothing but {@link Channels.secrets} and {@link Channels.fields} opens them. Foreign and absent channels are
 * NOT_FOUND alike. Wishes that do not fit are BODY_UNPROCESSABLE, rooms that are not there CLAIM_ROOM_INVALID.
 */
export interface Channels {
  /** Oldest first. */
  list(spaceId: SpaceId): Promise<readonly Channel[]>
  get(spaceId: SpaceId, channelId: ChannelId): Promise<Channel | undefined>
  /** Everything the channel was told, exactly. Throws SEAL_BROKEN. */
  secrets(spaceId: SpaceId, channelId: ChannelId): Promise<ChannelSecrets>
  /** The same by field. Throws SEAL_BROKEN. */
  fields(spaceId: SpaceId, channelId: ChannelId): Promise<FieldValues>
  /** Throws LIMIT_REACHED; a few more than the limit can come of creations in the same instant. */
  create(spaceId: SpaceId, integration: Integration, wish: ChannelWish & { readonly name: string }, told: Told): Promise<Channel>
  /** Secrets in the shape of clients replace all that was told; of fields, those that are not named stay. */
  change(spaceId: SpaceId, channelId: ChannelId, wish: ChannelWish, told?: Told): Promise<Channel>
  /** Hides it until it is restored or purged. Answers whether it was there. */
  remove(spaceId: SpaceId, channelId: ChannelId): Promise<boolean>
}

export interface ChannelsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly seals: Seals
  readonly clock: Clock
  /** How many channels a space may have; null: as many as are kept. */
  readonly channelsMax?: number | null | undefined
}

export function createChannels({ store, changeItem, seals, clock, channelsMax }: ChannelsDeps): Channels {
  const most = Math.min(channelsMax ?? Infinity, metadataLimits.channelsPerSpace)
  const seal = (key: ItemKey, secrets: ChannelSecrets) => seals.seal(JSON.stringify(secrets), channelPlace(key))
  const open = async (item: StoredItem) => JSON.parse(await seals.open(sealedOf(item), channelPlace(item))) as ChannelSecrets

  const read = async (spaceId: SpaceId, channelId: ChannelId): Promise<StoredItem> => {
    const item = await store.read(keys.channel(spaceId, channelId))
    if (item === undefined) throw noChannel()
    return item
  }

  const checkedRooms = async (spaceId: SpaceId, roomIds: readonly string[] | null): Promise<readonly RoomId[] | null> => {
    if (roomIds === null) return null
    const invalid = () => new ThroughlineError('CLAIM_ROOM_INVALID', 'One or more rooms are not rooms of this space.')
    if (roomIds.length > metadataLimits.roomsPerChannel) throw invalid()
    const ids = roomIds.map((roomId) => canonicalUuid(roomId) as RoomId | undefined)
    const isThere = new Map<RoomId, boolean>()
    for (const id of ids) {
      if (id === undefined) throw invalid()
      if (!isThere.has(id)) isThere.set(id, (await store.read(keys.room(spaceId, id))) !== undefined)
      if (isThere.get(id) !== true) throw invalid()
    }
    return ids as readonly RoomId[]
  }

  /** The wish as it is kept, with its rooms looked up; everything that is not said is not there. */
  const checked = async (spaceId: SpaceId, wish: ChannelWish): Promise<Partial<Channel>> => ({
    ...(wish.name === undefined ? {} : { name: checkedName(wish.name) }),
    ...(wish.isEnabled === undefined ? {} : { isEnabled: wish.isEnabled }),
    ...(wish.includesValue === undefined ? {} : { includesValue: wish.includesValue }),
    ...(wish.options === undefined ? {} : { options: checkedOptions(wish.options) }),
    ...(wish.repeatMin === undefined ? {} : { repeatMin: checkedRepeat(wish.repeatMin) }),
    ...(wish.roomIds === undefined ? {} : { roomIds: await checkedRooms(spaceId, wish.roomIds) }),
  })

  /** What is told beside what was. Fields that are not named stay; secrets in the shape of clients replace everything. */
  const toldNext = async (integration: Integration, item: StoredItem, told: Told): Promise<ChannelSecrets> => {
    if ('secrets' in told) return secretsOf(integration, valuesOf(integration, told.secrets))
    const next = new Map(Object.entries(valuesOf(integration, await open(item))))
    for (const [name, value] of Object.entries(told.fields)) {
      if (value === null) next.delete(name)
      else next.set(name, value)
    }
    return secretsOf(integration, Object.fromEntries(next))
  }

  return {
    async list(spaceId) {
      const channels = (await listAll(store, spacePartition(spaceId), channelPrefix)).map(channelOf)
      return channels.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.channelId < b.channelId ? -1 : 1))
    },

    async get(spaceId, channelId) {
      const item = await store.read(keys.channel(spaceId, channelId))
      return item && channelOf(item)
    },

    secrets: async (spaceId, channelId) => open(await read(spaceId, channelId)),

    async fields(spaceId, channelId) {
      const item = await read(spaceId, channelId)
      return valuesOf(integrationOfChannel(channelOf(item)), await open(item)) as FieldValues
    },

    async create(spaceId, integration, wish, told) {
      if ((await this.list(spaceId)).length >= most)
        throw new ThroughlineError('LIMIT_REACHED', `A space has at most ${most} channels; delete some first.`)
      const channelId = randomUUID() as string as ChannelId
      const key = keys.channel(spaceId, channelId)
      const values = 'secrets' in told ? valuesOf(integration, told.secrets) : told.fields
      const sealed = await seal(key, secretsOf(integration, values))
      const nowMs = clock.nowMs()
      const channel: Channel = {
        channelId,
        slug: integration.slug,
        isEnabled: true,
        roomIds: null,
        options: [],
        repeatMin: 0,
        includesValue: false,
        createdAtMs: nowMs,
        changedAtMs: nowMs,
        name: '',
        ...(await checked(spaceId, wish)),
      }
      await store.write({ ...key, ...channelContent(channel, sealed) }, 'absent')
      return channel
    },

    async change(spaceId, channelId, wish, told) {
      const changes = await checked(spaceId, wish)
      let given: Channel | undefined
      const key = keys.channel(spaceId, channelId)
      await changeItem(key, async (current) => {
        if (current === undefined) throw noChannel()
        const before = channelOf(current)
        const next = { ...before, ...changes }
        const sealed = told === undefined ? sealedOf(current) : await seal(key, await toldNext(integrationOfChannel(before), current, told))
        const isSame = told === undefined && JSON.stringify(next) === JSON.stringify(before)
        given = isSame ? before : { ...next, changedAtMs: clock.nowMs() }
        return isSame ? undefined : channelContent(given, sealed)
      })
      if (given === undefined) throw noChannel()
      return given
    },

    async remove(spaceId, channelId) {
      for (;;) {
        const item = await store.read(keys.channel(spaceId, channelId))
        if (item === undefined) return false
        if (await bury(store, item, clock.nowMs())) return true
      }
    },
  }
}

const noChannel = () => new ThroughlineError('NOT_FOUND', 'There is no such channel.')
const unfit = (what: string) => new ThroughlineError('BODY_UNPROCESSABLE', what)

function integrationOfChannel({ slug }: Channel): Integration {
  const integration = integrationOf(slug)
  if (integration === undefined) throw unfit('This channel is of a kind that is not known here any more.')
  return integration
}

/** A name reads back exactly as it was given, so one that would have to be cleaned is refused. */
function checkedName(name: string): string {
  if (name.trim() === '' || cleanText(name, metadataLimits.nameBytes) !== name) throw unfit('A channel needs a name of one plain line.')
  return name
}

function checkedOptions(options: readonly string[]): readonly ChannelOption[] {
  const isOption = (option: string): option is ChannelOption => (channelOptions as readonly string[]).includes(option)
  if (options.length > metadataLimits.optionsPerChannel || !options.every(isOption))
    throw unfit(`A channel tells of ${channelOptions.join(', ')}, and of nothing else.`)
  return options.filter(isOption)
}

function checkedRepeat(repeatMin: number): number {
  const { leastMin, mostMin } = metadataLimits.channelRepeat
  if (repeatMin !== 0 && (!Number.isInteger(repeatMin) || repeatMin < leastMin || repeatMin > mostMin))
    throw unfit(`A notification is repeated after ${leastMin} to ${mostMin} minutes, or never with 0.`)
  return repeatMin
}

import { randomUUID } from 'node:crypto'
import { canonicalUuid, type RoomId, type SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'
import { reachLimits } from './reach-limits.ts'

/** How nodes of a room, or all of a space, are told of when they are out of reach. */
export interface ReachSetting {
  readonly settingId: string
  /** Null: every node without a room that says something else. */
  readonly roomId: RoomId | null
  /** Null: the default. */
  readonly delayS: number | null
  readonly isOn: boolean
}

/** A setting as it is wished for; one without an id, or with one that is not known, is new. */
export type ReachWish = Omit<ReachSetting, 'settingId' | 'roomId'> & {
  readonly settingId?: string | undefined
  readonly roomId: string | null
}

/** Settings of a space, in one item. Throws BODY_UNPROCESSABLE for what does not fit. */
export interface ReachSettings {
  list(spaceId: SpaceId): Promise<readonly ReachSetting[]>
  /** Whoever is not in the wish is removed. Answers the whole. */
  replace(spaceId: SpaceId, wishes: readonly ReachWish[]): Promise<readonly ReachSetting[]>
  /** Changes or adds these; a wish without an id is that of its room. Answers the whole. */
  upsert(spaceId: SpaceId, wishes: readonly ReachWish[]): Promise<readonly ReachSetting[]>
  /** Those that are not there are passed over. Answers how many were. */
  remove(spaceId: SpaceId, settingIds: readonly string[]): Promise<number>
}

export interface ReachSettingsDeps {
  readonly store: MetadataStore
  /** Whether the space has such a room. */
  readonly hasRoom: (spaceId: SpaceId, roomId: RoomId) => Promise<boolean>
}

type SettingsRecord = { rows: { settingId: string; roomId: RoomId | null; delayS: number | null; isOn: boolean }[] }

const keyOf = (spaceId: SpaceId): ItemKey => ({ partition: `space/${spaceId}`, sort: 'reach/settings' })
const unfit = (what: string) => new ThroughlineError('BODY_UNPROCESSABLE', what)
const triesMax = 12

export function createReachSettings({ store, hasRoom }: ReachSettingsDeps): ReachSettings {
  const read = async (spaceId: SpaceId) => {
    const item = await store.read(keyOf(spaceId))
    return { revision: item?.revision, rows: item === undefined ? [] : (item.data as SettingsRecord).rows }
  }

  /** One conditional write, tried again when somebody else was faster. */
  const change = async (spaceId: SpaceId, next: (rows: readonly ReachSetting[]) => readonly ReachSetting[]) => {
    for (let tries = 0; tries < triesMax; tries++) {
      const { revision, rows } = await read(spaceId)
      const wanted = next(rows)
      if (JSON.stringify(wanted) === JSON.stringify(rows)) return wanted
      const data: SettingsRecord = { rows: wanted.map((row) => ({ ...row })) }
      if ((await store.write({ ...keyOf(spaceId), kind: 'reach-settings', data }, revision ?? 'absent')) !== undefined) return wanted
    }
    throw new ThroughlineError('CONFLICT', 'The settings changed too often to be changed; try again.')
  }

  const checked = async (
    spaceId: SpaceId,
    wishes: readonly ReachWish[],
    rows: readonly ReachSetting[],
  ): Promise<readonly ReachSetting[]> => {
    const { leastS, mostS } = reachLimits.delay
    if (wishes.length > reachLimits.settingsPerSpace) throw unfit(`A space has at most ${reachLimits.settingsPerSpace} of these settings.`)
    const known = new Map(rows.map((row) => [row.settingId, row]))
    const settings: ReachSetting[] = []
    for (const { settingId, roomId, delayS, isOn } of wishes) {
      if (delayS !== null && (!Number.isInteger(delayS) || delayS < leastS || delayS > mostS))
        throw unfit(`A node is told of after ${leastS} seconds to ${mostS / 3_600} hours.`)
      const room = roomId === null ? null : (canonicalUuid(roomId) as RoomId | undefined)
      if (room === undefined) throw unfit('One of the rooms is no id.')
      const isKept = rows.some((row) => row.roomId === room)
      if (room !== null && !isKept && !(await hasRoom(spaceId, room))) throw unfit('One of the rooms is not a room of this space.')
      const id = canonicalUuid(settingId)
      settings.push({ settingId: id !== undefined && known.has(id) ? id : randomUUID(), roomId: room, delayS, isOn })
    }
    const rooms = settings.map(({ roomId }) => roomId)
    if (new Set(rooms).size < rooms.length) throw unfit('A room has one setting, and so has the space.')
    if (new Set(settings.map(({ settingId }) => settingId)).size < settings.length) throw unfit('An id stands twice among the settings.')
    return settings
  }

  return {
    list: async (spaceId) => (await read(spaceId)).rows,

    async replace(spaceId, wishes) {
      const settings = await checked(spaceId, wishes, (await read(spaceId)).rows)
      return change(spaceId, () => settings)
    },

    async upsert(spaceId, wishes) {
      const before = (await read(spaceId)).rows
      const named = wishes.map((wish) => ({
        ...wish,
        settingId: before.some(({ settingId }) => settingId === wish.settingId)
          ? wish.settingId
          : before.find(({ roomId }) => roomId === wish.roomId)?.settingId,
      }))
      const settings = await checked(spaceId, named, before)
      const next = await change(spaceId, (rows) => {
        const fresh = new Map(settings.map((setting) => [setting.settingId, setting]))
        const kept = rows.map((row) => fresh.get(row.settingId) ?? row)
        const all = [...kept, ...settings.filter(({ settingId }) => !rows.some((row) => row.settingId === settingId))]
        if (new Set(all.map(({ roomId }) => roomId)).size < all.length) throw unfit('A room has one setting, and so has the space.')
        if (all.length > reachLimits.settingsPerSpace) throw unfit(`A space has at most ${reachLimits.settingsPerSpace} of these settings.`)
        return all
      })
      return next
    },

    async remove(spaceId, settingIds) {
      const ids = new Set(settingIds.map((id) => canonicalUuid(id)))
      let removed = 0
      await change(spaceId, (rows) => {
        const left = rows.filter(({ settingId }) => !ids.has(settingId))
        removed = rows.length - left.length
        return left
      })
      return removed
    },
  }
}

/**
 * How a node in these rooms is told of: by its rooms if one of them says something, by the space otherwise. Of several rooms the
 * shortest delay of one that is on counts.
 */
export function settingFor(rows: readonly ReachSetting[], roomIds: readonly RoomId[]): { readonly delayS: number; readonly isOn: boolean } {
  const { defaultDelayS } = reachLimits
  const ofRooms = rows.filter(({ roomId }) => roomId !== null && roomIds.includes(roomId))
  const asked = ofRooms.length > 0 ? ofRooms : rows.filter(({ roomId }) => roomId === null)
  if (asked.length === 0) return { delayS: defaultDelayS, isOn: true }
  const spaceDelayS = rows.find(({ roomId }) => roomId === null)?.delayS ?? defaultDelayS
  const delays = asked.filter(({ isOn }) => isOn).map(({ delayS }) => delayS ?? spaceDelayS)
  return delays.length === 0 ? { delayS: spaceDelayS, isOn: false } : { delayS: Math.min(...delays), isOn: true }
}

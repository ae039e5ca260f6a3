import { randomUUID } from 'node:crypto'
import type { PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Role, Room, Space } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { cleanText } from '../text-rules.ts'

/** Spaces, their rooms and members. One space per installation for now; every call already takes its id. */
export interface Spaces {
  /**
   * The first space, with its "All nodes" room and its admin; made once, and completed if a crash left it half made.
   * The name and the admin of the first call stay.
   */
  ensureFirst(wish: { name: string; adminPersonId: PersonId }): Promise<Space>
  /** The first space and its admin; undefined until they were made. */
  installation(): Promise<{ readonly spaceId: SpaceId; readonly adminPersonId: PersonId } | undefined>
  get(spaceId: SpaceId): Promise<Space | undefined>
  rooms(spaceId: SpaceId): Promise<Room[]>
  /** The person's role there; undefined alike for absent spaces and strangers. */
  roleOf(spaceId: SpaceId, personId: PersonId): Promise<Role | undefined>
  spacesOf(personId: PersonId): Promise<Space[]>
}

type Installation = { spaceId: SpaceId; allNodesRoomId: RoomId; adminPersonId: PersonId; name: string; createdAtMs: number }
type SpaceRecord = { name: string; createdAtMs: number }
type RoomRecord = { name: string; isAllNodes: boolean; createdAtMs: number }
type MemberRecord = { role: Role; sinceMs: number }

export function createSpaces({ store, clock }: { store: MetadataStore; clock: Clock }): Spaces {
  const installation = async () => (await store.read(keys.installation))?.data as Installation | undefined

  const get = async (spaceId: SpaceId): Promise<Space | undefined> => {
    const record = (await store.read(keys.space(spaceId)))?.data as SpaceRecord | undefined
    return record === undefined ? undefined : { spaceId, name: record.name, createdAtMs: record.createdAtMs }
  }

  const roleOf = async (spaceId: SpaceId, personId: PersonId) =>
    ((await store.read(keys.member(spaceId, personId)))?.data as MemberRecord | undefined)?.role

  const makeInstallation = async (name: string, adminPersonId: PersonId): Promise<Installation> => {
    const made: Installation = {
      spaceId: randomUUID() as string as SpaceId,
      allNodesRoomId: randomUUID() as string as RoomId,
      adminPersonId,
      name: cleanText(name, 200).trim() || 'My space',
      createdAtMs: clock.nowMs(),
    }
    await store.write({ ...keys.installation, kind: 'installation', data: made }, 'absent')
    // Another process may have been first; its item is the one that counts.
    return (await installation()) ?? made
  }

  return {
    get,
    roleOf,

    async installation() {
      const first = await installation()
      return first === undefined ? undefined : { spaceId: first.spaceId, adminPersonId: first.adminPersonId }
    },

    async ensureFirst({ name, adminPersonId }) {
      const first = (await installation()) ?? (await makeInstallation(name, adminPersonId))
      const { spaceId, allNodesRoomId, createdAtMs } = first
      // Each item by itself and only where it is missing: a crash between any two is completed by the next start.
      const parts = [
        { ...keys.space(spaceId), kind: 'space', data: { name: first.name, createdAtMs } },
        { ...keys.room(spaceId, allNodesRoomId), kind: 'room', data: { name: 'All nodes', isAllNodes: true, createdAtMs } },
        { ...keys.member(spaceId, first.adminPersonId), kind: 'member', data: { role: 'admin', sinceMs: createdAtMs } },
      ] as const
      for (const part of parts) if ((await store.read(part)) === undefined) await store.write(part, 'absent')
      return (await get(spaceId)) ?? { spaceId, name: first.name, createdAtMs }
    },

    async rooms(spaceId) {
      const items = await listAll(store, spacePartition(spaceId), 'room/')
      return items.map(({ sort, data }) => {
        const { name, isAllNodes, createdAtMs } = data as RoomRecord
        return { roomId: sort.slice('room/'.length) as RoomId, spaceId, name, isAllNodes, createdAtMs }
      })
    },

    async spacesOf(personId) {
      const first = await installation()
      if (first === undefined || (await roleOf(first.spaceId, personId)) === undefined) return []
      const space = await get(first.spaceId)
      return space === undefined ? [] : [space]
    },
  }
}

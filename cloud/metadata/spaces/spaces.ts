import { randomUUID } from 'node:crypto'
import type { PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Space } from '../../../src/domain/model.ts'
import { isSeen } from '../../../src/domain/unwanted-characters.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import type { ChangeItem } from '../change-item.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { roomContent } from '../rooms/room-record.ts'
import { cleanPassage, cleanText } from '../text-rules.ts'
import type { Unfinished } from '../unfinished.ts'
import type { Roster } from './roster.ts'

/** Under which names spaces are noted while they are made. */
export const halfMadePrefix = 'new-space/'

/** Spaces themselves; who is in them is the roster's, their rooms are the rooms'. */
export interface Spaces {
  /**
   * The first space, with its "All nodes" room and its admin; made once, and completed if a crash left it half made.
   * The name and the admin of the first call stay. Throws NOT_FOUND when it was deleted since: it is not made again.
   */
  ensureFirst(wish: { name: string; adminPersonId: PersonId }): Promise<Space>
  /** The first space, if it was not deleted, and its admin; undefined until they were made. */
  installation(): Promise<{ readonly spaceId: SpaceId | undefined; readonly adminPersonId: PersonId } | undefined>
  /** Another person owns the installation from now on. */
  setOwner(personId: PersonId): Promise<void>
  /** The space is being deleted: it is no more the first one. */
  leave(spaceId: SpaceId): Promise<void>
  /** A space with its "All nodes" room, whose admin is who made it. Throws LIMIT_REACHED for who has very many. */
  create(wish: { name: string; description: string; adminPersonId: PersonId }): Promise<Space>
  get(spaceId: SpaceId): Promise<Space | undefined>
  /** Undefined leaves a member as it is; an empty name does, too. Throws NOT_FOUND. */
  change(spaceId: SpaceId, wish: { name?: string | undefined; description?: string | undefined }): Promise<Space>
  /** The spaces a person is a member of, oldest membership first. */
  spacesOf(personId: PersonId): Promise<Space[]>
}

type Installation = {
  spaceId: SpaceId
  allNodesRoomId: RoomId
  adminPersonId: PersonId
  name: string
  createdAtMs: number
  isSpaceDeleted?: true
}
type SpaceRecord = { name: string; createdAtMs: number; description?: string }

export interface SpacesDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly roster: Roster
  readonly unfinished: Unfinished
  readonly clock: Clock
}

export function createSpaces({ store, changeItem, roster, unfinished, clock }: SpacesDeps): Spaces {
  const installation = async () => (await store.read(keys.installation))?.data as Installation | undefined

  const get = async (spaceId: SpaceId): Promise<Space | undefined> => {
    const record = (await store.read(keys.space(spaceId)))?.data as SpaceRecord | undefined
    return record && spaceOf(spaceId, record)
  }

  const makeInstallation = async (name: string, adminPersonId: PersonId): Promise<Installation> => {
    const made: Installation = {
      spaceId: randomUUID() as string as SpaceId,
      allNodesRoomId: randomUUID() as string as RoomId,
      adminPersonId,
      name: spaceName(name) ?? 'My space',
      createdAtMs: clock.nowMs(),
    }
    await store.write({ ...keys.installation, kind: 'installation', data: made }, 'absent')
    // Another process may have been first; its item is the one that counts.
    return (await installation()) ?? made
  }

  /** Each item by itself and only where it is missing: a crash between any two is completed by the next call. Nobody reaches it before the roster, which comes last. */
  const complete = async (space: Space, allNodesRoomId: RoomId, adminPersonId: PersonId): Promise<void> => {
    const { spaceId, name, description, createdAtMs } = space
    const allNodes = roomContent({ name: 'All nodes', description: '', isAllNodes: true, createdAtMs, memberIds: [], rules: [] })
    if ((await store.read(keys.room(spaceId, allNodesRoomId))) === undefined)
      await store.write({ ...keys.room(spaceId, allNodesRoomId), ...allNodes }, 'absent')
    if ((await store.read(keys.space(spaceId))) === undefined)
      await store.write({ ...keys.space(spaceId), ...spaceContent({ name, description, createdAtMs }) }, 'absent')
    await roster.begin(spaceId, adminPersonId)
  }

  return {
    get,

    async installation() {
      const first = await installation()
      if (first === undefined) return undefined
      return { spaceId: first.isSpaceDeleted === true ? undefined : first.spaceId, adminPersonId: first.adminPersonId }
    },

    async setOwner(personId) {
      await changeItem(keys.installation, (current) => {
        if (current === undefined) return undefined
        const data: Installation = { ...(current.data as Installation), adminPersonId: personId }
        return { kind: 'installation', data }
      })
    },

    async leave(spaceId) {
      if ((await installation())?.spaceId !== spaceId) return
      await changeItem(keys.installation, (current) => {
        if (current === undefined) return undefined
        const data: Installation = { ...(current.data as Installation), isSpaceDeleted: true }
        return { kind: 'installation', data }
      })
    },

    async ensureFirst({ name, adminPersonId }) {
      const first = (await installation()) ?? (await makeInstallation(name, adminPersonId))
      if (first.isSpaceDeleted === true) throw new ThroughlineError('NOT_FOUND', 'The first space was deleted.')
      const space: Space = { spaceId: first.spaceId, name: first.name, description: '', createdAtMs: first.createdAtMs }
      await complete(space, first.allNodesRoomId, first.adminPersonId)
      return (await get(first.spaceId)) ?? space
    },

    async create({ name, description, adminPersonId }) {
      const clean = spaceName(name)
      if (clean === undefined) throw new ThroughlineError('BODY_UNPROCESSABLE', 'A space needs a name.')
      if ((await roster.spacesOf(adminPersonId)).length >= metadataLimits.spacesPerPerson)
        throw new ThroughlineError('LIMIT_REACHED', `Nobody can be in more than ${metadataLimits.spacesPerPerson} spaces.`)
      const space: Space = {
        spaceId: randomUUID() as string as SpaceId,
        name: clean,
        description: cleanPassage(description, metadataLimits.descriptionBytes),
        createdAtMs: clock.nowMs(),
      }
      const work = `${halfMadePrefix}${space.spaceId}`
      await unfinished.note(work, { atMs: clock.nowMs(), personId: adminPersonId })
      await complete(space, randomUUID() as string as RoomId, adminPersonId)
      const noted = await unfinished.find(work)
      if (noted !== undefined) await unfinished.strike(noted)
      return space
    },

    async change(spaceId, { name, description }) {
      let changed: Space | undefined
      await changeItem(keys.space(spaceId), (current) => {
        if (current === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
        const before = spaceOf(spaceId, current.data as SpaceRecord)
        changed = {
          ...before,
          name: spaceName(name ?? '') ?? before.name,
          description: description === undefined ? before.description : cleanPassage(description, metadataLimits.descriptionBytes),
        }
        return spaceContent(changed)
      })
      if (changed === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
      return changed
    },

    async spacesOf(personId) {
      const spaces: Space[] = []
      for (const { spaceId, member } of await roster.spacesOf(personId)) {
        const space = member.invitation === undefined ? await get(spaceId) : undefined
        if (space !== undefined) spaces.push(space)
      }
      return spaces
    },
  }
}

function spaceOf(spaceId: SpaceId, { name, createdAtMs, description = '' }: SpaceRecord): Space {
  return { spaceId, name, description, createdAtMs }
}

function spaceContent({ name, description, createdAtMs }: Omit<Space, 'spaceId'>) {
  const record: SpaceRecord = { name, createdAtMs, ...(description === '' ? {} : { description }) }
  return { kind: 'space' as const, data: record }
}

function spaceName(name: string): string | undefined {
  const clean = cleanText(name, metadataLimits.nameBytes)
  return isSeen(clean) ? clean : undefined
}

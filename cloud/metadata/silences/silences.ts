import { randomUUID } from 'node:crypto'
import type { PersonId, SilenceId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { checkedSilence, type SilenceWish } from './silence-content.ts'
import { bury } from '../deleted/bury.ts'
import { silenceContent, silenceOf, silencePrefix, type Silence } from './silence-record.ts'

/**
 * Silences of a space and of people in it. A silence is one item and every change one conditional write. Wishes that do not fit are
 * BODY_UNPROCESSABLE in a sentence that says what to change; who may do what is for the caller to know.
 */
export interface Silences {
  /** Oldest first; those that delete themselves are gone at their end. */
  list(spaceId: SpaceId): Promise<readonly Silence[]>
  get(spaceId: SpaceId, silenceId: SilenceId): Promise<Silence | undefined>
  /**
   * `personId` null: for the space. Throws LIMIT_REACHED; a few more than the limit can come of creations in the same instant.
   */
  create(spaceId: SpaceId, by: PersonId, personId: PersonId | null, wish: SilenceWish): Promise<Silence>
  /**
   * Replaces what it says; whose it is stays. `allow` looks at what is there in the moment of the change and throws what refuses it.
   * Throws NOT_FOUND.
   */
  change(spaceId: SpaceId, silenceId: SilenceId, wish: SilenceWish, allow: (before: Silence) => void): Promise<Silence>
  /** Takes away a person's own; one of the space is hidden until it is restored or purged. Answers what was there; undefined when nothing was. */
  remove(spaceId: SpaceId, silenceId: SilenceId, allow: (before: Silence) => void): Promise<Silence | undefined>
  /** Takes away what belongs to this person alone. May be repeated. */
  removeOf(spaceId: SpaceId, personId: PersonId): Promise<void>
  /** Hears, after each creation and change in this process, in which space it was; the answer stops it. */
  onWritten(listener: (spaceId: SpaceId) => void): () => void
}

export interface SilencesDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly clock: Clock
}

export const noSilence = () => new ThroughlineError('NOT_FOUND', 'There is no such silence.')

export function createSilences({ store, changeItem, clock }: SilencesDeps): Silences {
  const listeners = new Set<(spaceId: SpaceId) => void>()
  const written = (spaceId: SpaceId) => {
    for (const listener of listeners) listener(spaceId)
  }
  const checkRoom = (all: readonly Silence[], personId: PersonId | null) => {
    const { silencesPerSpace, silencesPerPerson } = metadataLimits
    const most = personId === null ? silencesPerSpace : silencesPerPerson
    if (all.filter((silence) => silence.personId === personId).length < most) return
    const whose = personId === null ? 'A space has' : 'A person has'
    throw new ThroughlineError('LIMIT_REACHED', `${whose} at most ${most} silences; delete some first.`)
  }

  return {
    async list(spaceId) {
      const silences = (await listAll(store, spacePartition(spaceId), silencePrefix)).map(silenceOf)
      return silences.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.silenceId < b.silenceId ? -1 : 1))
    },

    async get(spaceId, silenceId) {
      const item = await store.read(keys.silence(spaceId, silenceId))
      return item && silenceOf(item)
    },

    async create(spaceId, by, personId, wish) {
      const nowMs = clock.nowMs()
      const content = checkedSilence(wish, nowMs)
      if (content.deletesOnEnd && (content.endsAtMs ?? Infinity) <= nowMs)
        throw new ThroughlineError('BODY_UNPROCESSABLE', 'This silence is over already and would be deleted at once.')
      checkRoom(await this.list(spaceId), personId)
      const silenceId = randomUUID() as string as SilenceId
      const silence: Silence = { silenceId, ...content, personId, createdBy: by, createdAtMs: nowMs, changedAtMs: nowMs }
      await store.write({ ...keys.silence(spaceId, silenceId), ...silenceContent(silence) }, 'absent')
      written(spaceId)
      return silence
    },

    async change(spaceId, silenceId, wish, allow) {
      const content = checkedSilence(wish, clock.nowMs())
      let given: Silence | undefined
      await changeItem(keys.silence(spaceId, silenceId), (current) => {
        if (current === undefined) throw noSilence()
        const before = silenceOf(current)
        allow(before)
        const { personId, createdBy, createdAtMs, changedAtMs } = before
        const same: Silence = { silenceId, ...content, personId, createdBy, createdAtMs, changedAtMs }
        const isSame = JSON.stringify(silenceContent(same)) === JSON.stringify(silenceContent(before))
        given = isSame ? before : { ...same, changedAtMs: clock.nowMs() }
        return isSame ? undefined : silenceContent(given)
      })
      if (given === undefined) throw noSilence()
      written(spaceId)
      return given
    },

    async remove(spaceId, silenceId, allow) {
      for (;;) {
        const item = await store.read(keys.silence(spaceId, silenceId))
        if (item === undefined) return undefined
        const silence = silenceOf(item)
        allow(silence)
        // What is a person's own goes at once; what is shared can be restored.
        const isGone = silence.personId === null ? bury(store, item, clock.nowMs()) : store.remove(item, item.revision)
        if (await isGone) return silence
      }
    },

    async removeOf(spaceId, personId) {
      for (const { silenceId, personId: whose } of await this.list(spaceId))
        if (whose === personId) await this.remove(spaceId, silenceId, () => {})
    },

    onWritten(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

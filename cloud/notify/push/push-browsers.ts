import type { MemberId, PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Seals } from '../../../src/domain/seals.ts'
import { browserPlace } from '../../../src/domain/self-sealed.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { NoticeOption } from '../ports.ts'
import { browserItem, browserOf, endpointHashOf, pushIdOf, pushKeys, sealedOf, type PushBrowser, type Subscription } from './push-record.ts'

export const pushLimits = { browsersPerPerson: 20, browsersPerSpace: 2_000, nameChars: 60, tries: 12 } as const

/** What a person wants to hear on a browser. */
export interface PushWish {
  readonly name: string
  readonly options: readonly NoticeOption[]
  readonly roomIds: readonly RoomId[] | null
}

/**
 * The browsers that people of a space are notified on. Each is one item of its person's membership, its address sealed for that item;
 * to anybody else, and in another space, it is not there (NOT_FOUND).
 */
export interface PushBrowsers {
  /** Those of one person, oldest first. */
  listOf(spaceId: SpaceId, personId: PersonId): Promise<readonly PushBrowser[]>
  list(spaceId: SpaceId): Promise<readonly PushBrowser[]>
  /** The same browser again is changed, not added. Throws LIMIT_REACHED. */
  add(who: { spaceId: SpaceId; personId: PersonId; memberId: MemberId }, subscription: Subscription, wish: PushWish): Promise<PushBrowser>
  change(spaceId: SpaceId, personId: PersonId, pushId: string, wish: Partial<PushWish>): Promise<PushBrowser>
  /** Answers whether it was there. */
  remove(spaceId: SpaceId, personId: PersonId, pushId: string): Promise<boolean>
  /** Every browser of somebody who leaves. */
  forget(spaceId: SpaceId, personId: PersonId): Promise<void>
  /** What is needed to reach it. Undefined when it is gone; throws SEAL_BROKEN. */
  open(spaceId: SpaceId, pushId: string): Promise<{ readonly browser: PushBrowser; readonly subscription: Subscription } | undefined>
}

export function createPushBrowsers(deps: { readonly store: MetadataStore; readonly seals: Seals; readonly clock: Clock }): PushBrowsers {
  const { store, seals, clock } = deps

  const all = async (spaceId: SpaceId): Promise<readonly StoredItem[]> => {
    const items: StoredItem[] = []
    let after: string | undefined
    do {
      const page = await store.list(pushKeys.partition(spaceId), { prefix: pushKeys.prefix, ...(after === undefined ? {} : { after }) })
      items.push(...page.items)
      after = page.next
    } while (after !== undefined)
    return items
  }
  const list = async (spaceId: SpaceId) => {
    const browsers = (await all(spaceId)).map(browserOf)
    return browsers.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.pushId < b.pushId ? -1 : 1))
  }
  const listOf = async (spaceId: SpaceId, personId: PersonId) => (await list(spaceId)).filter((browser) => browser.personId === personId)

  /** Reads, decides, writes on the condition that nobody was faster; a decision that is undefined removes. */
  const change = async (
    spaceId: SpaceId,
    pushId: string,
    decide: (item: StoredItem | undefined) => { readonly browser: PushBrowser; readonly sealed: string } | 'remove' | 'nothing',
  ): Promise<void> => {
    const key = pushKeys.one(spaceId, pushId)
    for (let tries = 0; tries < pushLimits.tries; tries++) {
      const item = await store.read(key)
      const next = decide(item)
      if (next === 'nothing') return
      if (next === 'remove') {
        if (item === undefined || (await store.remove(key, item.revision))) return
      } else if ((await store.write(browserItem(key, next.browser, next.sealed), item?.revision ?? 'absent')) !== undefined) return
    }
    throw new ThroughlineError('CONFLICT', 'This browser was changed too often to be changed; try again.')
  }

  return {
    list,
    listOf,

    async add({ spaceId, personId, memberId }, subscription, { name, options, roomIds }) {
      const pushId = pushIdOf(spaceId, personId, subscription.endpoint)
      const known = await list(spaceId)
      const mine = known.filter((browser) => browser.personId === personId)
      if (!mine.some((browser) => browser.pushId === pushId)) {
        if (mine.length >= pushLimits.browsersPerPerson)
          throw new ThroughlineError('LIMIT_REACHED', `You have ${pushLimits.browsersPerPerson} browsers here; remove one first.`)
        if (known.length >= pushLimits.browsersPerSpace)
          throw new ThroughlineError('LIMIT_REACHED', 'This space notifies on very many browsers already.')
      }
      const sealed = await seals.seal(JSON.stringify(subscription), browserPlace(pushKeys.one(spaceId, pushId), personId))
      const endpointHash = endpointHashOf(subscription.endpoint)
      let made: PushBrowser | undefined
      await change(spaceId, pushId, (item) => {
        const createdAtMs = item === undefined ? clock.nowMs() : browserOf(item).createdAtMs
        made = { pushId, personId, memberId, name, options, roomIds, endpointHash, createdAtMs }
        return { browser: made, sealed }
      })
      if (made === undefined) throw noBrowser()
      return made
    },

    async change(spaceId, personId, pushId, { name, options, roomIds }) {
      let changed: PushBrowser | undefined
      await change(spaceId, pushId, (item) => {
        const before = item && browserOf(item)
        if (item === undefined || before?.personId !== personId) throw noBrowser()
        changed = {
          ...before,
          ...(name === undefined ? {} : { name }),
          ...(options === undefined ? {} : { options }),
          ...(roomIds === undefined ? {} : { roomIds }),
        }
        return { browser: changed, sealed: sealedOf(item) }
      })
      if (changed === undefined) throw noBrowser()
      return changed
    },

    async remove(spaceId, personId, pushId) {
      let wasThere = false
      await change(spaceId, pushId, (item) => {
        wasThere = item !== undefined && browserOf(item).personId === personId
        return wasThere ? 'remove' : 'nothing'
      })
      return wasThere
    },

    async forget(spaceId, personId) {
      for (const { pushId } of await listOf(spaceId, personId)) await this.remove(spaceId, personId, pushId)
    },

    async open(spaceId, pushId) {
      const key = pushKeys.one(spaceId, pushId)
      const item = await store.read(key)
      if (item === undefined) return undefined
      const browser = browserOf(item)
      const opened = await seals.open(sealedOf(item), browserPlace(key, browser.personId))
      return { browser, subscription: JSON.parse(opened) as Subscription }
    },
  }
}

const noBrowser = () => new ThroughlineError('NOT_FOUND', 'There is no such browser.')

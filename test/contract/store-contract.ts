import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ItemKey, ItemWrite, MetadataStore } from '../../cloud/store/port.ts'
import { systemClock, type Clock } from '../../src/support/clock.ts'
import { boardData } from '../doubles/stores/mapped-data.ts'

/** A store under test, on a clock whose wall time the suite can move. */
export interface StoreUnderTest {
  readonly store: MetadataStore
  /** Opens another connection to the same data, as another process would. */
  open(): Promise<MetadataStore> | MetadataStore
  dispose(): Promise<void>
}

/** The machine's clock with a movable wall time: stores do real I/O, so only the calendar may be in the hand. */
export type MovableClock = Clock & { skip(ms: number): void }

export function createMovableClock(): MovableClock {
  let skippedMs = 0
  return { ...systemClock, nowMs: () => systemClock.nowMs() + skippedMs, skip: (ms) => void (skippedMs += ms) }
}

const partition = 'space/1'
const board = (sort: string, data: Parameters<typeof boardData>[0] = { name: sort }) =>
  ({ partition, sort, kind: 'board', data: boardData(data) }) satisfies ItemWrite
const token = (sort: string, expiresAtMs: number) =>
  ({ partition, sort, kind: 'sign-in-link', data: { hash: 'h' }, expiresAtMs }) satisfies ItemWrite

/** What every MetadataStore promises (cloud/store/port.ts), as one suite run on each adapter. */
export function describeStore(name: string, start: (clock: Clock) => Promise<StoreUnderTest>): void {
  describe(`${name} as a MetadataStore`, () => {
    let clock: MovableClock
    let subject: StoreUnderTest
    let store: MetadataStore

    beforeEach(async () => {
      clock = createMovableClock()
      subject = await start(clock)
      store = subject.store
    })
    afterEach(() => subject.dispose())

    const create = async (item: ItemWrite) => {
      const revision = await store.write(item, 'absent')
      if (revision === undefined) throw new Error('the item was there already')
      return revision
    }
    const pendingNow = async () => (await store.pending(100)).map(({ sort, revision, isDeleted }) => ({ sort, revision, isDeleted }))
    const drainOutbox = async () => {
      for (const change of await store.pending(1000)) await store.settle(change, change.revision)
    }

    it('[ST1] reads back what was written, blob included, at revision 1', async () => {
      const item = {
        partition,
        sort: 'a',
        kind: 'alert-document',
        data: { name: 'grüße 🙂', versions: [{ version: 1, atMs: 2.5, by: '', note: '"\u0000' }], runIds: [] },
        blob: Uint8Array.from([0, 1, 255]),
      } satisfies ItemWrite
      expect(await store.write(item, 'absent')).toBe(1)
      expect(await store.read(item)).toEqual({ ...item, revision: 1 })
      expect(await store.read({ partition, sort: 'b' })).toBeUndefined()
    })

    it('[ST2] writes "absent" only where nothing is', async () => {
      await create(board('a'))
      expect(await store.write(board('a', { name: 'other' }), 'absent')).toBeUndefined()
      expect(await store.read({ partition, sort: 'a' })).toEqual({ ...board('a'), revision: 1 })
    })

    it('[ST3] writes over a revision only if it is the one stored, and counts', async () => {
      await create(board('a'))
      expect(await store.write(board('a', { name: 'two' }), 1)).toBe(2)
      expect(await store.write(board('a', { name: 'late' }), 1)).toBeUndefined()
      expect(await store.write(board('b'), 1)).toBeUndefined()
      expect(await store.read({ partition, sort: 'a' })).toEqual({ ...board('a', { name: 'two' }), revision: 2 })
      expect(await store.read({ partition, sort: 'b' })).toBeUndefined()
    })

    it('[ST3] replaces the whole item: a blob or an expiry that is not written again is gone', async () => {
      const expiresAtMs = clock.nowMs() + 60_000
      await create({ ...board('a', { name: 'x'.repeat(500) }), blob: Uint8Array.of(7), expiresAtMs })
      await store.write(board('a'), 1)
      expect(await store.read({ partition, sort: 'a' })).toEqual({ ...board('a'), revision: 2 })
    })

    it('[ST4] removes only the revision named, and a removed item reads as absent', async () => {
      await create(board('a'))
      expect(await store.remove({ partition, sort: 'a' }, 2)).toBe(false)
      expect(await store.remove({ partition, sort: 'a' }, 1)).toBe(true)
      expect(await store.read({ partition, sort: 'a' })).toBeUndefined()
      expect(await store.remove({ partition, sort: 'a' }, 1)).toBe(false)
      expect(await store.remove({ partition, sort: 'never' }, 1)).toBe(false)
    })

    it('[ST5] (D5) removes a logged item as a tombstone without content, pending until it is settled', async () => {
      await create({ ...board('a', { name: 'secret' }), blob: Uint8Array.of(1) })
      await store.remove({ partition, sort: 'a' }, 1)
      expect(await store.pending(10)).toEqual([{ partition, sort: 'a', kind: 'board', data: null, revision: 2, isDeleted: true }])
      expect((await store.list(partition)).items).toEqual([])
      await store.settle({ partition, sort: 'a' }, 2)
      expect(await store.pending(10)).toEqual([])
      expect(await store.write(board('a'), 'absent')).toBe(1)
    })

    it('[ST6] a new item over an unsettled tombstone goes on counting, so that an old settle cannot meet it', async () => {
      await create(board('a'))
      await store.remove({ partition, sort: 'a' }, 1)
      expect(await store.write(board('a', { name: 'again' }), 'absent')).toBe(3)
      await store.settle({ partition, sort: 'a' }, 2)
      expect(await pendingNow()).toEqual([{ sort: 'a', revision: 3, isDeleted: false }])
      expect(await store.read({ partition, sort: 'a' })).toEqual({ ...board('a', { name: 'again' }), revision: 3 })
    })

    it('[ST7] (D5) hides an expired item from its time on, and lets "absent" write over it', async () => {
      const expiresAtMs = clock.nowMs() + 60_000
      await create(token('t', expiresAtMs))
      expect(await store.read({ partition, sort: 't' })).toBeDefined()
      clock.skip(60_000)
      expect(await store.read({ partition, sort: 't' })).toBeUndefined()
      expect((await store.list(partition)).items).toEqual([])
      expect(await store.write(token('t', clock.nowMs() + 1000), 1)).toBeUndefined()
      expect(await store.remove({ partition, sort: 't' }, 1)).toBe(false)
      expect(await store.write(token('t', clock.nowMs() + 60_000), 'absent')).toBe(2)
      expect(await store.read({ partition, sort: 't' })).toBeDefined()
    })

    it('[ST8] (D5) purges what expired and nothing else; a logged kind leaves its tombstone', async () => {
      const soonMs = clock.nowMs() + 1000
      await create(token('gone', soonMs))
      await create(token('later', soonMs + 60_000))
      await create({ ...board('room'), expiresAtMs: soonMs })
      await create(board('forever'))
      await drainOutbox()
      clock.skip(2000)
      expect(await store.purgeExpired()).toBe(2)
      expect(await store.purgeExpired()).toBe(0)
      expect((await store.list(partition)).items.map(({ sort }) => sort)).toEqual(['forever', 'later'])
      expect(await pendingNow()).toEqual([{ sort: 'room', revision: 2, isDeleted: true }])
      expect(await store.write(token('gone', clock.nowMs() + 1000), 'absent')).toBe(1)
    })

    it('[ST9] lists a partition by prefix in the order of the bytes of its sort keys', async () => {
      const sorts = ['a', 'a/', 'a/1', 'a/10', 'a/2', 'a/ä', 'a/￿', 'a/😀', 'b', 'A', 'a0']
      for (const sort of sorts) await create(board(sort))
      await store.write({ ...board('a/1'), partition: 'space/2' }, 'absent')
      const byBytes = (list: string[]) => [...list].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)))
      expect((await store.list(partition)).items.map(({ sort }) => sort)).toEqual(byBytes(sorts))
      expect((await store.list(partition, { prefix: 'a/' })).items.map(({ sort }) => sort)).toEqual(
        byBytes(sorts.filter((sort) => sort.startsWith('a/'))),
      )
      expect(await store.list('space/none')).toEqual({ items: [], next: undefined })
    })

    it('[ST10] lists page by page without a gap or a repeat, past tombstones, and says when it is over', async () => {
      const sorts = Array.from({ length: 25 }, (_, n) => `n/${String(n).padStart(2, '0')}`)
      for (const sort of sorts) await create(board(sort))
      await create(board('m'))
      await create(board('o'))
      for (const sort of sorts.slice(3, 9)) await store.remove({ partition, sort }, 1)
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await store.list(partition, { prefix: 'n/', limit: 5, ...(after === undefined ? {} : { after }) })
        expect(page.items.length).toBeLessThanOrEqual(5)
        seen.push(...page.items.map(({ sort }) => sort))
        after = page.next
      } while (after !== undefined)
      expect(seen).toEqual([...sorts.slice(0, 3), ...sorts.slice(9)])
    })

    it('[ST10] continues after a key that is gone, before the prefix, or behind it', async () => {
      for (const sort of ['a', 'p/1', 'p/2', 'z']) await create(board(sort))
      const after = async (after: string) => (await store.list(partition, { prefix: 'p/', after })).items.map(({ sort }) => sort)
      expect(await after('p/11')).toEqual(['p/2'])
      expect(await after('a')).toEqual(['p/1', 'p/2'])
      expect(await after('q')).toEqual([])
      expect(await after('p/2')).toEqual([])
    })

    it('[ST11] every write of a logged kind is pending until that revision is settled; other kinds never are', async () => {
      await create(board('a'))
      await create(token('t', clock.nowMs() + 60_000))
      expect(await pendingNow()).toEqual([{ sort: 'a', revision: 1, isDeleted: false }])
      await store.write(board('a', { name: 'two' }), 1)
      await store.settle({ partition, sort: 'a' }, 1)
      expect(await pendingNow()).toEqual([{ sort: 'a', revision: 2, isDeleted: false }])
      await store.settle({ partition, sort: 'a' }, 2)
      expect(await pendingNow()).toEqual([])
      await store.settle({ partition, sort: 'a' }, 2)
      await store.settle({ partition, sort: 'never' }, 1)
      expect(await store.read({ partition, sort: 'a' })).toEqual({ ...board('a', { name: 'two' }), revision: 2 })
      await store.write(board('a', { name: 'three' }), 2)
      expect(await pendingNow()).toEqual([{ sort: 'a', revision: 3, isDeleted: false }])
    })

    it('[ST12] answers pending changes oldest first and no more than asked; a further write does not move an item back', async () => {
      for (const sort of ['c', 'a', 'b']) {
        await create(board(sort))
        clock.skip(10)
      }
      await store.write(board('c', { name: 'again' }), 1)
      expect((await store.pending(10)).map(({ sort }) => sort)).toEqual(['c', 'a', 'b'])
      expect((await store.pending(2)).map(({ sort }) => sort)).toEqual(['c', 'a'])
    })

    it('[ST34] walks everything there is, tombstones and expired items too, page by page', async () => {
      for (let n = 0; n < 7; n++) await create({ ...board(`r${n}`), partition: `space/${n % 3}` })
      await create(token('old', clock.nowMs() + 1000))
      await store.remove({ partition: 'space/1', sort: 'r1' }, 1)
      clock.skip(2000)
      const found: string[] = []
      let after: ItemKey | undefined
      do {
        const page = await store.everything({ limit: 2, ...(after === undefined ? {} : { after }) })
        found.push(...page.items.map((item) => `${item.partition} ${item.sort} ${item.revision} ${item.isDeleted}`))
        after = page.next
      } while (after !== undefined)
      expect(found.sort()).toEqual(
        [...[0, 2, 3, 4, 5, 6].map((n) => `space/${n % 3} r${n} 1 false`), 'space/1 r1 2 true', 'space/1 old 1 false'].sort(),
      )
    })

    it('[ST13] lets exactly one of many concurrent conditional writers win', async () => {
      const other = await subject.open()
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? store : other).write(board('a', { tiles: n }), 'absent')),
      )
      expect(made.filter((revision) => revision !== undefined)).toEqual([1])
      const changed = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? store : other).write(board('a', { tiles: n }), 1)),
      )
      expect(changed.filter((revision) => revision !== undefined)).toEqual([2])
      await other.close()
    })

    it('[ST13] loses no increment of concurrent read-modify-write loops', async () => {
      const other = await subject.open()
      await create(board('n', { tiles: 0 }))
      const increment = async (through: MetadataStore) => {
        for (;;) {
          const item = await through.read({ partition, sort: 'n' })
          if (item === undefined) throw new Error('the counter is gone')
          const { tiles } = item.data as { tiles: number }
          if ((await through.write(board('n', { tiles: tiles + 1 }), item.revision)) !== undefined) return
        }
      }
      await Promise.all(Array.from({ length: 12 }, (_, n) => increment(n % 2 === 0 ? store : other)))
      expect(await store.read({ partition, sort: 'n' })).toMatchObject({ data: { tiles: 12 }, revision: 13 })
      await other.close()
    })

    it('[ST14] sees at once what another connection wrote', async () => {
      const other = await subject.open()
      await create(board('a'))
      expect(await other.read({ partition, sort: 'a' })).toBeDefined()
      await other.write(board('a', { name: 'theirs' }), 1)
      expect(await store.read({ partition, sort: 'a' })).toMatchObject({ revision: 2 })
      expect(await store.write(board('a', { name: 'ours' }), 2)).toBe(3)
      await other.close()
    })

    it('[ST15] holds 350 KB in one item and refuses more with BODY_TOO_LARGE, changing nothing', async () => {
      const blob = new Uint8Array(340 * 1024).fill(7)
      await create({ ...board('a'), blob })
      expect(Buffer.compare((await store.read({ partition, sort: 'a' }))?.blob ?? Buffer.of(), blob)).toBe(0)
      await expect(store.write({ ...board('a'), blob: new Uint8Array(351 * 1024) }, 1)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
      await expect(store.write(board('b', { name: 'x'.repeat(351 * 1024) }), 'absent')).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
      expect(await store.read({ partition, sort: 'a' })).toMatchObject({ revision: 1 })
      expect(await store.read({ partition, sort: 'b' })).toBeUndefined()
    })

    it('[ST15] holds an item whose JSON is far longer than the blob limit compresses to', async () => {
      const text = Array.from({ length: 3000 }, (_, n) => `${n * 7919}-ü`).join(' ')
      await create(board('a', { name: text }))
      expect(await store.read({ partition, sort: 'a' })).toMatchObject({ data: { name: text } })
    })

    it.each(['quote\'"', 'nul\u0000in', 'semi;--', 'tab\tline\n', '#:{}%_', '😀', '\u202e', 'ﬀ', '\u{10ffff}', ' '])(
      '[ST16] keeps the key %j apart and exact',
      async (odd) => {
        await store.write({ ...board(odd), partition: odd }, 'absent')
        await store.write({ ...board(`${odd}x`), partition: odd }, 'absent')
        expect(await store.read({ partition: odd, sort: odd })).toMatchObject({ partition: odd, sort: odd })
        expect((await store.list(odd, { prefix: odd })).items.map(({ sort }) => sort)).toEqual([odd, `${odd}x`])
        expect(await store.remove({ partition: odd, sort: odd }, 1)).toBe(true)
        expect((await store.list(odd)).items.map(({ sort }) => sort)).toEqual([`${odd}x`])
      },
    )

    it('[ST17] refuses keys that no store can hold with BODY_UNPROCESSABLE', async () => {
      for (const bad of ['', 'x'.repeat(1025), 'ü'.repeat(513), 'lone\ud800']) {
        await expect(store.write(board(bad), 'absent')).rejects.toMatchObject({ code: 'BODY_UNPROCESSABLE' })
        await expect(store.read({ partition: bad, sort: 'a' })).rejects.toMatchObject({ code: 'BODY_UNPROCESSABLE' })
      }
      expect(await store.write(board('x'.repeat(1024)), 'absent')).toBe(1)
    })

    it('[ST18] finishes what was accepted before it closes, and then answers STORE_UNAVAILABLE', async () => {
      const writing = store.write(board('a'), 'absent')
      await store.close()
      expect(await writing).toBe(1)
      for (const call of [
        () => store.read({ partition, sort: 'a' }),
        () => store.write(board('b'), 'absent'),
        () => store.remove({ partition, sort: 'a' }, 1),
        () => store.list(partition),
        () => store.pending(1),
        () => store.settle({ partition, sort: 'a' }, 1),
        () => store.purgeExpired(),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      }
      await store.close()
      const again = await subject.open()
      expect(await again.read({ partition, sort: 'a' })).toEqual({ ...board('a'), revision: 1 })
      await again.close()
    })
  })
}

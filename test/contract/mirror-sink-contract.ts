import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MirrorRow, MirrorSink, MirrorTable, MirrorView } from '../../cloud/mirror/ports.ts'

/** A sink under test, freshly made and not migrated. */
export interface SinkUnderTest {
  readonly sink: MirrorSink
  /** The sink of another process on the same data; the first one is closed or idle then. */
  reopen(): Promise<MirrorSink>
  /** The rows of a statement that only names tables and views by `{name}`; all of it texts. */
  ask(statement: string): Promise<readonly (readonly (string | null)[])[]>
  dispose(): Promise<void>
}

const machines: MirrorTable = {
  name: 'machines',
  columns: [
    { name: 'space', type: 'text' },
    { name: 'cpus', type: 'whole' },
    { name: 'is_child', type: 'flag' },
    { name: 'created_at', type: 'time' },
    { name: 'contexts', type: 'texts' },
  ],
}
const others: MirrorTable = { name: 'others', columns: [{ name: 'space', type: 'text' }] }
const views: readonly MirrorView[] = [
  { name: 'machines_by_space', statement: 'SELECT space, COUNT(*) AS machines, SUM(cpus) AS cpus FROM {machines} GROUP BY space' },
  { name: 'contexts_used', statement: 'SELECT context, COUNT(*) AS machines FROM {machines} {each contexts as context} GROUP BY context' },
]

const atMs = 1_800_000_000_123
/** Places in the log are of this size. */
const order = (n: number) => 1_800_000_000_000_000 + n
const machine = (key: string, n: number, cells: MirrorRow['cells'] = { space: 'A', cpus: 4 }): MirrorRow => ({
  table: 'machines',
  key,
  revision: order(n),
  changedAtMs: atMs,
  isDeleted: false,
  cells,
})
const gone = (key: string, n: number): MirrorRow => ({ ...machine(key, n, {}), isDeleted: true })
let batches = 0

/** What every MirrorSink promises (cloud/mirror/ports.ts), as one suite run on each. */
export function describeSink(name: string, start: () => Promise<SinkUnderTest>): void {
  describe(`${name} as a MirrorSink`, () => {
    let subject: SinkUnderTest
    let sink: MirrorSink
    beforeEach(async () => {
      subject = await start()
      sink = subject.sink
      await sink.migrate([machines, others], views)
    })
    afterEach(() => subject.dispose())

    const load = (...rows: MirrorRow[]) => sink.load({ batchId: `batch-${++batches}`, rows })
    const keysOf = async (table = 'machines') =>
      (await sink.keys(table, { limit: 100 })).map(({ key, revision }) => [key, revision - order(0)])

    it('[MI10] rows are in when the load resolves, each type as it was, absent cells as nothing', async () => {
      const cells = {
        space: 'Ä"\'\\ 🙂',
        cpus: 9_007_199_254_740_991,
        is_child: true,
        created_at: atMs,
        contexts: ['system.cpu', 'disk.io'],
      }
      expect(await load(machine('a', 1, cells), machine('b', 2, { space: null, contexts: [] }))).toEqual({ refused: [] })
      expect(await subject.ask('SELECT key, space, CAST(cpus AS STRING), CAST(is_child AS STRING) FROM {machines} ORDER BY key')).toEqual([
        ['a', 'Ä"\'\\ 🙂', '9007199254740991', 'true'],
        ['b', null, null, null],
      ])
      expect(
        await subject.ask(
          'SELECT CAST(COUNT(*) AS STRING) FROM {machines} WHERE EXTRACT(YEAR FROM created_at) = 2027 AND EXTRACT(YEAR FROM changed_at) = 2027',
        ),
      ).toEqual([['1']])
      expect([await sink.size('machines'), await sink.size('others')]).toEqual([2, 0])
    })

    it('[MI10] (D6) a batch that is loaded twice is there once', async () => {
      const batch = { batchId: `batch-${++batches}`, rows: [machine('a', 1), machine('b', 2)] }
      await sink.load(batch)
      await sink.load(batch)
      expect(await keysOf()).toEqual([
        ['a', 1],
        ['b', 2],
      ])
    })

    it('[MI10] (D6) of two rows with one key the greater revision counts, in one batch and in any order of loads', async () => {
      await load(machine('a', 3, { cpus: 3 }), machine('a', 5, { cpus: 5 }), machine('a', 4, { cpus: 4 }))
      await load(machine('a', 2, { cpus: 2 }))
      expect(await keysOf()).toEqual([['a', 5]])
      await load(machine('a', 6, { cpus: 6 }))
      expect(await subject.ask('SELECT CAST(cpus AS STRING) FROM {machines}')).toEqual([['6']])
    })

    it('[MI10] an update replaces the whole row: what is absent in it is nothing', async () => {
      await load(machine('a', 1, { space: 'A', cpus: 1, contexts: ['x'] }))
      await load(machine('a', 2, { space: 'B' }))
      expect(await subject.ask('SELECT space, CAST(cpus AS STRING) FROM {machines}')).toEqual([['B', null]])
      expect(await sink.count('machines', 'contexts', ['x'])).toBe(0)
    })

    it('[MI11] (D6) a deletion takes the row away, and an older load does not bring it back; a newer one does', async () => {
      await load(machine('a', 1), machine('b', 1))
      await load(gone('a', 5))
      expect(await keysOf()).toEqual([['b', 1]])
      await load(machine('a', 4))
      expect(await keysOf()).toEqual([['b', 1]])
      await load(machine('a', 6))
      expect(await keysOf()).toEqual([
        ['a', 6],
        ['b', 1],
      ])
      await load(machine('a', 4))
      expect(await keysOf()).toEqual([
        ['a', 6],
        ['b', 1],
      ])
    })

    it('[MI11] (D6) a deletion of what was never loaded is remembered, also over a new opening', async () => {
      await load(gone('a', 5))
      await sink.close()
      sink = await subject.reopen()
      await sink.migrate([machines, others], views)
      await load(machine('a', 4), machine('b', 4))
      expect(await keysOf()).toEqual([['b', 4]])
    })

    it('[MI11] an older deletion takes nothing newer away', async () => {
      await load(machine('a', 5))
      await load(gone('a', 4))
      expect(await keysOf()).toEqual([['a', 5]])
    })

    it('[MI11] row and deletion of one key in one batch: the later one counts, either way', async () => {
      await load(machine('a', 1), gone('a', 2), gone('b', 1), machine('b', 2))
      expect(await keysOf()).toEqual([['b', 2]])
    })

    it('[MI12] (D6) bad rows are answered with a reason and no content, and all others are in', async () => {
      const bad = [
        { ...machine('no-table', 1), table: 'nowhere' },
        machine('no-column', 2, { hostname: 'web-1.example' }),
        machine('number-as-text', 3, { cpus: 'four secret' }),
        machine('text-as-number', 4, { space: 7 }),
        machine('no-whole', 5, { cpus: 1.5 }),
        machine('lone-surrogate', 6, { space: 'x\ud800' }),
        machine('far-away-time', 7, { created_at: 9e15 }),
        machine('texts-with-a-number', 8, { contexts: ['a', 1 as unknown as string] }),
      ]
      const { refused } = await load(machine('a', 1), ...bad, machine('b', 2))
      expect(refused.map(({ table, key, revision }) => [table, key, revision])).toEqual(
        bad.map(({ table, key, revision }) => [table, key, revision]),
      )
      for (const { reason } of refused) expect(reason).toMatch(/^[a-z0-9_-]{1,60}$/)
      expect(await keysOf()).toEqual([
        ['a', 1],
        ['b', 2],
      ])
    })

    it('[MI13] rows are counted by texts of a column, in a column of texts among them', async () => {
      await load(
        machine('a', 1, { space: 'A', contexts: ['x', 'y'] }),
        machine('b', 2, { space: 'B', contexts: ['y'] }),
        machine('c', 3, { space: "it's", contexts: null }),
      )
      expect(await sink.count('machines', 'space', ['A', "it's", 'nobody'])).toBe(2)
      expect(await sink.count('machines', 'contexts', ['y', 'x'])).toBe(2)
      expect([await sink.count('machines', 'space', []), await sink.count('others', 'space', ['A'])]).toEqual([0, 0])
    })

    it('[MI13] the keys of a table come in order, a page at a time', async () => {
      await load(...['d', 'a', 'c', 'b', 'e'].map((key, n) => machine(key, n)), gone('c', 9))
      const first = await sink.keys('machines', { limit: 2 })
      const rest = await sink.keys('machines', { after: first.at(-1)?.key ?? '', limit: 2 })
      expect([first, rest].map((page) => page.map(({ key }) => key))).toEqual([
        ['a', 'b'],
        ['d', 'e'],
      ])
      expect(await sink.keys('machines', { after: 'e', limit: 2 })).toEqual([])
    })

    it('[MI14] migrating again changes nothing, and a new column and a new table are added beside what is there', async () => {
      await load(machine('a', 1))
      await sink.migrate([machines, others], views)
      const wider: MirrorTable = { ...machines, columns: [...machines.columns, { name: 'os', type: 'text' }] }
      const more: MirrorTable = { name: 'more', columns: [{ name: 'n', type: 'whole' }] }
      await sink.migrate([wider, others, more], [...views, { name: 'systems', statement: 'SELECT os FROM {machines}' }])
      await load(machine('b', 2, { os: 'Linux' }), { ...machine('m', 1, { n: 1 }), table: 'more' })
      expect(await subject.ask('SELECT key, os FROM {machines} ORDER BY key')).toEqual([
        ['a', null],
        ['b', 'Linux'],
      ])
      expect(await sink.size('more')).toBe(1)
    })

    it('[MI15] views answer over what is there', async () => {
      await load(
        machine('a', 1, { space: 'A', cpus: 2, contexts: ['system.cpu', 'disk.io'] }),
        machine('b', 2, { space: 'A', cpus: 4, contexts: ['system.cpu'] }),
        machine('c', 3, { space: 'B', cpus: 8 }),
      )
      expect(
        await subject.ask('SELECT space, CAST(machines AS STRING), CAST(cpus AS STRING) FROM {machines_by_space} ORDER BY space'),
      ).toEqual([
        ['A', '2', '6'],
        ['B', '1', '8'],
      ])
      expect(await subject.ask('SELECT context, CAST(machines AS STRING) FROM {contexts_used} ORDER BY context')).toEqual([
        ['disk.io', '1'],
        ['system.cpu', '2'],
      ])
    })

    it('[MI10] an empty batch and five thousand rows are loads like any other', async () => {
      expect(await load()).toEqual({ refused: [] })
      await load(...Array.from({ length: 5_000 }, (_, n) => machine(`k${n}`, n, { space: `s${n % 7}`, cpus: n, contexts: ['a', 'b'] })))
      await load(...Array.from({ length: 2_500 }, (_, n) => gone(`k${2 * n}`, 10_000 + n)))
      expect([await sink.size('machines'), await sink.count('machines', 'space', ['s1'])]).toEqual([2_500, 358])
    })
  })
}

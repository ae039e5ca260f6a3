import { createHash } from 'node:crypto'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { isMirrored } from './is-mirrored.ts'
import type { MetadataStore } from '../store/port.ts'
import type { Cursor, CursorKeeper } from './cursor.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { ChangeLog } from './outbox/change-log.ts'
import type { LogEntry } from './outbox/log-line.ts'
import type { MirrorRow, MirrorSink, MirrorTable, MirrorView, RefusedRow } from './ports.ts'
import { rowKey, type PlacedChange, type RowMaker } from './rows/row-maker.ts'
import type { Pseudonym } from './rows/pseudonyms.ts'

export interface ShipperDeps {
  readonly store: Pick<MetadataStore, 'everything'>
  readonly changeLog: Pick<ChangeLog, 'readFrom' | 'end' | 'takeOrder'>
  readonly sink: MirrorSink
  readonly cursors: CursorKeeper
  readonly deadLetters: DeadLetters
  readonly makeRow: RowMaker
  readonly pseudonym: Pseudonym
  readonly tables: readonly MirrorTable[]
  readonly views: readonly MirrorView[]
  readonly schemaVersion: string
  readonly clock: Clock
  readonly log: Log
}

/** Brings what is in the log of changes into the sink. Every step may be repeated; a call takes up where the last one stopped. */
export interface Shipper {
  /** Until the sink has everything the log has now. Throws MIRROR_UNAVAILABLE or STORE_UNAVAILABLE. */
  ship(): Promise<void>
  /** The place in the log up to which the sink has everything; undefined while it is being filled. */
  position(): string | undefined
  lastLoadedAtMs(): number | null
  isReachable(): boolean
  /** Makes the row of a dead letter anew from what is in the store and loads it; answers whether the sink took it. */
  retry(letterId: string): Promise<'loaded' | 'refused' | 'unknown'>
}

/** Rows of one load (stack.md §2: batches, never single rows). */
const rowsAtOnce = 5_000
const walkAtOnce = 500
const keysAtOnce = 5_000

/** A shipper; calls of it take turns. */
export function createShipper(deps: ShipperDeps): Shipper {
  const { store, changeLog, sink, cursors, deadLetters, makeRow, pseudonym, tables, views, schemaVersion, clock, log } = deps
  let cursor: Cursor | undefined
  let isReady = false
  let isReachable = true
  /** What the sink had is gone: everything is to be brought in once more. */
  let isEmptied = false
  let lane: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = lane.then(work, work)
    lane = mine.catch(() => undefined)
    return mine
  }

  const noted = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const answer = await work()
      isReachable = true
      return answer
    } catch (cause) {
      if (cause instanceof ThroughlineError && cause.code === 'MIRROR_UNAVAILABLE') isReachable = false
      throw cause
    }
  }

  const save = async (next: Cursor) => {
    await cursors.save(next)
    cursor = next
  }

  /** What a refused row was before must not stay: the change may have been the one that took somebody's name out. */
  const takeOut = async (rows: readonly MirrorRow[], refused: readonly RefusedRow[]) => {
    const places = new Set(refused.map(({ table, key }) => `${table}\n${key}`))
    const gone = rows.flatMap((row) =>
      !row.isDeleted && places.has(`${row.table}\n${row.key}`) ? [{ ...row, isDeleted: true, cells: {} }] : [],
    )
    if (gone.length === 0) return
    const { isMadeAnew } = await noted(() => sink.load({ batchId: batchIdOf(gone), rows: gone }))
    if (isMadeAnew === true) isEmptied = true
  }

  const load = async (rows: readonly MirrorRow[]): Promise<readonly RefusedRow[]> => {
    if (rows.length === 0) return []
    const { refused, isMadeAnew } = await noted(() => sink.load({ batchId: batchIdOf(rows), rows }))
    if (isMadeAnew === true) isEmptied = true
    if (refused.length > 0) {
      log.warn('mirror_rows_refused', { rows: refused.length })
      await deadLetters.add(refused)
      await takeOut(rows, refused)
    }
    const bad = new Set(refused.map(({ table, key, revision }) => `${table}\n${key}\n${revision}`))
    await deadLetters.clear(rows.filter(({ table, key, revision }) => !bad.has(`${table}\n${key}\n${revision}`)))
    return refused
  }

  const rowsOf = async (changes: readonly PlacedChange[]): Promise<MirrorRow[]> => {
    const rows: MirrorRow[] = []
    for (const change of changes) {
      const row = await makeRow(change)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }

  /** What the sink has and the store has no more: its last row is older than the filling. */
  const reconcile = async (fromOrder: number) => {
    for (const { name } of tables) {
      for (let after = ''; ;) {
        const page = await noted(() => sink.keys(name, { after, limit: keysAtOnce }))
        const gone = page.filter(({ revision }) => revision < fromOrder)
        await load(
          gone.map(({ key }) => ({ table: name, key, revision: fromOrder, changedAtMs: clock.nowMs(), isDeleted: true, cells: {} })),
        )
        if (page.length < keysAtOnce) break
        after = page.at(-1)?.key ?? ''
      }
    }
  }

  /** Somebody may have deleted the file or the dataset while nobody shipped. */
  const hasNothing = async (): Promise<boolean> => {
    for (const { name } of tables) if ((await sink.size(name)) > 0) return false
    return true
  }

  const beginFilling = async (): Promise<Cursor> => {
    const begun: Cursor = {
      // The end before the order: what is noted in between is shipped after the filling.
      position: await changeLog.end(),
      schemaVersion,
      filling: { fromOrder: changeLog.takeOrder(), after: null },
      loadedAtMs: cursor?.loadedAtMs ?? null,
    }
    log.info('mirror_filling')
    await save(begun)
    return begun
  }

  const fill = async (from: Cursor, fromOrder: number) => {
    for (let after = from.filling?.after ?? undefined; ;) {
      // Taken before the page is read: what changes from now on has a later place in the log.
      const order = changeLog.takeOrder()
      const atMs = clock.nowMs()
      const { items, next } = await store.everything({ limit: walkAtOnce, ...(after === undefined ? {} : { after }) })
      await load(await rowsOf(items.map((change) => ({ change, order, atMs }))))
      if (next === undefined) break
      after = next
      await save({ ...from, filling: { fromOrder, after } })
    }
    await reconcile(fromOrder)
    await save({ ...from, filling: null, loadedAtMs: clock.nowMs() })
    log.info('mirror_filled')
  }

  const follow = async () => {
    for (;;) {
      const from = cursor
      if (from === undefined) return
      const page = await changeLog.readFrom(from.position)
      if (page.damaged > 0) log.error('outbox_lines_damaged', { lines: page.damaged })
      if (page.isGap || page.damaged > 0 || isEmptied) {
        // What was missed is found by walking everything once more.
        const begun = await beginFilling()
        isEmptied = false
        await fill(begun, begun.filling?.fromOrder ?? 0)
        continue
      }
      const mirrored = page.entries.filter(({ change }) => isMirrored(change.kind))
      for (let at = 0; at < mirrored.length; at += rowsAtOnce) await load(await rowsOf(newestOf(mirrored.slice(at, at + rowsAtOnce))))
      // The filling is noted before the place in the log, so that a crash in between forgets neither.
      if (isEmptied) continue
      if (page.next !== from.position || mirrored.length > 0) {
        await save({ ...from, position: page.next, loadedAtMs: mirrored.length > 0 ? clock.nowMs() : from.loadedAtMs })
      }
      if (page.isEnd) return
    }
  }

  return {
    ship: () =>
      inTurn(async () => {
        if (!isReady) {
          await deadLetters.open()
          cursor = await cursors.read()
          await noted(() => sink.migrate(tables, views))
          if (cursor?.filling === null && cursor.loadedAtMs !== null) isEmptied = await noted(hasNothing)
          isReady = true
        }
        let from = cursor
        if (from === undefined || from.schemaVersion !== schemaVersion) from = await beginFilling()
        if (from.filling !== null) await fill(from, from.filling.fromOrder)
        await follow()
      }),
    position: () => (cursor?.filling === null ? cursor.position : undefined),
    lastLoadedAtMs: () => cursor?.loadedAtMs ?? null,
    isReachable: () => isReachable,
    retry: (letterId) =>
      inTurn(async () => {
        const letter = deadLetters.find(letterId)
        if (letter === undefined) return 'unknown'
        // Found by walking everything: a letter holds no id, only the pseudonym of where the item lies.
        const order = changeLog.takeOrder()
        const atMs = clock.nowMs()
        for (let after: { partition: string; sort: string } | undefined; ;) {
          const { items, next } = await store.everything({ limit: walkAtOnce, ...(after === undefined ? {} : { after }) })
          const found = items.find((item) => isMirrored(item.kind) && rowKey(pseudonym, item) === letter.key)
          if (found !== undefined) return (await load(await rowsOf([{ change: found, order, atMs }]))).length > 0 ? 'refused' : 'loaded'
          if (next === undefined) break
          after = next
        }
        // The item is gone: so is its row.
        const { table, key } = letter
        const isKnown = tables.some(({ name }) => name === table)
        const refused = isKnown ? await load([{ table, key, revision: order, changedAtMs: atMs, isDeleted: true, cells: {} }]) : []
        if (!isKnown) await deadLetters.remove(letterId)
        return refused.length > 0 ? 'refused' : 'loaded'
      }),
  }
}

/** The last of each item's changes: a later one holds all that an earlier one said. */
function newestOf(entries: readonly LogEntry[]): LogEntry[] {
  const byItem = new Map<string, LogEntry>()
  for (const entry of entries) byItem.set(`${entry.change.partition}\n${entry.change.sort}`, entry)
  return [...byItem.values()]
}

/** Follows from what is in the batch: the same rows at the same places are the same batch. */
function batchIdOf(rows: readonly MirrorRow[]): string {
  const hash = createHash('sha256')
  for (const { table, key, revision, isDeleted } of rows) hash.update(`${table}\n${key}\n${revision}\n${isDeleted ? '-' : ''}`)
  return hash.digest('base64url').slice(0, 32)
}

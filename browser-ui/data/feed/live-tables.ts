import { liveLimits } from '../../../src/live/limits.ts'
import type { TimeView } from '../time/timeline.ts'
import { foldRows } from './fold-rows.ts'
import { gatherQuestions, pointsFor, type PastNeed, type PastQuestion } from './past-ask.ts'
import { createSeriesTable, rowsAfter, type SeriesBlock, type SeriesTable } from './series-table.ts'

/** What charts show of a context: how wide the widest of them is. */
export type Wishes = ReadonlyMap<string, { readonly widthPx: number }>

/** The tables of a window that moves: filled once, then fed by ticks, trimmed to what the window needs. */
export interface LiveTables {
  table(contextId: string): SeriesTable | undefined
  /** Newest time of any row; 0 before the first. */
  edgeS(): number
  /** The window of this context was asked for and has not come yet. */
  isFilling(contextId: string): boolean
  /** The questions on their way were given up. Another length of the window has to be fetched whole. */
  restart(isSameLength: boolean): void
  /** What was fetched for a frozen window that ends here is not enough for charts that come back into sight. */
  refetchBefore(contextId: string, timeS: number): void
  /** The questions that the wishes need now; each has to be settled, unless `restart` came first. */
  questions(wishes: Wishes, view: TimeView): readonly PastQuestion[]
  /** The question was answered, or has to be asked again. */
  settle(contexts: readonly string[], isAnswered: boolean): void
  /** Rows of the past, or of a tick. Answers the contexts that changed, and those that miss what came before the tick. */
  merge(blocks: ReadonlyMap<string, SeriesBlock>, isTick: boolean): { changed: Set<string>; isGap: boolean }
  /** Forgets rows of these contexts before this time. */
  trimBefore(contextIds: Iterable<string>, timeS: number): void
}

/** Where an interval of a very long window takes more ticks than this, the window is fetched anew. */
const longRows = 3_000
const tableRows = liveLimits.maxPoints + 512

export function createLiveTables(paceS: (contextId: string) => number): LiveTables {
  const tables = new Map<string, SeriesTable>()
  /** The points with which the whole window was asked for: on its way, or here. */
  const filling = new Map<string, number>()
  const filled = new Map<string, number>()
  /** Where silence began that a tick left behind. */
  const gaps = new Map<string, number>()
  /** Where the silence begins that was asked for and has not come. */
  const mending = new Map<string, number>()
  let edge = 0

  const tableOf = (contextId: string): SeriesTable => {
    let table = tables.get(contextId)
    if (table === undefined) tables.set(contextId, (table = createSeriesTable(tableRows)))
    return table
  }

  const needOf = (contextId: string, widthPx: number, view: TimeView): PastNeed | undefined => {
    const pace = paceS(contextId)
    const points = pointsFor(view.windowS, pace, widthPx)
    // A chart that grew shows more than what was asked for when it was small.
    if (!filling.has(contextId) && (filled.get(contextId) ?? 0) * 1.5 < points) {
      filling.set(contextId, points)
      const afterS = view.endS === undefined ? -view.windowS : view.endS - view.windowS
      return { contextId, points, group: `whole ${pace}`, afterS }
    }
    const gapFromS = gaps.get(contextId)
    if (gapFromS === undefined || filling.has(contextId) || mending.has(contextId)) return undefined
    gaps.delete(contextId)
    mending.set(contextId, gapFromS)
    const afterS = Math.max(gapFromS - pace, edge - view.windowS)
    // A few seconds pass until the agent answers.
    return { contextId, points: pointsFor(Math.max(pace, edge - afterS + 5), pace, widthPx), group: `gap ${pace}`, afterS }
  }

  /** Rows as far apart as pixels replace what finer rows there were of the same time: a table stays as long as its chart is wide. */
  const replaceByCoarse = (contextId: string, block: SeriesBlock) => {
    const old = tables.get(contextId)
    const fresh = createSeriesTable(tableRows)
    fresh.merge(block)
    const newer = old && rowsAfter(old, block.timesS.at(-1) ?? 0, paceS(contextId))
    if (newer) fresh.merge(newer)
    tables.set(contextId, fresh)
  }

  return {
    table: (contextId) => tables.get(contextId),
    edgeS: () => edge,
    isFilling: (contextId) => filling.has(contextId),
    restart(isSameLength) {
      filling.clear()
      for (const [contextId, fromS] of mending) gaps.set(contextId, Math.min(fromS, gaps.get(contextId) ?? fromS))
      mending.clear()
      if (!isSameLength) filled.clear()
    },
    refetchBefore(contextId, timeS) {
      if ((tables.get(contextId)?.timesS().at(-1) ?? 0) < timeS) filled.delete(contextId)
    },
    questions(wishes, view) {
      const needs = [...wishes].map(([contextId, { widthPx }]) => needOf(contextId, widthPx, view)).filter((need) => need !== undefined)
      return gatherQuestions(needs, view.mode === 'locked' ? Math.floor(view.endS ?? 0) : 0)
    },
    settle(contexts, isAnswered) {
      for (const contextId of contexts) {
        const points = filling.get(contextId)
        // What the agent has no past for is filled as well: with nothing.
        if (isAnswered && points !== undefined) filled.set(contextId, points)
        filling.delete(contextId)
        const gapFromS = mending.get(contextId)
        if (!isAnswered && gapFromS !== undefined) gaps.set(contextId, Math.min(gapFromS, gaps.get(contextId) ?? gapFromS))
        mending.delete(contextId)
      }
    },
    merge(blocks, isTick) {
      const changed = new Set<string>()
      let isGap = false
      for (const [contextId, block] of blocks) {
        const pace = paceS(contextId)
        const before = tables.get(contextId)?.timesS().at(-1)
        if (!isTick && filling.has(contextId) && !mending.has(contextId) && block.stepS > 1.5 * pace) {
          replaceByCoarse(contextId, block)
          changed.add(contextId)
        } else if (tableOf(contextId).merge(block)) changed.add(contextId)
        const table = tableOf(contextId)
        edge = Math.max(edge, table.timesS().at(-1) ?? 0)
        if (!isTick) continue
        // Silence between what we had and the first row of this tick: fetch what was missed, once.
        if (before !== undefined && (block.timesS[0] ?? 0) - before > 1.5 * Math.max(block.stepS, pace)) {
          gaps.set(contextId, before)
          isGap = true
        }
        const ownStepS = table.stepsS()[0] ?? 1
        if (ownStepS <= 1.5 * pace) continue
        const folded = foldRows(table, ownStepS, tableRows)
        if (folded) tables.set(contextId, folded)
        else if (table.length > longRows && filled.delete(contextId)) isGap = true
      }
      return { changed, isGap }
    },
    trimBefore(contextIds, timeS) {
      for (const contextId of contextIds) tables.get(contextId)?.trimBefore(timeS)
    },
  }
}

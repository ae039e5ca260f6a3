import { gatherQuestions, pointsFor, type PastQuestion } from './past-ask.ts'
import { createSeriesTable, type SeriesBlock, type SeriesTable } from './series-table.ts'
import type { Wishes } from './live-tables.ts'

/** The tables of a span of the past that a person looks at. The last span's rows stay until the new ones are here. */
export interface PastTables {
  /** What there is for this context, of the present span or of the one before. */
  table(contextId: string): SeriesTable | undefined
  /** The present span of this context has come, if only as nothing. */
  isHere(contextId: string): boolean
  /** Another span is looked at from now on. */
  look(fromS: number, toS: number): void
  /** No span of the past is looked at any more. */
  forget(): void
  /** The questions that the wishes need now; each has to be settled, unless `look` or `forget` came first. */
  questions(wishes: Wishes): readonly PastQuestion[]
  settle(contexts: readonly string[], isAnswered: boolean): void
  /** Puts an answer for these contexts in place; a context without a block has nothing. */
  place(contexts: readonly string[], blocks: ReadonlyMap<string, SeriesBlock>): void
}

interface Entry {
  readonly table: SeriesTable
  readonly points: number
  readonly look: number
}

export function createPastTables(paceS: (contextId: string) => number): PastTables {
  const entries = new Map<string, Entry>()
  const asking = new Map<string, number>()
  let look = 0
  let span: readonly [number, number] = [0, 0]

  const isHere = (contextId: string) => entries.get(contextId)?.look === look

  return {
    table: (contextId) => entries.get(contextId)?.table,
    isHere,
    look(fromS, toS) {
      look += 1
      span = [Math.floor(fromS), Math.ceil(toS)]
      asking.clear()
    },
    forget() {
      look += 1
      asking.clear()
      entries.clear()
    },
    questions(wishes) {
      const [fromS, toS] = span
      // What nobody shows and belongs to another span would only take room.
      for (const [contextId, entry] of entries) if (entry.look !== look && !wishes.has(contextId)) entries.delete(contextId)
      const needs = [...wishes].flatMap(([contextId, { widthPx }]) => {
        const points = pointsFor(toS - fromS, paceS(contextId), widthPx)
        const had = isHere(contextId) ? (entries.get(contextId)?.points ?? 0) : 0
        if (asking.has(contextId) || had * 1.5 >= points) return []
        asking.set(contextId, points)
        // Fast and slow contexts fit one question as soon as the width decides. One row more, so that lines enter from outside.
        return [{ contextId, points, group: String(points), afterS: fromS - Math.ceil((toS - fromS) / points) }]
      })
      return gatherQuestions(needs, toS)
    },
    settle(contexts, isAnswered) {
      for (const contextId of contexts) {
        const points = asking.get(contextId)
        asking.delete(contextId)
        if (isAnswered && points !== undefined && !isHere(contextId)) entries.set(contextId, { table: createSeriesTable(1), points, look })
      }
    },
    place(contexts, blocks) {
      for (const contextId of contexts) {
        const block = blocks.get(contextId)
        const table = createSeriesTable(Math.max(1, block?.timesS.length ?? 1))
        if (block) table.merge(block)
        entries.set(contextId, { table, points: asking.get(contextId) ?? 1, look })
      }
    },
  }
}

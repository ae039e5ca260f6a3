import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { dataMap } from '../../store/data-map/data-map.ts'
import type { BackupList, MirrorView } from '../ports.ts'
import { findAboutPerson, type ReceiptStores } from './find-items.ts'
import { gatherRows, totalsOf, type Gathering } from './gather-rows.ts'
import type { MapOf } from './look-at-item.ts'
import { rowsElsewhere } from './rows-elsewhere.ts'
import type { KindFact, Receipt, ReceiptRow } from '../../../src/domain/receipt.ts'
import type { Subject } from './subject.ts'

/** How many walks over the stores run at once, and how many people may wait for theirs. */
const receiptLimits = { walksAtOnce: 2, waiting: 20 } as const

export interface ReceiptsDeps extends ReceiptStores {
  /** Who somebody is in the rows: their names, and the spaces they are in. Throws NOT_FOUND. */
  readonly subjectOf: (personId: string) => Promise<Subject>
  readonly mirror?: MirrorView | undefined
  readonly backups?: BackupList | undefined
  readonly clock: Clock
  readonly map?: MapOf
}

/** What is held about people, worked out from the stores each time it is asked. */
export interface Receipts {
  /** Several calls of one person at the same time share one walk. Throws RATE_LIMITED while too many others wait, NOT_FOUND. */
  of(personId: string): Promise<Receipt>
  /** Rows that the running walk of this person has read; undefined while none runs. */
  progress(personId: string): number | undefined
}

export function createReceipts(deps: ReceiptsDeps): Receipts {
  const { subjectOf, clock } = deps
  const running = new Map<string, { readonly receipt: Promise<Receipt>; rows: number }>()
  const waiting: (() => void)[] = []
  let walks = 0

  const turn = async (): Promise<() => void> => {
    if (walks >= receiptLimits.walksAtOnce) {
      if (waiting.length >= receiptLimits.waiting)
        throw new ThroughlineError('RATE_LIMITED', 'Many people are reading what is held about them; come again in a minute.')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else walks += 1
    return () => {
      const next = waiting.shift()
      // Whoever waits takes over the turn.
      if (next === undefined) walks -= 1
      else next()
    }
  }

  const make = async (personId: string, onRead: (rows: number) => void): Promise<Receipt> => {
    const leave = await turn()
    try {
      const subject = await subjectOf(personId)
      return await receiptOf(deps, subject, clock.nowMs(), onRead)
    } finally {
      leave()
    }
  }

  return {
    of(personId) {
      const before = running.get(personId)
      if (before !== undefined) return before.receipt
      const run = {
        rows: 0,
        receipt: make(personId, (rows) => {
          run.rows = rows
        }).finally(() => running.delete(personId)),
      }
      running.set(personId, run)
      return run.receipt
    },
    progress: (personId) => running.get(personId)?.rows,
  }
}

async function receiptOf(deps: ReceiptsDeps, subject: Subject, nowMs: number, onRead: (rows: number) => void): Promise<Receipt> {
  const own = gatherRows({ nowMs })
  const traces = new Map<string, Gathering>()
  const held = new Map<string, Gathering>()
  for (const { spaceId, isAdmin } of subject.spaces) {
    traces.set(spaceId, gatherRows({ nowMs }))
    if (isAdmin) held.set(spaceId, gatherRows({ nowMs, isTogether: true }))
  }
  let rowsRead = 0
  const options = {
    isCut: true,
    onRead: (rows: number) => {
      rowsRead = rows
      onRead(rows)
    },
    ...(deps.map === undefined ? {} : { map: deps.map }),
  }
  for await (const { found, is, space } of findAboutPerson(deps, subject, options)) {
    const gathering = is === 'own' || space === undefined ? own : is === 'trace' ? traces.get(space.spaceId) : held.get(space.spaceId)
    gathering?.add(found)
  }
  const elsewhere = await rowsElsewhere(deps, subject)
  const rows: readonly ReceiptRow[] = [...own.rows(), ...elsewhere.person]
  const spaces = subject.spaces.map(({ spaceId, name }) => {
    const kept = held.get(spaceId)
    const all = kept === undefined ? null : [...kept.rows(), ...(elsewhere.spaces.get(spaceId) ?? [])]
    return { spaceId, name, held: all, heldTotals: all === null ? null : totalsOf(all), traces: traces.get(spaceId)?.rows() ?? [] }
  })
  return {
    madeAtMs: nowMs,
    rowsRead,
    places: elsewhere.places,
    totals: totalsOf([...rows, ...spaces.flatMap((space) => space.traces)]),
    person: { rows, totals: totalsOf(rows) },
    spaces,
    facts: kindFacts,
  }
}

const kindFacts: readonly KindFact[] = Object.entries(dataMap).map(([kind, { class: of, holds, retention, erasure }]) => ({
  kind,
  class: of,
  holds,
  retention,
  erasure,
}))

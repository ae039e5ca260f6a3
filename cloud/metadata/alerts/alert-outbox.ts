import type { AlertConfigHash } from '../../../src/domain/ids.ts'
import type { AlertStatus, ToldTransition } from '../../../src/domain/model.ts'
import type { AlertState } from './alert-set.ts'

/** A change of an alert that still has to be told. There is no value in it. */
export interface WaitingChange extends ToldTransition {
  /** Rises with each change of the item, and is never used again. */
  readonly seq: number
  /** When the cloud was told; epoch milliseconds. */
  readonly notedAtMs: number
}

type ChangeTuple = [
  seq: number,
  notedAtMs: number,
  chart: string,
  name: string,
  context: string,
  status: AlertStatus,
  oldStatus: AlertStatus,
  whenS: number,
  configHash: string | null,
  transitionId: string | null,
]

/** What a node's alerts through one claim say of themselves, beside the packed set. */
export type NodeAlertsRecord = {
  alerts: number
  version: string
  sequenceId: string
  /** Changes that still have to be told, oldest first; left out when there are none. */
  outbox?: ChangeTuple[]
  /** The last number that was used. */
  lastSeq?: number
  /** There were more changes than the outbox holds: the whole set is compared with what was told. When that was; epoch milliseconds. */
  wholeAtMs?: number
}

/** An outbox that nobody empties turns into one note that says to compare everything. */
const outboxMax = { changes: 100, bytes: 32 * 1024 }

/** The outbox part of a record. */
export type Outbox = Pick<NodeAlertsRecord, 'outbox' | 'lastSeq' | 'wholeAtMs'>

/** The outbox with these changes after what is in it. Numbers follow the clock, so that they rise even where an item was made anew. */
export function noteChanges(before: Outbox, changes: readonly AlertState[], nowMs: number): Outbox {
  if (changes.length === 0) return pick(before)
  let seq = Math.max((before.lastSeq ?? 0) + 1, nowMs)
  const outbox = [...(before.outbox ?? [])]
  for (const { chart, name, context, status, oldStatus, whenS, configHash, transitionId } of changes)
    outbox.push([seq++, nowMs, chart, name, context, status, oldStatus, whenS, configHash ?? null, transitionId ?? null])
  const lastSeq = seq - 1
  const isFull = outbox.length > outboxMax.changes || Buffer.byteLength(JSON.stringify(outbox)) > outboxMax.bytes
  if (isFull || before.wholeAtMs !== undefined) return { lastSeq, wholeAtMs: before.wholeAtMs ?? nowMs }
  return { outbox, lastSeq }
}

/** Whether something still has to be told. */
export function isWaiting({ outbox, wholeAtMs }: Outbox): boolean {
  return wholeAtMs !== undefined || (outbox !== undefined && outbox.length > 0)
}

/** The outbox without what was told up to this number. */
export function withoutTold(before: Outbox, upToSeq: number): Outbox {
  const left = (before.outbox ?? []).filter(([seq]) => seq > upToSeq)
  const isWholeTold = (before.lastSeq ?? 0) <= upToSeq
  return {
    ...(left.length === 0 ? {} : { outbox: left }),
    ...(before.lastSeq === undefined ? {} : { lastSeq: before.lastSeq }),
    ...(before.wholeAtMs === undefined || isWholeTold ? {} : { wholeAtMs: before.wholeAtMs }),
  }
}

/** The changes in an outbox, oldest first. */
export function waitingChanges({ outbox = [] }: Outbox): WaitingChange[] {
  return outbox.map(([seq, notedAtMs, chart, name, context, status, oldStatus, whenS, configHash, transitionId]) => ({
    seq,
    notedAtMs,
    chart,
    name,
    context,
    status,
    oldStatus,
    whenS,
    configHash: (configHash ?? undefined) as AlertConfigHash | undefined,
    transitionId: transitionId ?? undefined,
  }))
}

function pick({ outbox, lastSeq, wholeAtMs }: Outbox): Outbox {
  return {
    ...(outbox === undefined ? {} : { outbox }),
    ...(lastSeq === undefined ? {} : { lastSeq }),
    ...(wholeAtMs === undefined ? {} : { wholeAtMs }),
  }
}

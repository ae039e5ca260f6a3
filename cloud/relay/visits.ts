import type { NodeId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import { relayVisitLimits } from './visit-limits.ts'
import type { Visitor, Witness } from './ports.ts'

/** Who looks at which node, and for how long: told to the witness once when it begins and once when it is over. */
export interface Visits {
  /** The visits of one socket. */
  of(visitor: Visitor): Visit
  /** Somebody read once. */
  touch(visitor: Visitor, nodeId: NodeId): void
  /** Every visit ends now. */
  close(): void
}

export interface Visit {
  /** The nodes that are watched from now on. */
  watch(nodeIds: ReadonlySet<NodeId>): void
  touch(nodeId: NodeId): void
  end(): void
}

interface Entry {
  readonly visitor: Visitor
  readonly nodeId: NodeId
  readonly startedMs: number
  holders: number
  seenMs: number
}

/**
 * A visit is one person at one node, whatever they subscribe to, in however many tabs, and through short absences: it is over when
 * nothing was watched or read for two minutes. Of whom nothing more fits, the visit that was seen longest ago ends first.
 */
export function createVisits({ clock, witness }: { readonly clock: Clock; readonly witness: Witness }): Visits {
  const entries = new Map<string, Entry>()

  const keyOf = ({ spaceId, personId, signInId }: Visitor, nodeId: NodeId) => `${spaceId} ${personId} ${signInId ?? 'token'} ${nodeId}`

  const stop = (key: string, entry: Entry) => {
    entries.delete(key)
    witness.viewStopped(entry.visitor, entry.nodeId, Math.round(entry.seenMs - entry.startedMs))
  }

  const enter = (visitor: Visitor, nodeId: NodeId, holders: 0 | 1) => {
    const key = keyOf(visitor, nodeId)
    const nowMs = clock.monotonicMs()
    const known = entries.get(key)
    if (known !== undefined) {
      known.holders += holders
      known.seenMs = nowMs
      return
    }
    const oldest = entries.size >= relayVisitLimits.visits ? entries.entries().next().value : undefined
    if (oldest !== undefined) stop(...oldest)
    entries.set(key, { visitor, nodeId, startedMs: nowMs, holders, seenMs: nowMs })
    witness.viewStarted(visitor, nodeId)
  }

  const leave = (visitor: Visitor, nodeId: NodeId) => {
    const known = entries.get(keyOf(visitor, nodeId))
    if (known === undefined || known.holders === 0) return
    known.holders--
    known.seenMs = clock.monotonicMs()
  }

  const stopSweeping = clock.every(relayVisitLimits.sweepMs, () => {
    const nowMs = clock.monotonicMs()
    for (const [key, entry] of entries) {
      if (entry.holders > 0) entry.seenMs = nowMs
      else if (nowMs - entry.seenMs >= relayVisitLimits.absenceMs) stop(key, entry)
    }
  })

  return {
    of(visitor) {
      let watched: ReadonlySet<NodeId> = new Set()
      const watch = (nodeIds: ReadonlySet<NodeId>) => {
        for (const nodeId of nodeIds) if (!watched.has(nodeId)) enter(visitor, nodeId, 1)
        for (const nodeId of watched) if (!nodeIds.has(nodeId)) leave(visitor, nodeId)
        watched = nodeIds
      }
      return { watch, touch: (nodeId) => enter(visitor, nodeId, 0), end: () => watch(new Set()) }
    },
    touch: (visitor, nodeId) => enter(visitor, nodeId, 0),
    close() {
      stopSweeping()
      for (const [key, entry] of entries) {
        if (entry.holders > 0) entry.seenMs = clock.monotonicMs()
        stop(key, entry)
      }
    },
  }
}

import type { NodeId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Clone, CloneKind } from './port.ts'

/** A clone is shown this long after it was noted last: one that is held away tries again every five minutes. */
const shownMs = 10 * 60_000
/** More would say that something else is wrong. */
const rememberedMax = 10_000

/** Which nodes two machines pass for; in memory, since only what happens now proves it. */
export interface CloneNotes {
  note(nodeId: NodeId, kind: CloneKind): void
  of(nodeId: NodeId): Clone | undefined
}

export function createCloneNotes({ clock, log }: { readonly clock: Clock; readonly log: Log }): CloneNotes {
  const noted = new Map<NodeId, Clone & { readonly untilMs: number }>()

  function current(nodeId: NodeId) {
    const entry = noted.get(nodeId)
    if (entry !== undefined && entry.untilMs > clock.monotonicMs()) return entry
    noted.delete(nodeId)
    return undefined
  }

  return {
    note(nodeId, kind) {
      const known = current(nodeId)
      if (known === undefined) log.warn('node_cloned', { nodeId, kind })
      const [oldest] = noted.size >= rememberedMax ? noted.keys() : []
      if (oldest !== undefined && known === undefined) noted.delete(oldest)
      noted.set(nodeId, { kind, sinceMs: known?.sinceMs ?? clock.nowMs(), untilMs: clock.monotonicMs() + shownMs })
    },
    of(nodeId) {
      const entry = current(nodeId)
      return entry && { kind: entry.kind, sinceMs: entry.sinceMs }
    },
  }
}

import type { Context, ContextChange } from '../../src/domain/model.ts'
import { contextsVersionHash } from '../../src/domain/version-hash.ts'

/** At most this many contexts in one update (aclk §6.6). */
const contextsPerUpdate = 5_000

/** What the announcer wants sent. */
export type ContextsMessage =
  | { readonly kind: 'snapshot'; readonly contexts: readonly Context[] }
  | { readonly kind: 'updated'; readonly changes: readonly ContextChange[]; readonly versionHash: bigint }

/**
 * Keeps the cloud's set of contexts equal to the source's (aclk §6.6). Nothing flows before the first checkpoint; a checkpoint with
 * another hash is answered with everything, an equal one with silence; afterwards changes flow until streaming is stopped.
 */
export function createContextsAnnouncer(current: () => readonly Context[]) {
  let announced = new Map<string, Context>()
  let isStreaming = false

  return {
    checkpoint(versionHash: bigint): ContextsMessage | undefined {
      isStreaming = true
      const contexts = current()
      announced = new Map(contexts.map((context) => [context.id, context]))
      return contextsVersionHash(contexts) === versionHash ? undefined : { kind: 'snapshot', contexts }
    },
    stop(): void {
      isStreaming = false
    },
    /** What changed since the cloud was last told, in messages of a bounded size; nothing while not streaming. */
    changes(): readonly ContextsMessage[] {
      if (!isStreaming) return []
      const changes = differences(announced, current())
      const messages: ContextsMessage[] = []
      for (let at = 0; at < changes.length; at += contextsPerUpdate) {
        const part = changes.slice(at, at + contextsPerUpdate)
        for (const change of part) {
          if (change.deleted) announced.delete(change.id)
          else announced.set(change.id, change)
        }
        messages.push({ kind: 'updated', changes: part, versionHash: contextsVersionHash(announced.values()) })
      }
      return messages
    },
  }
}

function differences(before: ReadonlyMap<string, Context>, now: readonly Context[]): ContextChange[] {
  const changes: ContextChange[] = []
  const present = new Set<string>()
  for (const context of now) {
    present.add(context.id)
    const known = before.get(context.id)
    const isSame =
      known?.version === context.version && known.firstEntryS === context.firstEntryS && known.lastEntryS === context.lastEntryS
    if (!isSame) changes.push({ ...context, deleted: false })
  }
  for (const [id, context] of before) if (!present.has(id)) changes.push({ ...context, deleted: true })
  return changes
}

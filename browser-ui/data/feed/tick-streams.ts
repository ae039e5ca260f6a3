import type { LiveClient } from '../../link/live-client.ts'
import type { CadenceClass } from './subscription-plan.ts'

/** The standing wishes of one node: one subscription for each pace. */
export interface TickStreams {
  /** Changes the wishes to these; none ends all. */
  want(plan: readonly CadenceClass[]): void
}

export interface TickStreamsDeps {
  readonly client: LiveClient
  readonly nodeId: string
  readonly onTick: (text: string, httpStatus: number, contexts: readonly string[]) => void
  readonly onPaused: (reason: string) => void
  /** The wish is over; whoever wants it asks for it again. */
  readonly onRefused: (code: string, mayRetry: boolean) => void
}

export function createTickStreams({ client, nodeId, onTick, onPaused, onRefused }: TickStreamsDeps): TickStreams {
  const streams = new Map<number, { contexts: readonly string[]; handle: ReturnType<LiveClient['subscribe']> }>()

  const end = (cadenceMs: number) => {
    streams.get(cadenceMs)?.handle.close()
    streams.delete(cadenceMs)
  }
  const begin = ({ cadenceMs, contexts }: CadenceClass) =>
    client.subscribe({
      nodeId,
      cadenceMs,
      contexts,
      onTick: (text, httpStatus) => onTick(text, httpStatus, streams.get(cadenceMs)?.contexts ?? []),
      onPaused,
      onRefused(code, mayRetry) {
        end(cadenceMs)
        onRefused(code, mayRetry)
      },
    })

  return {
    want(plan) {
      const planned = new Map(plan.map((entry) => [entry.cadenceMs, entry]))
      for (const cadenceMs of streams.keys()) if (!planned.has(cadenceMs)) end(cadenceMs)
      for (const entry of plan) {
        const existing = streams.get(entry.cadenceMs)
        if (existing === undefined) streams.set(entry.cadenceMs, { contexts: entry.contexts, handle: begin(entry) })
        else if (!isSame(existing.contexts, entry.contexts)) {
          existing.handle.change(entry.contexts)
          existing.contexts = entry.contexts
        }
      }
    },
  }
}

const isSame = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((entry, index) => entry === b[index])

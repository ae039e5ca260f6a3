import { isPassedOn } from '../../../src/live/filter-text.ts'
import { liveLimits } from '../../../src/live/limits.ts'

/** Contexts that are asked together: all collected at one pace. */
export interface CadenceClass {
  readonly cadenceMs: number
  readonly contexts: readonly string[]
}

/**
 * Groups contexts by the pace at which the agent collects them, so that each is asked only when it has news
 * (agent-api §15.1 rule 2). What is not known yet counts as once a second. Fastest class first, contexts in order. Names that the
 * relay refuses are left out, and what is too much for one subscription: it would be refused whole.
 */
export function planCadences(contextIds: Iterable<string>, cadenceOf: (contextId: string) => number | undefined): readonly CadenceClass[] {
  const classes = new Map<number, string[]>()
  for (const contextId of contextIds) {
    if (!isPassedOn(contextId)) continue
    const wanted = cadenceOf(contextId) ?? liveLimits.minCadenceMs
    const cadenceMs = Math.min(liveLimits.maxCadenceMs, Math.max(liveLimits.minCadenceMs, wanted))
    const members = classes.get(cadenceMs)
    if (members === undefined) classes.set(cadenceMs, [contextId])
    else members.push(contextId)
  }
  return [...classes].sort(([a], [b]) => a - b).map(([cadenceMs, contexts]) => ({ cadenceMs, contexts: fitting(contexts.sort()) }))
}

/** As many of the first contexts as one subscription may name. */
function fitting(contextIds: readonly string[]): readonly string[] {
  let bytes = 0
  return contextIds.slice(0, liveLimits.contextsPerSubscription).filter((contextId) => {
    bytes += encodedBytes(contextId)
    return bytes <= liveLimits.contextBytesPerViewer
  })
}

/** What a name takes in an agent's request target, with the sign before it. */
const encodedBytes = (contextId: string) => encodeURIComponent(contextId).length + 3

/** Room that a question's other parts need beside its context names. */
const questionOverheadBytes = 500
const contextsPerQuestion = 200

/** Context names in lists that fit one question each, by number and by length. Names that the relay refuses are left out. */
export function askBatches(contextIds: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const contextId of contextIds) {
    if (!isPassedOn(contextId)) continue
    const own = encodedBytes(contextId)
    const last = batches.at(-1)
    if (last !== undefined && bytes + own <= liveLimits.targetBytes - questionOverheadBytes && last.length < contextsPerQuestion) {
      last.push(contextId)
      bytes += own
    } else {
      batches.push([contextId])
      bytes = own
    }
  }
  return batches
}

import type { AlertConfigHash, NodeId, SpaceId } from '../../src/domain/ids.ts'
import { asThroughlineError } from '../../src/errors/throughline-error.ts'
import { agentPermission } from '../../src/domain/agent-permission.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { documentIdOf } from './keys.ts'
import type { NodeStates } from './kept/node-states.ts'
import type { ConfigAsker, ConfigPlace } from './ports.ts'
import type { Steps } from './runs/steps.ts'
import type { Turns } from './runs/turns.ts'

/** What an agent tells of an alert, as far as it says how it is defined. */
export interface SeenDefinition {
  readonly name: string
  readonly configHash: AlertConfigHash | undefined
}

/**
 * Notices that an agent defines an alert anew: a hash that was not seen before, of an alert of which a document is kept there, brings a
 * check a few seconds later.
 */
export interface DriftWatch {
  seen(spaceId: SpaceId, nodeId: NodeId, definitions: readonly SeenDefinition[]): void
  /** Resolves when what was noticed so far has been checked; for tests. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface DriftWatchDeps {
  readonly states: NodeStates
  readonly steps: Pick<Steps, 'check'>
  readonly turns: Turns
  readonly placeOf: (nodeId: NodeId) => ConfigPlace
  readonly clock: Clock
  readonly log: Log
}

/** How long after a new hash the agent is asked: a change of ours tells of several at once. */
const delayMs = 3_000
/** How long after an agent could not be asked it is asked again, and how often in all. */
const againMs = 30_000
const triesMax = 5
/** Hashes that are remembered as seen; with more, all count as new again. */
const seenMax = 200_000

const { signedIn, sameSpace, anonymousData, viewConfig } = agentPermission
/** The cloud itself: it may look. */
const itself: ConfigAsker = { role: 'observer', permissions: signedIn | sameSpace | anonymousData | viewConfig, personId: undefined }

/** A check that is to be made. */
interface Due {
  readonly spaceId: SpaceId
  readonly documentId: string
  readonly name: string
  readonly nodeId: NodeId
  readonly tries: number
}

export function createDriftWatch({ states, steps, turns, placeOf, clock, log }: DriftWatchDeps): DriftWatch {
  const known = new Set<string>()
  const due = new Map<string, Due>()
  const stopping = new AbortController()
  const atWork = new Set<Promise<void>>()
  let stopTimer: (() => void) | undefined

  const attend = (attempt: Promise<void>) => {
    const attended = attempt
      .catch((thrown: unknown) => {
        if (!stopping.signal.aborted) log.warn('alert_check_failed', { code: asThroughlineError(thrown).code })
      })
      .finally(() => atWork.delete(attended))
    atWork.add(attended)
  }

  const notice = async (spaceId: SpaceId, nodeId: NodeId, marks: ReadonlyMap<string, string>) => {
    const { ownNodeId } = placeOf(nodeId)
    if (ownNodeId === undefined) {
      // Nobody can be asked now: the same hash counts as new again.
      for (const mark of marks.keys()) known.delete(mark)
      return
    }
    for (const name of new Set(marks.values())) {
      const documentId = documentIdOf(name)
      if (await states.has(spaceId, documentId, ownNodeId))
        due.set(`${spaceId}/${documentId}/${ownNodeId}`, { spaceId, documentId, name, nodeId: ownNodeId, tries: 1 })
    }
    if (due.size > 0 && !stopping.signal.aborted) stopTimer ??= clock.after(delayMs, check)
  }

  /** An agent that could not be asked is asked again, some times. */
  const again = (each: Due) => {
    const key = `${each.spaceId}/${each.documentId}/${each.nodeId}`
    if (each.tries >= triesMax || stopping.signal.aborted || due.has(key)) return
    due.set(key, { ...each, tries: each.tries + 1 })
    stopTimer ??= clock.after(againMs, check)
  }

  function check(): void {
    stopTimer = undefined
    const checks = [...due.values()]
    due.clear()
    for (const each of checks) {
      const { spaceId, documentId, name, nodeId } = each
      attend(
        turns.run(nodeId, async () => {
          const entry = await states.get(spaceId, documentId, nodeId)
          if (entry === undefined || entry.original === 'none' || stopping.signal.aborted) return
          const { by, runId } = entry
          const step = { spaceId, documentId, name, nodeId, by, runId, asker: itself, signal: stopping.signal }
          if ((await steps.check(step)).state === 'failed') again(each)
        }),
      )
    }
  }

  return {
    seen(spaceId, nodeId, definitions) {
      if (stopping.signal.aborted) return
      const marks = new Map<string, string>()
      for (const { name, configHash } of definitions) {
        const mark = `${spaceId}/${nodeId}/${configHash ?? ''}`
        if (configHash === undefined || known.has(mark)) continue
        if (known.size >= seenMax) known.clear()
        known.add(mark)
        marks.set(mark, name)
      }
      if (marks.size > 0) attend(notice(spaceId, nodeId, marks))
    },
    async settled() {
      while (atWork.size > 0) await Promise.all(atWork)
    },
    async close() {
      stopTimer?.()
      stopping.abort()
      await Promise.all(atWork)
    },
  }
}

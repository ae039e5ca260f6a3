import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { Unfinished } from '../../metadata/unfinished.ts'
import type { Documents } from '../kept/documents.ts'
import type { NodeStates } from '../kept/node-states.ts'
import { configureLimits } from '../limits.ts'
import type { ConfigPlace, ConfigRights } from '../ports.ts'
import type { Steps } from './steps.ts'
import type { Turns } from './turns.ts'

/** Changes that wait for nodes that are away: each is noted, and made when its node is back, for 30 days. */
export interface Wishes {
  /** Notes that something is about to wait for this node; before the wish itself is kept, so that no crash forgets it. */
  note(spaceId: SpaceId, documentId: string, nodeId: NodeId): Promise<void>
  /** The wish is kept: from now on it is looked after. */
  arm(spaceId: SpaceId, documentId: string, nodeId: NodeId): void
  /** Reads what waits; at the start. */
  load(): Promise<void>
  /** Makes what can be made now. */
  look(): void
  /** How many wait. */
  count(): number
  close(): Promise<void>
}

interface Waiting {
  readonly spaceId: SpaceId
  readonly documentId: string
  readonly nodeId: NodeId
  notBeforeMs: number
  isAtWork: boolean
}

export interface WishesDeps {
  readonly unfinished: Unfinished
  readonly documents: Documents
  readonly states: NodeStates
  readonly steps: Steps
  readonly turns: Turns
  readonly placeOf: (nodeId: NodeId) => ConfigPlace
  readonly rights: ConfigRights
  readonly clock: Clock
  readonly log: Log
}

const notePrefix = 'alert-wish/'
const notAllowed = 'Whoever asked for this may no longer change alerts.'
const tooLate = 'The node did not come back within 30 days.'

export function createWishes({ unfinished, documents, states, steps, turns, placeOf, rights, clock, log }: WishesDeps): Wishes {
  const waiting = new Map<string, Waiting>()
  const stopping = new AbortController()
  const work = new Set<Promise<void>>()
  const nameOf = (nodeId: NodeId, documentId: string) => `${notePrefix}${nodeId}/${documentId}`

  const arm = (spaceId: SpaceId, documentId: string, nodeId: NodeId) => {
    const name = nameOf(nodeId, documentId)
    const known = waiting.get(name)
    if (known === undefined) waiting.set(name, { spaceId, documentId, nodeId, notBeforeMs: 0, isAtWork: false })
  }

  /** Strikes a note unless something was wished anew since. */
  const strike = async ({ spaceId, documentId, nodeId }: Waiting) => {
    const name = nameOf(nodeId, documentId)
    // Forgotten before it is looked at: a wish that is kept meanwhile is armed after.
    waiting.delete(name)
    const note = await unfinished.find(name)
    if ((await states.get(spaceId, documentId, nodeId))?.state === 'waiting') arm(spaceId, documentId, nodeId)
    else if (note !== undefined) await unfinished.strike(note)
  }

  const fulfil = async (wish: Waiting, ownNodeId: NodeId) => {
    const { spaceId, documentId, nodeId } = wish
    const entry = await states.get(spaceId, documentId, nodeId)
    if (entry?.state !== 'waiting') return strike(wish)
    const { by, runId, wanted, texts } = entry
    const asker = await rights.rightsOf(spaceId, by)
    const name = (await documents.get(spaceId, documentId))?.name ?? texts.wanted?.name ?? texts.applied?.name
    const step = { spaceId, documentId, nodeId, by, runId }
    const version = wanted === null || texts.wanted === undefined ? null : { version: wanted, document: texts.wanted }
    if (asker === undefined || name === undefined) await steps.refuse(step, version, notAllowed)
    else {
      const whole = { ...step, nodeId: ownNodeId, name, asker, signal: stopping.signal }
      const result = version === null ? await steps.restore(whole) : await steps.apply(whole, version)
      if (result.state === 'waiting') {
        wish.notBeforeMs = clock.monotonicMs() + configureLimits.waitAgainMs
        return
      }
      // The wish was kept under the node it was for; what stands now is kept under the agent's own.
      if (ownNodeId !== nodeId) await states.remove(spaceId, documentId, nodeId)
      log.info('alert_wish_made', { state: result.state })
    }
    await strike(wish)
  }

  const expire = async (wish: Waiting) => {
    const { spaceId, documentId, nodeId } = wish
    const entry = await states.get(spaceId, documentId, nodeId)
    if (entry?.state === 'waiting' && clock.nowMs() - entry.wishedAtMs > configureLimits.waitMs) {
      const { by, runId, wanted, texts } = entry
      const version = wanted === null || texts.wanted === undefined ? null : { version: wanted, document: texts.wanted }
      await steps.refuse({ spaceId, documentId, nodeId, by, runId }, version, tooLate)
    }
    await strike(wish)
  }

  const attend = (wish: Waiting, attempt: () => Promise<void>) => {
    wish.isAtWork = true
    const attempted = attempt()
      .catch((thrown: unknown) => {
        wish.notBeforeMs = clock.monotonicMs() + configureLimits.waitAgainMs
        const { code } = asThroughlineError(thrown)
        if (code !== 'CANCELLED') log.warn('alert_wish_failed', { code })
      })
      .finally(() => {
        wish.isAtWork = false
        work.delete(attempted)
      })
    work.add(attempted)
  }

  const look = () => {
    if (stopping.signal.aborted) return
    for (const wish of waiting.values()) {
      if (wish.isAtWork || clock.monotonicMs() < wish.notBeforeMs) continue
      const place = placeOf(wish.nodeId)
      const { ownNodeId } = place
      if (ownNodeId !== undefined) attend(wish, () => turns.run(ownNodeId, () => fulfil(wish, ownNodeId)))
    }
  }
  const lookForOld = () => {
    for (const wish of waiting.values()) if (!wish.isAtWork) attend(wish, () => expire(wish))
  }

  const stops = [clock.every(configureLimits.waitLookMs, look), clock.every(24 * 3_600_000, lookForOld)]

  return {
    async note(spaceId, documentId, nodeId) {
      await unfinished.note(nameOf(nodeId, documentId), { spaceId })
    },
    arm,
    async load() {
      for (const { sort, data } of await unfinished.list(notePrefix)) {
        const [nodeId = '', documentId = ''] = sort.slice(notePrefix.length).split('/')
        arm((data as { spaceId: SpaceId }).spaceId, documentId, nodeId as NodeId)
      }
    },
    look,
    count: () => waiting.size,
    async close() {
      for (const stop of stops) stop()
      stopping.abort()
      await Promise.all(work)
    },
  }
}

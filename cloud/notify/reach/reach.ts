import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { NodeState } from '../../../src/domain/model.ts'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore } from '../../store/port.ts'
import { reachLimits } from './reach-limits.ts'
import { createReachSpace, type ReachSpace, type ReachSpaceDeps } from './reach-space.ts'
import { createReachItems } from './reach-state.ts'

/** Turns what presence sees into news: who is out of reach for long enough, and who came back of those that were told. */
export interface Reach {
  /** Finds what an earlier process left; from then on nodes that do not come back are missed. Throws STORE_UNAVAILABLE. */
  start(): Promise<void>
  /** Looks at every space in which something is due; on its own it does so each second. */
  look(): Promise<void>
  /** Looks no more; what is under way is waited for. */
  close(): Promise<void>
}

export interface ReachDeps extends Pick<ReachSpaceDeps, 'settings' | 'nodes' | 'rooms' | 'sink'> {
  readonly store: MetadataStore
  readonly presence: {
    stateOf(nodeId: NodeId): NodeState
    /** The ways it is reached in this moment. */
    instancesOf(nodeId: NodeId): readonly unknown[]
    onChange(listener: (change: { nodeId: NodeId; spaceId: SpaceId; state: NodeState; atMs: number }) => void): () => void
  }
  /** Every space that may have nodes. */
  readonly spaceIds: () => Promise<readonly SpaceId[]>
  readonly clock: Clock
  readonly log: Log
}

/** Hears presence from now on; see {@link Reach.start} for what was before. */
export function createReach({ store, presence, spaceIds, clock, log, ...rest }: ReachDeps): Reach {
  const items = createReachItems(store)
  const spaces = new Map<SpaceId, { readonly space: ReachSpace; dueMs: number }>()
  const startedAt = { atMs: clock.nowMs(), monoMs: clock.monotonicMs() + reachLimits.returnMs }
  let looking: Promise<void> | undefined
  let isClosed = false
  let warnedAtMs = -Infinity

  const watchOf = (spaceId: SpaceId) => {
    const known = spaces.get(spaceId)
    if (known !== undefined) return known
    const space = createReachSpace(spaceId, {
      ...rest,
      items,
      stateOf: (nodeId) => presence.stateOf(nodeId),
      isLinked: (nodeId) => presence.instancesOf(nodeId).length > 0,
      clock,
    })
    const made = { space, dueMs: 0 }
    spaces.set(spaceId, made)
    return made
  }

  const stopHearing = presence.onChange(({ nodeId, spaceId, state, atMs }) => {
    watchOf(spaceId).space.turn(nodeId, { isLive: state === 'live', atMs, monoMs: clock.monotonicMs() })
  })

  const lookAll = async () => {
    for (const watch of spaces.values()) {
      if (isClosed || (watch.dueMs > clock.monotonicMs() && !watch.space.isTurned())) continue
      try {
        watch.dueMs = await watch.space.look()
      } catch (thrown) {
        // What could not be written or told is still due.
        watch.dueMs = clock.monotonicMs() + reachLimits.retryMs
        if (clock.monotonicMs() - warnedAtMs < reachLimits.retryMs) continue
        warnedAtMs = clock.monotonicMs()
        log.warn('reach_look_failed', { code: asThroughlineError(thrown).code })
      }
    }
  }
  const look = () => (looking ??= lookAll().finally(() => (looking = undefined)))
  const stopLooking = clock.every(reachLimits.lookMs, () => void look())

  return {
    async start() {
      for (const spaceId of await spaceIds()) await watchOf(spaceId).space.miss(startedAt)
    },
    look,
    async close() {
      isClosed = true
      stopHearing()
      stopLooking()
      await looking
    },
  }
}

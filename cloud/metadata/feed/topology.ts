import type { FeedWriter, TopologyAction } from '../../../src/domain/feed.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node, NodeState } from '../../../src/domain/model.ts'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore } from '../../store/port.ts'
import { createChangeItem } from '../change-item.ts'
import { keys, spacePartition } from '../keys.ts'
import { eventIdOf, nextTale, taleOf, type Happening } from './node-tale.ts'

/** Tells the feed what becomes of nodes and agents. Nobody waits for it; what cannot be written is tried again. */
export interface Topology {
  state(change: { readonly spaceId: SpaceId; readonly nodeId: NodeId; readonly state: NodeState; readonly atMs: number }): void
  link(change: {
    readonly spaceId: SpaceId
    readonly nodeId: NodeId
    readonly claimId: ClaimId
    readonly isUp: boolean
    readonly atMs: number
  }): void
  /** An agent claimed itself; the time is that of the claim, so that a repeat is known. */
  claimed(claim: { readonly spaceId: SpaceId; readonly nodeId: NodeId; readonly claimId: ClaimId; readonly claimedAtMs: number }): void
  /** A node was taken out of its space. Resolves when that is in the feed. */
  removed(spaceId: SpaceId, nodeId: NodeId, hostname: string): Promise<void>
  /**
   * Some while after the start: whoever was there when the last process ended and is not by now went in between. Completes what a
   * crash left untold, too.
   */
  lookAround(now: { readonly stateOf: (nodeId: NodeId) => NodeState; readonly isLinked: (claimId: ClaimId) => boolean }): Promise<void>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface TopologyDeps {
  readonly store: MetadataStore
  readonly feed: FeedWriter
  readonly nodes: { get(spaceId: SpaceId, nodeId: NodeId): Promise<Pick<Node, 'hostname' | 'createdAtMs'> | undefined> }
  readonly spaceIds: () => Promise<readonly SpaceId[]>
  readonly clock: Clock
  readonly log: Log
}

/** Nodes that are written of at the same time. */
const atOnce = 4
/** Nodes that wait in memory, and what waits at each: more than that is not told. */
const waitingMax = { nodes: 20_000, each: 8 }
const retry = { firstMs: 1_000, mostMs: 30_000 }
/** Events that a crash may have kept from the feed are told again by the next process if they are not older. */
const completedForMs = 3_600_000
const pageItems = 100

interface Waiting {
  readonly spaceId: SpaceId
  readonly happenings: Happening[]
  readonly claims: { readonly claimId: ClaimId; readonly claimedAtMs: number }[]
}

export function createTopology({ store, feed, nodes, spaceIds, clock, log }: TopologyDeps): Topology {
  const changeItem = createChangeItem(store)
  const waiting = new Map<NodeId, Waiting>()
  /** Nodes whose last events this process knows to be in the feed. */
  const completed = new Set<NodeId>()
  const running = new Set<NodeId>()
  const idlers = new Set<() => void>()
  let tries = 0
  let stopRetry: (() => void) | undefined
  let isClosed = false

  const add = async (spaceId: SpaceId, nodeId: NodeId, hostname: string, action: TopologyAction, atMs: number, claimId: ClaimId | null) =>
    feed.add(spaceId, {
      kind: 'topology',
      eventId: eventIdOf({ spaceId, nodeId }, action, atMs, claimId),
      atMs,
      action,
      nodeId,
      hostname,
      claimId: claimId ?? undefined,
    })

  const tell = async (nodeId: NodeId, { spaceId, happenings, claims }: Waiting): Promise<void> => {
    const node = await nodes.get(spaceId, nodeId)
    const key = keys.nodeTale(spaceId, nodeId)
    // A removed node has no tale any more; that it went is told by whoever removed it.
    if (node === undefined) return
    const { hostname, createdAtMs } = node
    if (!completed.has(nodeId)) {
      if (clock.nowMs() - createdAtMs < completedForMs) await add(spaceId, nodeId, hostname, 'node-created', createdAtMs, null)
      for (const event of taleOf(nodeId, await store.read(key)).last)
        if (clock.nowMs() - event.atMs < completedForMs) await feed.add(spaceId, { ...event, hostname })
      if (completed.size >= waitingMax.nodes) completed.clear()
      completed.add(nodeId)
    }
    for (const { claimId, claimedAtMs } of claims) await add(spaceId, nodeId, hostname, 'agent-claimed', claimedAtMs, claimId)
    const { isWritten } = await changeItem(key, (current) => nextTale({ spaceId, nodeId }, current, happenings))
    if (!isWritten) return
    const written = await store.read(key)
    for (const event of taleOf(nodeId, written).last) await feed.add(spaceId, { ...event, hostname })
    // The node may have been removed meanwhile, and must leave nothing.
    if (written !== undefined && (await nodes.get(spaceId, nodeId)) === undefined) await store.remove(key, written.revision)
  }

  const run = async (nodeId: NodeId, work: Waiting): Promise<void> => {
    running.add(nodeId)
    try {
      await tell(nodeId, work)
      tries = 0
    } catch (thrown) {
      completed.delete(nodeId)
      log.warn('feed_not_written', { code: asThroughlineError(thrown).code })
      putBack(nodeId, work)
      rest()
    }
    running.delete(nodeId)
    pump()
    if (running.size === 0) for (const resolve of idlers) resolve()
  }

  const pump = () => {
    if (stopRetry !== undefined || isClosed) return
    for (const [nodeId, work] of waiting) {
      if (running.size >= atOnce) return
      if (running.has(nodeId)) continue
      waiting.delete(nodeId)
      void run(nodeId, work)
    }
  }

  const rest = () => {
    if (stopRetry !== undefined || isClosed) return
    stopRetry = clock.after(Math.min(retry.mostMs, retry.firstMs * 2 ** Math.min(tries++, 10)), () => {
      stopRetry = undefined
      pump()
    })
  }

  const putBack = (nodeId: NodeId, { spaceId, happenings, claims }: Waiting) => {
    const newer = waiting.get(nodeId)
    waiting.delete(nodeId)
    waiting.set(nodeId, {
      spaceId,
      happenings: [...happenings, ...(newer?.happenings ?? [])].slice(-waitingMax.each),
      claims: [...claims, ...(newer?.claims ?? [])].slice(-waitingMax.each),
    })
  }

  const enqueue = (spaceId: SpaceId, nodeId: NodeId, what: Partial<Pick<Waiting, 'happenings' | 'claims'>>) => {
    if (isClosed) return
    const known = waiting.get(nodeId)
    if (known === undefined && waiting.size >= waitingMax.nodes) {
      log.warn('feed_events_lost', { count: 1 })
      return
    }
    const happenings = [...(known?.happenings ?? []), ...(what.happenings ?? [])].slice(-waitingMax.each)
    const claims = [...(known?.claims ?? []), ...(what.claims ?? [])].slice(-waitingMax.each)
    waiting.set(nodeId, { spaceId, happenings, claims })
    pump()
  }

  const idle = () =>
    new Promise<void>((resolve) => {
      if (running.size === 0) {
        resolve()
        return
      }
      const done = () => {
        idlers.delete(done)
        resolve()
      }
      idlers.add(done)
    })

  return {
    state: ({ spaceId, nodeId, state, atMs }) => enqueue(spaceId, nodeId, { happenings: [{ is: 'state', state, atMs }] }),
    link: ({ spaceId, nodeId, claimId, isUp, atMs }) => enqueue(spaceId, nodeId, { happenings: [{ is: 'link', claimId, isUp, atMs }] }),
    claimed: ({ spaceId, nodeId, claimId, claimedAtMs }) => enqueue(spaceId, nodeId, { claims: [{ claimId, claimedAtMs }] }),
    async removed(spaceId, nodeId, hostname) {
      waiting.delete(nodeId)
      await add(spaceId, nodeId, hostname, 'node-removed', clock.nowMs(), null)
    },
    async lookAround({ stateOf, isLinked }) {
      const atMs = clock.nowMs()
      for (const spaceId of await spaceIds()) {
        let after: string | undefined
        do {
          const options = { prefix: 'tale/', limit: pageItems, ...(after === undefined ? {} : { after }) }
          const page = await store.list(spacePartition(spaceId), options)
          for (const item of page.items) {
            const nodeId = item.sort.slice('tale/'.length) as NodeId
            const { state, linked, last } = taleOf(nodeId, item)
            const gone: Happening[] = linked
              .filter((claimId) => !isLinked(claimId))
              .map((claimId) => ({ is: 'link', claimId, isUp: false, atMs }))
            if (state !== 'offline' && stateOf(nodeId) === 'unseen') gone.push({ is: 'state', state: 'offline', atMs })
            const isYoung = last.some((event) => atMs - event.atMs < completedForMs)
            if (gone.length > 0 || (isYoung && !completed.has(nodeId))) enqueue(spaceId, nodeId, { happenings: gone })
            if (waiting.size >= waitingMax.nodes / 2) await idle()
          }
          after = page.next
          if (isClosed) return
        } while (after !== undefined)
      }
    },
    idle,
    close() {
      isClosed = true
      stopRetry?.()
      return idle()
    },
  }
}

import type { NodeId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'
import { ThroughlineError, asThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { Outlet } from './outlet.ts'
import { contextBytes } from './question.ts'
import type { Membership, Streams, Wish } from './streams.ts'

export interface ViewerWishesDeps {
  readonly outlet: Outlet
  readonly streams: Streams
  readonly stateOf: (nodeId: NodeId) => NodeState
  /** Throws NOT_FOUND for a node the viewer may not see. */
  readonly requireView: (nodeId: NodeId) => Promise<void>
  readonly refuse: (id: number, error: ThroughlineError) => void
  /** Hears of which nodes something is shown now. */
  readonly onWatched?: (nodeIds: ReadonlySet<NodeId>) => void
}

/** A standing wish of a viewer: contexts of a node, or a question about the nodes of a scope. */
export interface StandingWish extends Omit<Wish, 'outlet' | 'isWatching'> {
  readonly kind: 'subscription' | 'watch'
  readonly id: number
  /** Every node of which it shows something; the viewer may see them all, or gets nothing. */
  readonly scope: readonly NodeId[]
}

/** What one viewer watches: which streams it takes part in, and under which ids. */
export interface ViewerWishes {
  /** Starts a wish, or changes the one with its id; answered by `subscribed` or an error. */
  enter(wish: StandingWish): Promise<void>
  leave(id: number): void
  setVisible(isVisible: boolean): void
  onNodeState(nodeId: NodeId, state: NodeState): void
  nodeIds(): ReadonlySet<NodeId>
  /** Ends every wish that shows something of the node, with this refusal. */
  takeAway(nodeId: NodeId, refusal: ThroughlineError): void
  count(): number
  end(): void
}

interface Active {
  readonly is: 'active'
  readonly wish: StandingWish
  /** Of its context names, encoded. */
  readonly nameBytes: number
  readonly membership: Membership
}
type Entry =
  Active | { readonly is: 'checking'; readonly wish: StandingWish; readonly nameBytes: number; readonly before: Active | undefined }

const most = { subscription: liveLimits.subscriptions, watch: liveLimits.watches } as const
const tooMany = {
  subscription: `A page may hold ${most.subscription} subscriptions.`,
  watch: `A page may hold ${most.watch} standing questions.`,
} as const

/** No wishes yet, seen by somebody who looks. */
export function createViewerWishes({ outlet, streams, stateOf, requireView, refuse, onWatched }: ViewerWishesDeps): ViewerWishes {
  const entries = new Map<number, Entry>()
  let isVisible = true

  function join({ nodeId, cadenceMs, contexts, question }: StandingWish): Membership | undefined {
    return streams.join({ outlet, nodeId, cadenceMs, contexts, isWatching: isVisible, ...(question === undefined ? {} : { question }) })
  }

  function leave(id: number): void {
    const known = entries.get(id)
    entries.delete(id)
    membershipOf(known)?.leave()
    tellWatched()
  }

  function tellWatched(): void {
    onWatched?.(new Set([...entries.values()].flatMap(({ is, wish }) => (is === 'active' ? wish.scope : []))))
  }

  return {
    async enter(wish) {
      const { id, kind, nodeId, scope } = wish
      const known = entries.get(id)
      const nameBytes = wish.contexts.reduce((sum, context) => sum + contextBytes(context), 0)
      let held = 0
      let heldBytes = nameBytes - (known?.nameBytes ?? 0)
      for (const entry of entries.values()) {
        heldBytes += entry.nameBytes
        if (entry.wish.kind === kind) held++
      }
      if (known?.wish.kind !== kind && held >= most[kind]) {
        refuse(id, new ThroughlineError('RATE_LIMITED', tooMany[kind]))
        return
      }
      if (heldBytes > liveLimits.contextBytesPerPage) {
        refuse(id, new ThroughlineError('RATE_LIMITED', 'That is more than one page may watch; subscribe to fewer contexts.'))
        return
      }
      const checking: Entry = { is: 'checking', wish, nameBytes, before: known?.is === 'checking' ? known.before : known }
      entries.set(id, checking)
      try {
        for (const each of scope) await requireView(each)
        // Meanwhile the page may have changed its mind, or be gone.
        if (entries.get(id) !== checking) return
        // A change keeps its stream running: the new part joins before the old one leaves.
        const isSameNode = checking.before?.wish.nodeId === nodeId
        if (!isSameNode) checking.before?.membership.leave()
        let membership = join(wish)
        if (!membership && isSameNode) {
          checking.before?.membership.leave()
          membership = join(wish)
        } else if (isSameNode) checking.before?.membership.leave()
        if (!membership)
          throw new ThroughlineError('RATE_LIMITED', 'That is more than one page may watch of a node; subscribe to fewer contexts.')
        entries.set(id, { is: 'active', wish, nameBytes, membership })
        tellWatched()
        outlet.text({ type: 'subscribed', id, stream: membership.stream })
        if (kind === 'subscription') outlet.text({ type: 'node', nodeId, state: stateOf(nodeId) })
        const reason = membership.condition()
        if (reason) outlet.text({ type: 'paused', stream: membership.stream, reason })
      } catch (thrown) {
        if (entries.get(id) !== checking) return
        checking.before?.membership.leave()
        entries.delete(id)
        tellWatched()
        refuse(id, asThroughlineError(thrown))
      }
    },

    leave,

    setVisible(visible) {
      isVisible = visible
      const memberships = [...entries.values()].flatMap((entry) => membershipOf(entry) ?? [])
      for (const membership of memberships) membership.setWatching(visible)
      if (!visible) return
      for (const membership of memberships) {
        const reason = membership.condition()
        if (reason) outlet.text({ type: 'paused', stream: membership.stream, reason })
      }
    },

    onNodeState(nodeId, state) {
      for (const { is, wish } of entries.values()) {
        if (is !== 'active' || !wish.scope.includes(nodeId)) continue
        outlet.text({ type: 'node', nodeId, state })
        return
      }
    },

    nodeIds: () => new Set([...entries.values()].flatMap(({ wish }) => wish.scope)),

    takeAway(nodeId, refusal) {
      for (const [id, { wish }] of entries) {
        if (!wish.scope.includes(nodeId)) continue
        leave(id)
        refuse(id, refusal)
      }
    },

    count: () => entries.size,
    end() {
      for (const id of entries.keys()) leave(id)
    },
  }
}

function membershipOf(entry: Entry | undefined): Membership | undefined {
  return entry?.is === 'checking' ? entry.before?.membership : entry?.membership
}

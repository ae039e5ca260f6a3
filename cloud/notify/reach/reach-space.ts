import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Node, NodeState, Room } from '../../../src/domain/model.ts'
import type { NewsSink, ReachNews } from '../../../src/domain/news.ts'
import { roomsOfNode } from '../../../src/domain/room-nodes.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { groupCandidates, newsOf, parentsAmong, type Candidate, type Group } from './reach-groups.ts'
import { quorumOf, reachLimits } from './reach-limits.ts'
import { settingFor, type ReachSettings } from './reach-settings.ts'
import { noReach, type Gone, type KeptReach, type ReachItems, type ReachState } from './reach-state.ts'

export interface ReachSpaceDeps {
  readonly items: ReachItems
  readonly settings: Pick<ReachSettings, 'list'>
  readonly nodes: { list(spaceId: SpaceId): Promise<readonly Node[]> }
  readonly rooms: { list(spaceId: SpaceId): Promise<readonly Room[]> }
  readonly stateOf: (nodeId: NodeId) => NodeState
  /** Whether an agent answers for it in this moment; a lost link keeps its nodes live for a grace. */
  readonly isLinked: (nodeId: NodeId) => boolean
  readonly sink: NewsSink
  readonly clock: Clock
}

/** When a node was last seen to go or to come, on both clocks. */
interface Turn {
  readonly isLive: boolean
  readonly atMs: number
  readonly monoMs: number
}

/** The reachability of one space. */
export interface ReachSpace {
  /** A node went or came. */
  turn(nodeId: NodeId, turn: Turn): void
  /** Nodes that were in reach when the last process ended are missed from this moment on, unless they are back. */
  miss(at: Omit<Turn, 'isLive'>): Promise<void>
  /** Tells what is due. Answers when to look again on the monotonic clock. Throws what the store or the sink throw; then it is looked at again. */
  look(): Promise<number>
  /** Something happened since the last look. */
  isTurned(): boolean
}

export function createReachSpace(spaceId: SpaceId, deps: ReachSpaceDeps): ReachSpace {
  const { items, settings, nodes, rooms, stateOf, isLinked, sink, clock } = deps
  const turns = new Map<NodeId, Turn>()
  let kept: KeptReach | undefined
  let isTurned = false
  /** Who stands where, from the state that is kept. */
  let known = new Set<NodeId>()
  let told = new Map<NodeId, boolean>()

  const adopt = (next: KeptReach) => {
    kept = next
    known = new Set(next.state.known)
    told = new Map(next.state.gone.flatMap(({ nodeIds, newsId }) => nodeIds.map((nodeId) => [nodeId, newsId !== null] as const)))
  }
  const load = async (): Promise<KeptReach> => {
    if (kept === undefined) adopt(await items.read(spaceId))
    return kept ?? { state: noReach, revision: undefined }
  }
  const save = async (state: ReachState): Promise<void> => {
    const { revision } = await load()
    const written = await items.write(spaceId, state, revision)
    if (written !== undefined) return adopt(written)
    // Another process was faster: what it wrote is read before the next look decides anew.
    kept = undefined
    throw new Error('reach state changed meanwhile')
  }

  /** What was noted and not told: a process ended between the two, or the sink did not take it. */
  const drain = async () => {
    for (const news of (await load()).state.outbox) await sink.take(news)
    const { state } = await load()
    if (state.outbox.length > 0) await save({ ...state, outbox: [] })
  }

  /** Turns that need telling; those that say what is known already are struck out. */
  const sort = () => {
    const [went, came, fresh]: [NodeId, Turn][][] = [[], [], []]
    for (const [nodeId, turn] of turns) {
      const wasTold = told.get(nodeId)
      if (turn.isLive && known.has(nodeId)) turns.delete(nodeId)
      else if (turn.isLive && wasTold === true) came?.push([nodeId, turn])
      else if (turn.isLive) fresh?.push([nodeId, turn])
      else if (known.has(nodeId)) went?.push([nodeId, turn])
      else turns.delete(nodeId)
    }
    return { went: went ?? [], came: came ?? [], fresh: fresh ?? [] }
  }

  const withoutNodes = (gone: readonly Gone[], gave: ReadonlySet<NodeId>): Gone[] =>
    gone
      .map((each) => ({ ...each, nodeIds: each.nodeIds.filter((nodeId) => !gave.has(nodeId)) }))
      .filter(({ nodeIds }) => nodeIds.length > 0)

  const candidate = ([nodeId, { atMs, monoMs }]: [NodeId, Turn], delayMs: number): Candidate => ({ nodeId, atMs, monoMs, delayMs })

  const look = async (): Promise<number> => {
    isTurned = false
    await load()
    await drain()
    const { went, came, fresh } = sort()
    const nowMonoMs = clock.monotonicMs()
    // The setting is not known yet; before the shortest there can be, nothing is due.
    const soonest = (turn: Turn, delayMs: number) => turn.monoMs + delayMs
    const wakeMs = Math.min(
      ...went.map(([, turn]) => soonest(turn, reachLimits.delay.leastS * 1_000)),
      ...came.map(([, turn]) => soonest(turn, reachLimits.backDelayMs)),
      Infinity,
    )
    if (fresh.length === 0 && wakeMs > nowMonoMs) return wakeMs

    const all = await nodes.list(spaceId)
    const here = new Set(all.map(({ nodeId }) => nodeId))
    const isHere = (nodeId: NodeId) => here.has(nodeId)
    for (const nodeId of turns.keys()) if (!isHere(nodeId)) turns.delete(nodeId)
    if (fresh.length > 0) await learn(fresh, isHere)

    const rows = went.length === 0 ? [] : await settings.list(spaceId)
    const allRooms = rows.some(({ roomId }) => roomId !== null) ? await rooms.list(spaceId) : []
    const byId = new Map(all.map((node) => [node.nodeId, node]))
    const goneOff: Candidate[] = []
    const goneOn: Candidate[] = []
    for (const entry of went.filter(([nodeId]) => isHere(nodeId))) {
      const node = byId.get(entry[0])
      const { delayS, isOn } = settingFor(rows, node === undefined ? [] : roomsOfNode(allRooms, node).map(({ roomId }) => roomId))
      ;(isOn ? goneOn : goneOff).push(candidate(entry, delayS * 1_000))
    }
    const quorum = quorumOf(all.length)
    const parentOf = parentsAmong(all, (nodeId) => stateOf(nodeId) !== 'live')
    const goes = groupCandidates(goneOn, quorum, parentOf, nowMonoMs)
    const quiet = goneOff.filter(({ monoMs, delayMs }) => monoMs + delayMs <= nowMonoMs)
    // Who lost the link again is not back, even while the grace lasts.
    const isUp = ([nodeId]: [NodeId, Turn]) => isHere(nodeId) && isLinked(nodeId)
    const back = came.filter(isUp).map((entry) => candidate(entry, reachLimits.backDelayMs))
    const waitMs = back.length < came.length ? nowMonoMs + reachLimits.retryMs : Infinity
    // Whoever comes back is in reach, so the parents are those that came with them.
    const backIds = new Set(back.map(({ nodeId }) => nodeId))
    const comes = groupCandidates(
      back,
      quorum,
      parentsAmong(all, (nodeId) => backIds.has(nodeId)),
      nowMonoMs,
    )
    await tell({ gone: goes.groups, quiet, back: comes.groups }, isHere)
    const quietAtMs = Math.min(Infinity, ...goneOff.filter((each) => !quiet.includes(each)).map(({ monoMs, delayMs }) => monoMs + delayMs))
    return Math.min(goes.againAtMs, comes.againAtMs, quietAtMs, waitMs)
  }

  /** Nodes that are in reach for the first time, or again without anybody having been told that they were not. */
  const learn = async (fresh: readonly [NodeId, Turn][], isHere: (nodeId: NodeId) => boolean) => {
    const { state } = await load()
    const ids = fresh.map(([nodeId]) => nodeId).filter(isHere)
    const next = [...new Set([...state.known.filter(isHere), ...ids])].slice(0, reachLimits.nodesPerSpace)
    if (ids.length > 0) await save({ ...state, known: next, gone: withoutNodes(state.gone, new Set(ids)) })
    for (const [nodeId, turn] of fresh) if (turns.get(nodeId) === turn) turns.delete(nodeId)
  }

  /** Notes what is told and what is to be told of it in one write, and then tells it. */
  const tell = async (
    { gone, quiet, back }: { gone: readonly Group[]; quiet: readonly Candidate[]; back: readonly Group[] },
    isHere: (nodeId: NodeId) => boolean,
  ) => {
    if (gone.length + quiet.length + back.length === 0) return
    const { state } = await load()
    const nowMs = clock.nowMs()
    const lost: ReachNews[] = gone.map((group) => newsOf(spaceId, 'unreachable', group, nowMs))
    const found: ReachNews[] = back.map((group) => newsOf(spaceId, 'reachable', group, nowMs))
    const goneIds = new Set([...gone.flatMap(({ nodeIds }) => nodeIds), ...quiet.map(({ nodeId }) => nodeId)])
    const backIds = back.flatMap(({ nodeIds }) => nodeIds)
    const left = withoutNodes(state.gone, new Set(backIds)).map((each) => ({ ...each, nodeIds: each.nodeIds.filter(isHere) }))
    const added: Gone[] = [
      ...lost.map(({ newsId, sinceMs, nodeIds }) => ({ newsId, sinceMs, nodeIds })),
      ...quiet.map(({ nodeId, atMs }) => ({ newsId: null, sinceMs: atMs, nodeIds: [nodeId] })),
    ]
    await save({
      known: [...state.known.filter((nodeId) => !goneIds.has(nodeId) && isHere(nodeId)), ...backIds],
      gone: [...left.filter(({ nodeIds }) => nodeIds.length > 0), ...added],
      outbox: [...state.outbox, ...lost, ...found],
    })
    // A node that turned again while this was written is looked at again: only what was told of is struck out.
    for (const nodeId of goneIds) if (turns.get(nodeId)?.isLive === false) turns.delete(nodeId)
    for (const nodeId of backIds) if (turns.get(nodeId)?.isLive === true) turns.delete(nodeId)
    await drain()
  }

  return {
    turn(nodeId, turn) {
      // Stale and then offline is one going; its beginning counts.
      if (turns.get(nodeId)?.isLive === turn.isLive) return
      turns.set(nodeId, turn)
      isTurned = true
    },
    async miss(at) {
      const { state } = await load()
      for (const nodeId of state.known) if (!turns.has(nodeId) && stateOf(nodeId) !== 'live') turns.set(nodeId, { isLive: false, ...at })
      isTurned = true
    },
    look,
    isTurned: () => isTurned,
  }
}

import { createHash } from 'node:crypto'
import type { NodeId } from '../../src/domain/ids.ts'
import type { ToldTransition } from '../../src/domain/model.ts'
import type { NoticeOption } from './ports.ts'

/** What a target was told of an alert or a node that is not over. */
export interface Told {
  readonly status: 'warning' | 'critical' | 'unreachable'
  /** When it was told last. */
  readonly atMs: number
  /** It changed since to something the target is not told of; the same status is news again. */
  readonly hasLeft: boolean
  /** No message named it, it was only counted: at a service that keeps incidents there is none to close. */
  readonly isUnnamed: boolean
}

/** A change of an alert that waits to be told. */
export interface AlertChange extends ToldTransition {
  readonly kind: 'alert'
  /** {@link alertHash} of it. */
  readonly hash: string
  readonly newsId: string
  readonly nodeId: NodeId
  readonly isRepeat: boolean
  /** What the target knows until it is told. */
  readonly base: Told | undefined
}

/** Nodes that went or came back together and wait to be told. */
export interface ReachChange {
  readonly kind: 'reach'
  readonly newsId: string
  readonly nodeIds: readonly NodeId[]
  readonly parentNodeId: NodeId | undefined
  readonly state: 'reachable' | 'unreachable'
  readonly sinceMs: number
}

/** Changes that will be one message: of one rule and severity, or of reachability, or whatever had no room apart. */
export interface Group {
  /** The message's id, from its first change on. */
  readonly messageId: string
  /** Which changes come here. */
  readonly key: string
  readonly option: NoticeOption
  readonly kind: 'alert' | 'reach'
  readonly openedAtMs: number
  lastAtMs: number
  /** Changes that are named. */
  alerts: AlertChange[]
  reach: ReachChange[]
  /** Changes that are counted and can be taken back, by {@link alertHash}, with what the target knew. */
  readonly unnamed: Map<string, Told | undefined>
  /** Changes that are only counted. */
  counted: number
}

/**
 * Everything that is pending for one target, and what it was told: one item, so that taking a change is one conditional write. Groups
 * are open until they are sealed; what is sealed is a message of its own.
 */
export interface Tray {
  groups: Group[]
  /** What is a message by now, or becomes one: its contents stay here until the message is kept. */
  sealing: { readonly messageId: string; readonly groups: readonly Group[]; readonly isFlood: boolean } | undefined
  /** Messages that somebody wants to be tried again. */
  again: string[]
  /** Dead letters, and until when they are kept. */
  failed: Map<string, number>
  /** When the last messages were sealed. */
  seals: number[]
  /** News that were taken, and when. */
  readonly ids: Map<string, number>
  readonly told: Map<string, Told>
  /** Ends of what the target was told, that fell into a silence: told when it is over. By alert or node; of a node each change names one. */
  readonly held: Map<string, AlertChange | ReachChange>
  /** There was no room for all that was told. */
  isToldCut: boolean
  /** Changes that were silenced on a day (UTC). */
  silenced: { day: number; count: number }
}

export function emptyTray(): Tray {
  return {
    groups: [],
    sealing: undefined,
    again: [],
    failed: new Map(),
    seals: [],
    ids: new Map(),
    told: new Map(),
    held: new Map(),
    isToldCut: false,
    silenced: { day: 0, count: 0 },
  }
}

/** A short name of an alert of a node, for what is kept of very many. */
export function alertHash(nodeId: NodeId, { chart, name }: { readonly chart: string; readonly name: string }): string {
  return shortHash(JSON.stringify([nodeId, chart, name]))
}

/** The same of a node's reachability. */
export function reachHash(nodeId: NodeId): string {
  return shortHash(JSON.stringify([nodeId]))
}

/** A short name of a piece of news. */
export function newsHash(newsId: string): string {
  return shortHash(newsId)
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

/** How many changes a group stands for; nodes are counted one by one. */
export function changesOf({ alerts, reach, unnamed, counted }: Group): number {
  return alerts.length + unnamed.size + counted + reach.reduce((sum, { nodeIds }) => sum + nodeIds.length, 0)
}

/** Whether anything waits for this target's turn. */
export function hasPending({ groups, sealing, again }: Tray): boolean {
  return groups.length > 0 || sealing !== undefined || again.length > 0
}

/** The day of a time, counted from the epoch, in UTC. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / 86_400_000)
}

import { createHash } from 'node:crypto'
import { createNotify, type Notify } from '../../../cloud/notify/notify.ts'
import type { Message, NoticeOption, Outcome, SilenceSubject, Target } from '../../../cloud/notify/ports.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import type { AlertConfigHash, MachineGuid, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertConfig, AlertStatus, AlertTransition, Node, Room } from '../../../src/domain/model.ts'
import type { AlertNews, ReachNews } from '../../../src/domain/news.ts'
import type { LogFields } from '../../../src/domain/storable.ts'
import { createHandClock } from '../hand-clock.ts'
import { createMemoryStore } from '../stores/memory-store.ts'

export const benchSpaceId = '5f0c1e9a-0000-4000-8000-000000000001' as SpaceId
export const benchRoomId = '5f0c1e9a-0000-4000-8000-0000000000a1' as RoomId

/** A node's id by its number. */
export const nodeIdOf = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}` as NodeId

/** A target that hears of everything, unless said otherwise. */
export function targetOf(targetId: string, wish: Partial<Target> = {}): Target {
  const options: readonly NoticeOption[] = ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE']
  const plain = { kind: 'channel', slug: 'webhook', name: `Channel ${targetId}`, isEnabled: true, roomIds: null, options } as const
  return { targetId, ...plain, repeatMin: 0, includesValue: false, personId: undefined, ...wish }
}

let changes = 0

/** One change of an alert, with an id of its own unless `newsId` says otherwise. */
export function alertNews(status: AlertStatus, oldStatus: AlertStatus, wish: Partial<AlertNews> = {}): AlertNews {
  const newsId = createHash('sha256').update(`change ${++changes}`).digest('hex').slice(0, 32)
  const what = { chart: 'system.cpu', name: '10min_cpu_usage', context: 'system.cpu', configHash: undefined, transitionId: undefined }
  const when = { whenS: 1_800_000_000, toldAtMs: 1_800_000_000_000 }
  return { kind: 'alert', newsId, spaceId: benchSpaceId, nodeId: nodeIdOf(1), status, oldStatus, ...what, ...when, ...wish }
}

/** Nodes that went or came back. */
export function reachNews(state: ReachNews['state'], nodes: readonly number[], wish: Partial<ReachNews> = {}): ReachNews {
  const newsId = createHash('sha256').update(`change ${++changes}`).digest('hex').slice(0, 32)
  const when = { sinceMs: 1_800_000_000_000, toldAtMs: 1_800_000_000_000 }
  return { kind: 'reach', newsId, spaceId: benchSpaceId, nodeIds: nodes.map(nodeIdOf), state, parentNodeId: undefined, ...when, ...wish }
}

/** A receiver's word for an attempt: an outcome, or a promise of one that a test keeps. */
type Answer = (message: Message) => Outcome | Promise<Outcome>

export interface NotifyBenchWish {
  readonly clock?: ReturnType<typeof createHandClock>
  readonly store?: MetadataStore
  readonly targets: Target[]
  readonly nodes?: readonly Node[]
  readonly rooms?: readonly Room[]
}

/** The queue of notifications with receivers that a test holds in its hands. Several on one store are one process after the other. */
export function createNotifyBench(wish: NotifyBenchWish) {
  const clock = wish.clock ?? createHandClock()
  const store = wish.store ?? createMemoryStore(clock)
  const { targets } = wish
  const nodes = [...(wish.nodes ?? Array.from({ length: 5 }, (_, n) => nodeOf(n + 1)))]
  const sent: { readonly targetId: string; readonly message: Message }[] = []
  const answers = new Map<string, Answer>()
  const raised = new Map<NodeId, AlertTransition[]>()
  const configs: AlertConfig[] = []
  const offline = new Set<NodeId>()
  const lines: { readonly event: string; readonly fields: LogFields | undefined }[] = []
  const line = (event: string, fields?: LogFields) => void lines.push({ event, fields })
  const silences: ((subject: SilenceSubject) => boolean)[] = []
  const sights = new Map<string, (node: Node) => boolean>()
  const notify: Notify = createNotify({
    store,
    targets: {
      list: async () => [...targets],
      async send(_spaceId, targetId, message) {
        sent.push({ targetId, message })
        return (await answers.get(targetId)?.(message)) ?? { is: 'delivered' }
      },
    },
    silencer: {
      silencing: async (_spaceId, subject) => (silences.some((silence) => silence(subject)) ? { silenceId: 'silence' } : undefined),
    },
    places: {
      spaceName: async () => 'Lab',
      rooms: async () => wish.rooms ?? [],
      nodes: async () => nodes,
      node: async (_spaceId, nodeId) => nodes.find((node) => node.nodeId === nodeId),
      isLive: (nodeId) => !offline.has(nodeId),
      sightOf: async (_spaceId, personId) => sights.get(personId),
    },
    alerts: {
      raised: async () => raised,
      configs: async (_spaceId, hashes) => configs.filter(({ hash }) => hashes.includes(hash)),
    },
    publicUrl: 'https://cloud.example',
    clock,
    log: { error: line, warn: line, info: line, debug: line },
    random: () => 0,
  })
  return {
    clock,
    store,
    notify,
    targets,
    nodes,
    sent,
    answers,
    raised,
    configs,
    offline,
    lines,
    silences,
    sights,
    /** Moves the clock by steps, and lets what is due happen at each. */
    async pass(ms: number, stepMs = Math.min(ms, 1_000)) {
      await notify.idle()
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(stepMs)
        await notify.idle()
      }
    },
    /** What was sent to a target: name and status of each item, a message a row. */
    told: (targetId: string) =>
      sent
        .filter((each) => each.targetId === targetId)
        .map(({ message }) => message.items.map((item) => (item.kind === 'alert' ? `${item.name} ${item.status}` : item.state))),
  }
}

export type NotifyBench = ReturnType<typeof createNotifyBench>

/** A node by its number. */
export function nodeOf(n: number, wish: Partial<Node> = {}): Node {
  const plain = { spaceId: benchSpaceId, machineGuid: nodeIdOf(n) as string as MachineGuid, hostname: `host-${n}`, info: undefined }
  const empty = { collectors: [], instances: {}, roomIds: [], createdAtMs: 0, lastSeenAtMs: undefined }
  return { nodeId: nodeIdOf(n), ...plain, ...empty, ...wish }
}

/** A room that holds what was put into it. */
export function roomOf(roomId: RoomId, name: string): Room {
  const plain = { spaceId: benchSpaceId, description: '', isAllNodes: false, createdAtMs: 0, memberIds: [], rules: [] }
  return { roomId, name, ...plain }
}

/** An alert as it is raised now. */
export function raisedAlert(status: AlertStatus, wish: Partial<AlertTransition> = {}): AlertTransition {
  const what = { chart: 'system.cpu', name: '10min_cpu_usage', context: 'system.cpu', oldStatus: 'clear', whenS: 1_800_000_000 } as const
  return { ...what, status, configHash: undefined, transitionId: undefined, version: 1n, sequenceId: 1n, ...wish }
}

/** The definition of an alert. */
export function configOf(hash: string, fields: AlertConfig['fields']): AlertConfig {
  return { hash: hash as AlertConfigHash, name: '10min_cpu_usage', fields }
}

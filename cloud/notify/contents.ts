import { unwantedCharacters } from '../../src/domain/unwanted-characters.ts'
import type { AlertConfigHash, NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertConfig, Node, Room } from '../../src/domain/model.ts'
import { roomsOfNode } from '../../src/domain/room-nodes.ts'
import { nodesById } from './concern.ts'
import { endsKey } from './gather.ts'
import { notifyLimits } from './limits.ts'
import type { NotifyAlerts, NotifyPlaces } from './places.ts'
import type { Message, MessageItem, Target } from './ports.ts'
import { changesOf, type AlertChange, type Group, type ReachChange } from './tray.ts'

/** More rooms than anybody reads in a message. */
const roomNamesMost = 20
const textMost = { summary: 300, info: 1_000, units: 60, className: 60 } as const

export interface ContentsDeps {
  readonly places: NotifyPlaces
  readonly alerts: Pick<NotifyAlerts, 'configs'>
  /** An origin without a path. */
  readonly publicUrl: string
}

/** What is sealed together. */
export interface Sealed {
  readonly messageId: string
  readonly groups: readonly Group[]
  readonly isFlood: boolean
}

/**
 * What a sealed message says: names of nodes and rooms and the words of the alerts' definitions as they are now, without a value. The most
 * severe changes are named first, and what is not named is counted. Undefined when the space is gone.
 */
export async function writeMessage(
  { places, alerts, publicUrl }: ContentsDeps,
  spaceId: SpaceId,
  target: Pick<Target, 'roomIds'>,
  { messageId, groups, isFlood }: Sealed,
): Promise<Message | undefined> {
  const spaceName = await places.spaceName(spaceId)
  if (spaceName === undefined) return undefined
  const isWhole = isFlood || groups.some(({ key }) => key === endsKey)
  const named = namedChanges(groups, isWhole ? notifyLimits.namedInFlood : notifyLimits.named)
  const nodeIds = named.flatMap(nodesNamed)
  const hashes = named.flatMap((change) => (change.kind === 'alert' && change.configHash !== undefined ? [change.configHash] : []))
  const [nodes, rooms, configs] = await Promise.all([
    nodesById(places, spaceId, nodeIds),
    places.rooms(spaceId),
    hashes.length === 0 ? [] : alerts.configs(spaceId, [...new Set(hashes)]),
  ])
  const byHash = new Map(configs.map((config) => [config.hash, config]))
  const items = named.map((change) => itemOf(change, nodes, byHash))
  const told = items.reduce((sum, item) => sum + (item.kind === 'alert' ? 1 : item.nodeIds.length), 0)
  const kind = groups[0]?.kind ?? 'alert'
  return {
    messageId,
    kind,
    spaceId,
    spaceName,
    roomNames: roomNames(rooms, target, [...nodes.values()]),
    items,
    omitted: groups.reduce((sum, group) => sum + changesOf(group), 0) - told,
    ...(isFlood ? { isFlood } : {}),
    createdAtMs: Math.min(...groups.map(({ openedAtMs }) => openedAtMs)),
    url: urlOf(`${publicUrl}/spaces/${spaceId}`, items),
  }
}

/** Where to look: the page of the alert when there is one, the list of what is raised, or the nodes. */
function urlOf(space: string, items: readonly MessageItem[]): string {
  const [first] = items
  if (first?.kind === 'reach') return `${space}/nodes`
  if (first === undefined || items.length > 1) return `${space}/alerts`
  const query = new URLSearchParams({ node: first.nodeId, chart: first.chart, name: first.name })
  return `${space}/alerts/one?${query.toString()}`
}

const severities = ['critical', 'warning'] as const

function namedChanges(groups: readonly Group[], most: number): readonly (AlertChange | ReachChange)[] {
  const severityOf = ({ status }: AlertChange) => (severities as readonly string[]).indexOf(status) & 3
  const alerts = groups.flatMap((group) => group.alerts).sort((a, b) => severityOf(a) - severityOf(b))
  return [...alerts, ...groups.flatMap((group) => group.reach)].slice(0, most)
}

function nodesNamed(change: AlertChange | ReachChange): readonly NodeId[] {
  if (change.kind === 'alert') return [change.nodeId]
  const parent = change.parentNodeId === undefined ? [] : [change.parentNodeId]
  return [...parent, ...change.nodeIds.slice(0, notifyLimits.namedNodes)]
}

function itemOf(
  change: AlertChange | ReachChange,
  nodes: ReadonlyMap<NodeId, Node>,
  configs: ReadonlyMap<AlertConfigHash, AlertConfig>,
): MessageItem {
  // What has no name any more is still told apart by its id.
  const hostname = (nodeId: NodeId) => nodes.get(nodeId)?.hostname ?? nodeId
  if (change.kind === 'reach') {
    const { newsId, parentNodeId, state, sinceMs } = change
    const nodeIds = change.nodeIds.slice(0, notifyLimits.namedNodes)
    const parentHostname = parentNodeId === undefined ? undefined : hostname(parentNodeId)
    return { kind: 'reach', newsId, nodeIds, hostnames: nodeIds.map(hostname), parentHostname, state, sinceMs }
  }
  const { base: _base, hash: _hash, ...what } = change
  const fields = (change.configHash === undefined ? undefined : configs.get(change.configHash))?.fields ?? {}
  return {
    ...what,
    hostname: hostname(change.nodeId),
    summary: definitionText(fields['summary'], textMost.summary),
    info: definitionText(fields['info'], textMost.info),
    units: definitionText(fields['units'], textMost.units),
    className: definitionText(fields['classification'], textMost.className),
  }
}

/** Text of a definition as one plain line; what agents would fill in (`${label:x}`, `$this`) is taken out. */
export function definitionText(text: unknown, most: number): string {
  if (typeof text !== 'string') return ''
  return text
    .slice(0, most * 4)
    .replace(/\$\{[^}]{0,200}\}?/g, '')
    .replace(/\$[A-Za-z_][\w.]*/g, '')
    .replace(unwantedCharacters, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:])/g, '$1')
    .trim()
    .slice(0, most)
}

function roomNames(rooms: readonly Room[], { roomIds }: Pick<Target, 'roomIds'>, nodes: readonly Node[]): readonly string[] {
  const names = nodes
    .flatMap((node) => roomsOfNode(rooms, node))
    .filter((room) => roomIds === null || roomIds.includes(room.roomId))
    .map(({ name }) => name)
  return [...new Set(names)].slice(0, roomNamesMost)
}

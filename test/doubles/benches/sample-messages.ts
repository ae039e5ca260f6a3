import type { Message, MessageItem } from '../../../cloud/notify/ports.ts'
import type { ChannelId, NodeId, SpaceId } from '../../../src/domain/ids.ts'

export const benchSpace = '5a5a5a5a-0000-4000-8000-000000000001' as SpaceId
export const benchNode = '0d0d0d0d-0000-4000-8000-000000000001' as NodeId
export const benchChannel = 'c4c4c4c4-0000-4000-8000-000000000001' as ChannelId
export const benchMessageId = '3e3e3e3e-0000-4000-8000-000000000001'

type AlertItem = Extract<MessageItem, { kind: 'alert' }>
type ReachItem = Extract<MessageItem, { kind: 'reach' }>

export const alertItem = (wish: Partial<AlertItem> = {}): AlertItem => ({
  kind: 'alert',
  newsId: 'a1'.repeat(16),
  nodeId: benchNode,
  hostname: 'web-1',
  chart: 'system.cpu',
  name: '10min_cpu_usage',
  context: 'system.cpu',
  status: 'critical',
  oldStatus: 'warning',
  whenS: 1_800_000_000,
  transitionId: undefined,
  configHash: undefined,
  summary: 'System CPU utilization',
  info: 'Average CPU utilization over the last 10 minutes',
  units: '%',
  className: 'Utilization',
  isRepeat: false,
  ...wish,
})

export const reachItem = (wish: Partial<ReachItem> = {}): ReachItem => ({
  kind: 'reach',
  newsId: 'b2'.repeat(16),
  nodeIds: [benchNode],
  hostnames: ['web-1'],
  parentHostname: undefined,
  state: 'unreachable',
  sinceMs: 1_800_000_000_000,
  ...wish,
})

export const messageOf = (items: readonly MessageItem[] = [alertItem()], wish: Partial<Message> = {}): Message => ({
  messageId: benchMessageId,
  kind: items[0]?.kind ?? 'alert',
  spaceId: benchSpace,
  spaceName: 'My space',
  roomNames: ['Web servers'],
  items,
  omitted: 0,
  createdAtMs: 1_800_000_005_000,
  url: 'https://cloud.example/spaces/5a/alerts',
  ...wish,
})

import { createMailer } from '../../cloud/identity/mailer.ts'
import type { KeptChannel } from '../../cloud/notify/channels/ports.ts'
import { createTargets, type MoreTargets } from '../../cloud/notify/channels/targets.ts'
import type { AlertValues, Message, MessageItem } from '../../cloud/notify/ports.ts'
import { createOutbound } from '../../cloud/outbound/outbound.ts'
import type { ChannelId, NodeId, SpaceId } from '../../src/domain/ids.ts'
import { systemClock, type Clock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import type { Receiver } from './receiver.ts'
import { whenOver } from './when-over.ts'

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

export interface ChannelBenchWish {
  readonly slug: string
  readonly fields: Readonly<Record<string, string | number>>
  readonly channel?: Partial<KeptChannel>
  readonly receiver?: Pick<Receiver, 'url' | 'caPem'>
  readonly allow?: readonly string[]
  readonly resolve?: (host: string) => Promise<readonly string[]>
  readonly smtpUrl?: string
  readonly values?: AlertValues
  readonly push?: MoreTargets
  readonly clock?: Clock
}

/** The real targets with one channel, over the real way out and the real mailer. */
export function createChannelBench(wish: ChannelBenchWish) {
  const { slug, fields, receiver, smtpUrl, clock = systemClock } = wish
  const channel: KeptChannel = {
    channelId: benchChannel,
    name: 'Night shift',
    slug,
    isEnabled: true,
    roomIds: null,
    options: ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE'],
    repeatMin: 0,
    includesValue: false,
    ...wish.channel,
  }
  const mailer = smtpUrl === undefined ? undefined : createMailer({ smtpUrl, from: 'Throughline <alerts@cloud.example>', log: silentLog })
  if (mailer !== undefined) whenOver(() => mailer.close())
  const outbound = createOutbound({
    clock,
    allow: wish.allow ?? ['127.0.0.0/8'],
    caPem: receiver?.caPem,
    resolve: wish.resolve ?? (async () => ['127.0.0.1']),
  })
  const targets = createTargets({
    channels: {
      list: async () => [channel],
      get: async (_spaceId, channelId) => (channelId === benchChannel ? channel : undefined),
      fields: async () => fields,
    },
    alerts: { list: async () => [] },
    values: wish.values ?? { read: async () => undefined },
    outbound,
    mailer,
    vendors: { telegram: receiver?.url ?? '', opsgenie: receiver?.url ?? '', opsgenieEu: `${receiver?.url ?? ''}/eu` },
    push: wish.push,
    clock,
  })
  return { targets, outbound, send: (message: Message = messageOf()) => targets.send(benchSpace, benchChannel, message) }
}

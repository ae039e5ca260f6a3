import { createMailer } from '../../../cloud/identity/mailer.ts'
import type { KeptChannel } from '../../../cloud/notify/channels/ports.ts'
import { createTargets, type MoreTargets } from '../../../cloud/notify/channels/targets.ts'
import type { AlertValues, Message } from '../../../cloud/notify/ports.ts'
import { createOutbound } from '../../../cloud/outbound/outbound.ts'
import { systemClock, type Clock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { Receiver } from '../servers/receiver.ts'
import { benchChannel, benchSpace, messageOf } from './sample-messages.ts'
import { whenOver } from '../when-over.ts'

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

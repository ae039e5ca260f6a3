import { createChannelTests } from '../../../cloud/notify/channels/channel-test.ts'
import type { KeptChannels } from '../../../cloud/notify/channels/ports.ts'
import { createTargets } from '../../../cloud/notify/channels/targets.ts'
import { createOutbound } from '../../../cloud/outbound/outbound.ts'
import { systemClock, type Clock } from '../../../src/support/clock.ts'

/** The real targets of a bench's channels; every name leads to loopback. Time limits are real, rate limits by the bench's clock. */
export function benchChannelTests(wish: {
  readonly channels: KeptChannels
  readonly publicUrl: string
  /** Of the receivers of a test. */
  readonly caPem?: string | undefined
  readonly clock: Clock
}) {
  const { channels, publicUrl, caPem, clock } = wish
  const targets = createTargets({
    channels,
    alerts: { list: async () => [] },
    values: { read: async () => undefined },
    outbound: createOutbound({ clock: systemClock, allow: ['127.0.0.0/8'], caPem, resolve: async () => ['127.0.0.1'] }),
    mailer: undefined,
    vendors: { telegram: 'https://localhost', opsgenie: 'https://localhost', opsgenieEu: 'https://localhost' },
    clock: systemClock,
  })
  return createChannelTests({ targets, publicUrl, clock })
}

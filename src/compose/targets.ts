import { createTargets, type MoreTargets } from '../../cloud/notify/channels/targets.ts'
import type { MailSender } from '../../cloud/notify/channels/ports.ts'
import type { AlertValues, Targets } from '../../cloud/notify/ports.ts'
import type { Metadata } from '../../cloud/metadata/metadata.ts'
import type { Outbound } from '../../cloud/outbound/outbound.ts'
import type { Config } from '../config/read-config.ts'
import type { Clock } from '../support/clock.ts'

/** Where messages go: the channels that metadata keeps, and browsers, reached through the one way out or the mail server. */
export function openTargets(
  config: Config,
  parts: {
    readonly metadata: Pick<Metadata, 'channels' | 'alerts'>
    readonly outbound: Outbound
    readonly mailer: MailSender | undefined
    readonly values: AlertValues
    readonly push?: MoreTargets | undefined
    readonly clock: Clock
  },
): Targets {
  const { metadata, ...rest } = parts
  const vendors = { telegram: config.telegramUrl, opsgenie: config.opsgenieUrl, opsgenieEu: config.opsgenieEuUrl }
  return createTargets({ ...rest, channels: metadata.channels, alerts: metadata.alerts, vendors })
}

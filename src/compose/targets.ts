import { isPermitted } from '../../cloud/identity/permissions.ts'
import type { Identity } from '../../cloud/identity/identity.ts'
import { createTargets } from '../../cloud/notify/channels/targets.ts'
import { createPushBrowsers, type PushBrowsers } from '../../cloud/notify/push/push-browsers.ts'
import { createPushTargets, type NotifiedPeople } from '../../cloud/notify/push/push-targets.ts'
import { ensureVapidKeys } from '../../cloud/notify/push/vapid-keys.ts'
import type { MailSender } from '../../cloud/notify/channels/ports.ts'
import type { AlertValues, Targets } from '../../cloud/notify/ports.ts'
import type { Metadata } from '../../cloud/metadata/metadata.ts'
import type { Outbound } from '../../cloud/outbound/outbound.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { Seals } from '../domain/seals.ts'
import type { Clock } from '../support/clock.ts'
import { keysFolder } from './keys-folder.ts'

/** Where messages go: the channels that metadata keeps, and browsers, reached through the one way out or the mail server. */
export function openTargets(
  config: Config,
  parts: {
    readonly store: MetadataStore
    readonly seals: Seals
    readonly identity: Pick<Identity, 'rights'>
    readonly metadata: Pick<Metadata, 'channels' | 'alerts'>
    readonly outbound: Outbound
    readonly mailer: MailSender | undefined
    readonly values: AlertValues
    readonly clock: Clock
  },
): { readonly targets: Targets; readonly push: { readonly browsers: PushBrowsers; readonly publicKey: string } } {
  const { store, seals, identity, metadata, ...rest } = parts
  const { outbound, clock } = parts
  const vendors = { telegram: config.telegramUrl, opsgenie: config.opsgenieUrl, opsgenieEu: config.opsgenieEuUrl }
  const vapid = { ...ensureVapidKeys(keysFolder(config)), subject: `mailto:${config.mailFrom}` }
  const browsers = createPushBrowsers({ store, seals, clock })
  const push = createPushTargets({ browsers, people: notifiedPeople(identity), outbound, vapid, clock })
  const targets = createTargets({ ...rest, channels: metadata.channels, alerts: metadata.alerts, vendors, push })
  return { targets, push: { browsers, publicKey: vapid.publicKey } }
}

/** Who may be notified of nodes, by the role of now. */
function notifiedPeople({ rights }: Pick<Identity, 'rights'>): NotifiedPeople {
  return {
    async member(spaceId, personId) {
      const member = await rights.member(spaceId, personId)
      if (member === undefined) return undefined
      const caller = { role: member.role, via: 'cookie' } as const
      return { ...member, mayHear: isPermitted('notifications.own', caller) && isPermitted('nodes.view', caller) }
    },
    seesNode: (spaceId, member, nodeId) => rights.seesNode(spaceId, member, nodeId),
  }
}

import type { ISubscribePacket, IUnsubscribePacket } from 'mqtt-packet'
import { topicOf } from '../../../src/aclk/topics/topics.ts'
import { encodeSuback, encodeUnsuback } from '../mqtt/encode-packet.ts'
import { LinkRefusal, reasons } from '../mqtt/reason.ts'
import type { ClaimedAgent } from '../ports.ts'

/** Nothing was subscribed by that name (MQTT 5 §3.11.3). */
const noSubscription = 0x11

/**
 * The answer to SUBSCRIBE: an agent gets its own inboxes and nothing else. Throws {@link LinkRefusal} for shared and wildcard
 * subscriptions, which are not offered.
 */
export function subscribed(packet: ISubscribePacket, agent: ClaimedAgent): Buffer {
  const issued = issuedFilters(agent)
  const codes = packet.subscriptions.map(({ topic }) => {
    if (issued.includes(topic)) return 1
    if (topic.startsWith('$share/')) throw new LinkRefusal(reasons.sharedUnsupported, 'Shared subscriptions are not offered.')
    if (/[+#]/.test(topic)) throw new LinkRefusal(reasons.wildcardUnsupported, 'Wildcard subscriptions are not offered.')
    return reasons.notAuthorized
  })
  return encodeSuback(packet.messageId ?? 0, codes)
}

/** The answer to UNSUBSCRIBE. */
export function unsubscribed(packet: IUnsubscribePacket, agent: ClaimedAgent): Buffer {
  const issued = issuedFilters(agent)
  return encodeUnsuback(
    packet.messageId ?? 0,
    packet.unsubscriptions.map((topic) => (issued.includes(topic) ? 0 : noSubscription)),
  )
}

function issuedFilters({ claimId }: ClaimedAgent): readonly string[] {
  return [topicOf('inbox-cmd', claimId), topicOf('inbox-cmd-v1', claimId)]
}

import { canonicalUuid, type ChannelId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Channel } from '../metadata/channels/channel-record.ts'
import type { AuditNote } from './route.ts'

export const noChannel = () => new ThroughlineError('NOT_FOUND', 'There is no such channel.')

/** The channel that the address of a request names; throws NOT_FOUND when that is no id. */
export function channelIdIn(params: Readonly<Record<string, string>>): ChannelId {
  const channelId = canonicalUuid(params['channelId']) as ChannelId | undefined
  if (channelId === undefined) throw noChannel()
  return channelId
}

/** What the audit says of something done to a channel. */
export const channelNote = (action: AuditNote['action'], { channelId, slug }: Channel): AuditNote => ({
  action,
  subject: { kind: 'channel', id: channelId },
  details: { integration: slug },
})

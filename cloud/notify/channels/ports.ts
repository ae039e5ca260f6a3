import type { ChannelId, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertStatus } from '../../../src/domain/model.ts'
import type { NoticeOption } from '../ports.ts'
import type { Fields } from './http-request.ts'

/** A channel as far as it matters here. */
export interface KeptChannel {
  readonly channelId: ChannelId
  readonly name: string
  readonly slug: string
  readonly isEnabled: boolean
  readonly roomIds: readonly RoomId[] | null
  readonly options: readonly NoticeOption[]
  readonly repeatMin: number
  readonly includesValue: boolean
}

/** Who keeps the channels, and opens what is sealed of one when a message leaves. */
export interface KeptChannels {
  list(spaceId: SpaceId): Promise<readonly KeptChannel[]>
  get(spaceId: SpaceId, channelId: ChannelId): Promise<KeptChannel | undefined>
  /** Throws SEAL_BROKEN, NOT_FOUND or STORE_UNAVAILABLE. */
  fields(spaceId: SpaceId, channelId: ChannelId): Promise<Fields>
}

/** Who knows which alerts a node has now. */
export interface AlertsOfNode {
  list(
    spaceId: SpaceId,
    nodeId: NodeId,
  ): Promise<readonly { readonly chart: string; readonly name: string; readonly status: AlertStatus }[]>
}

/** A mail to one person, which the server of the receiver can tell from any other by its id. */
export interface OutgoingMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The part of Message-ID before the `@`. */
  readonly messageId: string
}

/** How a mail server took it: `later` for trouble that passes. `smtpStatus` is its number alone. */
export type MailResult = { readonly is: 'taken' } | { readonly is: 'later' | 'refused'; readonly smtpStatus?: number | undefined }

export interface MailSender {
  deliver(mail: OutgoingMail): Promise<MailResult>
}
